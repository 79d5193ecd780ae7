#include "tools/kdelta/demo.h"

#include <cstdio>
#include <set>
#include <utility>
#include <variant>

#include "absl/strings/str_format.h"
#include "engine/status_macros.h"
#include "engine/text.h"
#include "tools/simulators/api_status.h"

namespace kdelta {
namespace {

using engine::Cat;
using simulators::Json;

constexpr absl::Duration kLookEvery = absl::Milliseconds(5);
constexpr absl::Duration kQuiet = absl::Milliseconds(60);     // Nothing moved: the step is over.
constexpr absl::Duration kNothing = absl::Milliseconds(300);  // Nothing at all happened.
constexpr absl::Duration kPatience = absl::Minutes(5);
constexpr size_t kNamed = 2;  // As many changes are named; more are counted.

std::string Bytes(size_t bytes) {
  if (bytes < 10'000) return Cat(bytes, " B");
  if (bytes < 10'000'000) return Cat(bytes / 1000, " kB");
  return Cat(bytes / 1'000'000, " MB");
}

std::string Milliseconds(absl::Duration took) {
  const double ms = absl::ToDoubleMilliseconds(took);
  return ms < 10 ? absl::StrFormat("%.1f ms", ms) : absl::StrFormat("%.0f ms", ms);
}

absl::Status StatusOf(const simulators::ApiResult& result) {
  const auto* error = std::get_if<simulators::ApiError>(&result);
  if (error == nullptr) return absl::OkStatus();
  return engine::InvalidArgument("the API server refuses an object: ", error->message);
}

}  // namespace

Demo::Demo(DemoOptions options) : options_(std::move(options)), story_(StoryOf(options_.objects)) {}

absl::Status Demo::StartServers() {
  ASSIGN_OR_RETURN(api_server_, simulators::ApiServerListener::Start(
                                    loop_, {.store = {.check_namespaces = false}}));
  for (size_t n = 0; n < kGateways; ++n) {
    simulators::KongGatewayOptions options;
    options.seed = n + 1;
    options.max_body_bytes = size_t{1} << 30;
    options.body_buffer_bytes = options.max_body_bytes;
    ASSIGN_OR_RETURN(auto gateway, simulators::KongGatewayServer::Start(loop_, std::move(options)));
    gateway->gateway().OnLoad([this, n](const simulators::KongLoad&) {
      seen_.moved = loop_.Uptime();
      seen_.had_it[n] = seen_.moved - seen_.began;
    });
    gateways_.push_back(std::move(gateway));
  }
  return absl::OkStatus();
}

kong::ControllerHooks Demo::Hooks() {
  kong::ControllerHooks hooks;
  hooks.changed = [this](engine::Version, std::vector<kong::EntityChange> changes) {
    NoteChanges(std::move(changes));
  };
  hooks.pushed = [this](const kong::Gateway&, const kong::PushReport& report) {
    seen_.moved = loop_.Uptime();
    ++seen_.pushes;
    seen_.bytes += report.bytes;
    if (!report.taken()) ++seen_.refused;
  };
  return hooks;
}

void Demo::NoteChanges(std::vector<kong::EntityChange> changes) {
  seen_.moved = loop_.Uptime();
  for (const kong::EntityChange& change : changes) {
    const auto known = names_.find(change.key);
    if (!change.name) {
      seen_.changes[change.key] = '-';
      continue;  // The name stays, for the line that tells of it.
    }
    const auto told = seen_.changes.find(change.key);
    const bool was_there =
        known != names_.end() && (told == seen_.changes.end() || told->second != '+');
    seen_.changes[change.key] = was_there ? '~' : '+';
    names_[change.key] = *change.name;
  }
}

void Demo::StartController() {
  auto url = io::Url::Parse(api_server_->url());
  kubernetes_ = io::NewHttpClient(loop_, {.origin = *url, .tls = nullptr});
  api_ = std::make_unique<k8s::ApiClient>(*kubernetes_, loop_, k8s::Credentials{}, "kdelta-demo");
  kong::ControllerOptions options;
  options.delivery.times.status_interval =
      absl::Milliseconds(250);  // So that a restart is found soon.
  controller_ = std::make_unique<kong::Controller>(
      loop_, [this](absl::AnyInvocable<void()> call) { loop_.Post(std::move(call)); }, *api_,
      metrics_, std::move(options), Hooks());
  for (auto& gateway : gateways_) {
    auto admin = io::Url::Parse(gateway->url());
    controller_->AddGateway(gateway->url(),
                            io::NewHttpClient(loop_, {.origin = *admin, .tls = nullptr}));
  }
  controller_->Start();
}

absl::Status Demo::Start() {
  RETURN_IF_ERROR(StartServers());
  RETURN_IF_ERROR(Act({.apply = options_.objects}));
  std::printf("Kubernetes API %s, gateways %s and %s, all simulated; %zu objects\n\n",
              api_server_->url().c_str(), gateways_[0]->url().c_str(), gateways_[1]->url().c_str(),
              options_.objects.size());
  std::printf("%-54s %-36s %-12s %s\n", "In Kubernetes", "In Kong", "Sent",
              "Gateways had it after");
  seen_ = {.began = loop_.Uptime(), .moved = loop_.Uptime()};
  StartController();
  look_ = loop_.After(kLookEvery, [this] { Look(); });
  return absl::OkStatus();
}

absl::Status Demo::Run() {
  loop_.OnSignals(
      [this](int) { End(over_ ? absl::OkStatus() : absl::CancelledError("ended by a signal")); });
  loop_.Run();
  controller_.reset();
  return result_;
}

void Demo::End(absl::Status result) {
  if (result_.ok()) result_ = std::move(result);
  loop_.Stop();
}

absl::Status Demo::Act(const StoryAct& act) {
  simulators::ApiServer& api = api_server_->api();
  for (const Json& object : act.apply) RETURN_IF_ERROR(StatusOf(api.Apply(object)));
  for (const Json& object : act.remove) RETURN_IF_ERROR(StatusOf(api.Delete(object)));
  if (act.restart_gateway) gateways_.back()->Restart(false);
  return absl::OkStatus();
}

void Demo::BeginStep() {
  seen_ = {.began = loop_.Uptime(), .moved = loop_.Uptime()};
  if (absl::Status status = Act(story_[step_].act); !status.ok()) return End(std::move(status));
}

bool Demo::Settled() const {
  const absl::Duration now = loop_.Uptime();
  const bool expects = step_ == 0 || story_[step_ - 1].expects_change;
  const bool moved = seen_.moved > seen_.began;
  if (expects && !moved) return false;
  if (now - seen_.moved < (moved ? kQuiet : kNothing)) return false;
  for (size_t n = 0; n < kGateways; ++n) {
    const kong::GatewayState& state = controller_->gateways()[n]->state();
    const bool has = state.in_sync() && state.acknowledged() >= controller_->wanted() &&
                     controller_->wanted() != 0;
    if (!has || gateways_[n]->gateway().configuration_hash() != state.shown()) return false;
  }
  return true;
}

void Demo::Look() {
  look_ = loop_.After(kLookEvery, [this] { Look(); });
  if (Settled()) return EndStep();
  if (loop_.Uptime() - seen_.began < kPatience) return;
  End(absl::DeadlineExceededError("a step of the story was not reached"));
}

void Demo::EndStep() {
  PrintStep(step_ == 0 ? Cat(options_.objects.size(), " objects, at the start")
                       : story_[step_ - 1].text);
  for (const auto& [key, sign] : seen_.changes) {
    if (sign == '-') names_.erase(key);
  }
  if (step_ == story_.size()) {
    look_.Cancel();
    return Verify();
  }
  BeginStep();
  ++step_;
}

void Demo::PrintStep(std::string_view text) {
  const char* on = options_.colour ? "\033[32m" : "";
  const char* off = options_.colour ? "\033[0m" : "";
  std::printf("%-54s %s%-36s%s %-12s %s\n", std::string(text).c_str(), on, ChangesText().c_str(),
              off, SentText().c_str(), GatewaysText().c_str());
  std::fflush(stdout);
}

std::string Demo::ChangesText() const {
  if (seen_.changes.empty()) return "no entity changes";
  std::string text;
  if (seen_.changes.size() <= kNamed) {
    for (const auto& [key, sign] : seen_.changes) {
      const std::string& name = names_.at(key);
      text += Cat(text.empty() ? "" : ", ", sign, kong::NameOf(key.kind), name.empty() ? "" : " ",
                  name);
    }
    return text;
  }
  std::map<std::pair<kong::EntityKind, char>, size_t> counts;
  for (const auto& [key, sign] : seen_.changes) ++counts[{key.kind, sign}];
  for (const auto& [of, count] : counts) {
    text += Cat(text.empty() ? "" : ", ", of.second);
    text += count == 1 ? std::string(kong::NameOf(of.first))
                       : Cat(count, " ", kong::ArrayName(of.first));
  }
  return text;
}

std::string Demo::SentText() const {
  if (seen_.pushes == 0) return "nothing";
  std::string text = Cat(seen_.pushes, " x ", Bytes(seen_.bytes / seen_.pushes));
  if (seen_.refused > 0) text += Cat(" (", seen_.refused, " refused)");
  return text;
}

std::string Demo::GatewaysText() const {
  std::string text;
  for (const absl::Duration& had_it : seen_.had_it) {
    text +=
        Cat(text.empty() ? "" : ", ", had_it == absl::ZeroDuration() ? "-" : Milliseconds(had_it));
  }
  return text;
}

void Demo::Verify() {
  controller_->graph()->Check([this](absl::Status status) {
    std::printf(
        "\n%s\n",
        status.ok()
            ? "Computed from scratch, everything is the same."
            : Cat("Computed from scratch, something differs: ", engine::MessageOf(status)).c_str());
    if (!status.ok()) return End(std::move(status));
    controller_->graph()->Configuration([this](std::string json) { CompareGateways(json); });
  });
}

// By the ids that each gateway holds in the end, which no code of the controller's told it to show.
void Demo::CompareGateways(const std::string& configuration) {
  const auto expected = simulators::ParseJson(configuration);
  std::map<std::string, std::set<std::string>> wanted;
  if (expected) {
    for (const auto& [section, entities] : expected->items()) {
      if (!entities.is_array()) continue;
      for (const Json& entity : entities)
        wanted[section].insert(std::string(simulators::TextAt(entity, "id")));
    }
  }
  absl::Status result;
  for (size_t n = 0; n < kGateways; ++n) {
    std::map<std::string, std::set<std::string>> held;
    size_t count = 0;
    for (const auto& [section, entities] : gateways_[n]->gateway().loaded()) {
      for (const auto& [id, entity] : entities) held[section].insert(id);
      count += entities.size();
    }
    // A gateway without a configuration is not ready; so it gets one upstream that nothing uses.
    if (wanted.empty() && held["upstreams"].size() == 1) held.erase("upstreams");
    const bool equal = held == wanted;
    std::printf("Gateway %zu holds %zu entities: %s.\n", n + 1, count,
                equal ? "exactly those that are expected" : "NOT those that are expected");
    if (!equal)
      result = engine::Internal("gateway ", n + 1, " differs from the expected configuration");
  }
  over_ = true;
  if (options_.keep) std::printf("\nRunning on until a signal comes.\n");
  std::fflush(stdout);
  if (!result.ok() || !options_.keep) End(std::move(result));
}

}  // namespace kdelta
