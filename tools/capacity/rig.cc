#include "tools/capacity/rig.h"

#include <signal.h>

#include <cstdlib>
#include <utility>
#include <variant>

#include "engine/status_macros.h"
#include "engine/text.h"
#include "tools/capacity/marks.h"

namespace capacity {
namespace {

using engine::Cat;
using simulators::ClusterChange;

constexpr absl::Duration kLookEvery = absl::Milliseconds(1);
constexpr absl::Duration kStartPatience = absl::Minutes(10);

absl::Status StatusOf(const simulators::ApiResult& result) {
  const auto* error = std::get_if<simulators::ApiError>(&result);
  if (error == nullptr) return absl::OkStatus();
  return engine::Internal("the simulated API server refuses an object: ", error->message);
}

// Sums of the series of each name, without their labels.
std::map<std::string, double> SumsOf(std::string_view text) {
  std::map<std::string, double> sums;
  for (std::string_view line : engine::Split(text, '\n')) {
    if (line.empty() || line.front() == '#') continue;
    const size_t space = line.rfind(' ');
    if (space == line.npos) continue;
    const std::string_view name = line.substr(0, line.find_first_of("{ "));
    sums[std::string(name)] += std::strtod(std::string(line.substr(space + 1)).c_str(), nullptr);
  }
  return sums;
}

uint64_t Count(const std::map<std::string, double>& sums, const std::string& name) {
  const auto found = sums.find(name);
  return found == sums.end() ? 0 : static_cast<uint64_t>(found->second);
}

}  // namespace

Rig::Rig(RigOptions options) : options_(std::move(options)), cluster_(options_.fleet) {}

Rig::~Rig() { controller_.reset(); }

absl::StatusOr<std::unique_ptr<Rig>> Rig::Create(RigOptions options) {
  std::unique_ptr<Rig> rig(new Rig(std::move(options)));
  RETURN_IF_ERROR(rig->Prepare());
  return rig;
}

absl::Status Rig::Prepare() {
  simulators::ApiServerOptions server;
  server.watch_backlog_bytes = size_t{4} << 30;  // Nobody here is cut off for being slow.
  ASSIGN_OR_RETURN(api_server_, simulators::ApiServerListener::Start(loop_, std::move(server)));
  absl::Status written;
  cluster_.ForEach([&](simulators::Json object) {
    if (written.ok()) written = StatusOf(api().Apply(std::move(object)));
  });
  RETURN_IF_ERROR(written);
  api().Compact(api().store().revision());
  ObservedGateways::Events events{
      .seen = [this](size_t gateway, const std::string& mark, bool gone) {
        OnSeen(gateway, mark, gone);
      },
      .wanted = [this] { return !awaited_.empty(); }};
  auto made = options_.sink == Sink::kAdminApi
                  ? NewAdminApis(loop_, options_.gateways, options_.fleet.seed, std::move(events))
                  : NewDataPlanes(loop_, options_.gateways, options_.fleet.seed, std::move(events));
  RETURN_IF_ERROR(made.status());
  gateways_ = *std::move(made);
  ASSIGN_OR_RETURN(metrics_port_, FreePort());
  ASSIGN_OR_RETURN(const io::Url url, io::Url::Parse(Cat("http://127.0.0.1:", metrics_port_)));
  metrics_ = io::NewHttpClient(loop_, {.origin = url, .tls = nullptr});
  gateways_->Start();
  return absl::OkStatus();
}

absl::Status Rig::StartController() {
  ChildOptions child;
  child.command = {options_.program,
                   "run",
                   Cat("--apiserver-host=", api_server_->url()),
                   Cat("--metrics-bind-address=127.0.0.1:", metrics_port_),
                   "--health-probe-bind-address=off",
                   "--log-level=warning"};
  for (const std::string& flag : gateways_->Flags()) child.command.push_back(flag);
  for (const std::string& flag : options_.flags) child.command.push_back(flag);
  child.environment = gateways_->Environment();
  child.output = options_.log;
  const uint64_t wholes = gateways_->taken().wholes;
  ASSIGN_OR_RETURN(controller_, Child::Start(child));
  const absl::Status started = RunUntil(
      [&] {
        return gateways_->configured() == gateways_->count() &&
               gateways_->taken().wholes >= wholes + gateways_->count();
      },
      kStartPatience);
  if (!absl::IsDeadlineExceeded(started)) return started;
  return engine::Unavailable("after ", kStartPatience / absl::Minutes(1), " minutes ",
                             gateways_->configured(), " of ", gateways_->count(),
                             " gateways were configured; the controller's log is ", options_.log);
}

void Rig::StopController(int signal) {
  if (controller_) controller_->Stop(signal);
}

absl::Status Rig::Write(const ClusterChange& change) {
  return StatusOf(change.what == ClusterChange::What::kApply ? api().Apply(change.object)
                                                             : api().Delete(change.object));
}

absl::Status Rig::Make(const ClusterChange& change) {
  const absl::Duration since = now();
  if (change.what == ClusterChange::What::kApply) {
    for (std::string& mark : MarksOfObject(change.object))
      awaited_[std::move(mark)] = {since, AllGateways(), false};
  }
  return Write(change);
}

absl::Status Rig::MakeAndAwaitGone(const ClusterChange& change, std::string mark) {
  awaited_[std::move(mark)] = {now(), AllGateways(), true};
  return Write(change);
}

void Rig::OnSeen(size_t gateway, const std::string& mark, bool gone) {
  const auto found = awaited_.find(mark);
  if (found == awaited_.end() || found->second.gone != gone) return;
  found->second.missing &= ~(uint64_t{1} << gateway);
  if (found->second.missing != 0) return;
  propagation_.Add(absl::ToDoubleMilliseconds(now() - found->second.since));
  awaited_.erase(found);
}

absl::Status Rig::RunUntil(absl::FunctionRef<bool()> holds, absl::Duration patience) {
  const absl::Duration limit = now() + patience;
  absl::Status result;
  io::Timer look;
  std::function<void()> check = [&] {
    if (options_.interrupted && options_.interrupted()) {
      result = absl::CancelledError("interrupted");
    } else if (controller_ && !controller_->running()) {
      result = engine::Unavailable("the controller ended; its log is ", options_.log);
    } else if (now() > limit) {
      result = absl::DeadlineExceededError("not reached in time");
    }
    if (!result.ok() || holds()) return loop_.Stop();
    look = loop_.After(kLookEvery, check);
  };
  look = loop_.After(absl::ZeroDuration(), check);
  loop_.Run();
  return result;
}

absl::Status Rig::Settle(absl::Duration patience) {
  const absl::Status settled = RunUntil([this] { return awaited_.empty(); }, patience);
  if (!absl::IsDeadlineExceeded(settled)) return settled;
  return engine::Unavailable(awaited_.size(), " changes did not reach every gateway; the first is ",
                             awaited_.begin()->first, "; the controller's log is ", options_.log);
}

absl::Status Rig::RunFor(absl::Duration time) {
  const absl::Duration end = now() + time;
  return RunUntil([&] { return now() >= end; }, absl::InfiniteDuration());
}

Samples Rig::TakePropagation() { return std::exchange(propagation_, Samples()); }

absl::StatusOr<std::map<std::string, double>> Rig::Scrape() {
  absl::StatusOr<io::HttpResponse> answer = absl::UnknownError("");
  bool done = false;
  const auto call = io::FetchWhole(*metrics_, {.target = "/metrics"}, {}, 64 << 20,
                                   [&](absl::StatusOr<io::HttpResponse> got) {
                                     answer = std::move(got);
                                     done = true;
                                   });
  RETURN_IF_ERROR(RunUntil([&] { return done; }, absl::Minutes(1)));
  RETURN_IF_ERROR(answer.status());
  return SumsOf(answer->body);
}

absl::Status Rig::BeginSpending() {
  ASSIGN_OR_RETURN(const auto sums, Scrape());
  base_.evaluations = Count(sums, "kdelta_evaluations_total");
  base_.changes = Count(sums, "kdelta_changes_total");
  base_.relists = Count(sums, "kdelta_relists_total");
  base_.taken = gateways_->taken();
  base_.cpu_seconds = controller_->CpuSeconds();
  began_ = now();
  return absl::OkStatus();
}

absl::StatusOr<Spent> Rig::EndSpending() {
  Spent spent;
  spent.cpu_seconds = controller_->CpuSeconds() - base_.cpu_seconds;
  spent.wall_seconds = absl::ToDoubleSeconds(now() - began_);
  const Taken& taken = gateways_->taken();
  spent.taken = {taken.deliveries - base_.taken.deliveries, taken.entities - base_.taken.entities,
                 taken.bytes - base_.taken.bytes, taken.wholes - base_.taken.wholes};
  ASSIGN_OR_RETURN(const auto sums, Scrape());
  spent.evaluations = Count(sums, "kdelta_evaluations_total") - base_.evaluations;
  spent.changes = Count(sums, "kdelta_changes_total") - base_.changes;
  spent.relists = Count(sums, "kdelta_relists_total") - base_.relists;
  return spent;
}

}  // namespace capacity
