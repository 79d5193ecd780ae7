#include "tools/simulators/data_plane_v1.h"

#include <utility>

#include "engine/text.h"
#include "tools/simulators/json.h"

namespace simulators {
namespace {

constexpr absl::Duration kTick = absl::Seconds(1);  // Of the loop that writes pings.

bool IsEmpty(const Entities& entities) {
  for (const auto& [type, rows] : entities) {
    if (!rows.empty()) return false;
  }
  return true;
}

}  // namespace

DataPlaneV1::DataPlaneV1(io::Clock& clock, DataPlaneV1Options options, Dial dial)
    : clock_(clock),
      options_(std::move(options)),
      dial_(std::move(dial)),
      random_(options_.seed),
      judge_(options_.judge != nullptr
                 ? options_.judge
                 : std::make_shared<DataPlaneJudge>(SharedFacts(options_.flavor))),
      silence_(clock, [this] { Drop(); }),
      delays_(clock) {}

void DataPlaneV1::Start() { Open(); }

void DataPlaneV1::Open() {
  reopen_.Cancel();
  attempt_ =
      dial_(engine::Cat("/v1/outlet?node_id=", options_.node_id,
                        "&node_hostname=", options_.hostname, "&node_version=", options_.version),
            "", [this](absl::StatusOr<std::unique_ptr<io::WebSocket>> socket) {
              OnDialed(std::move(socket));
            });
}

void DataPlaneV1::OnDialed(absl::StatusOr<std::unique_ptr<io::WebSocket>> socket) {
  attempt_.reset();
  if (!socket.ok()) return Drop();
  socket_ = *std::move(socket);
  io::WebSocketEvents events;
  events.message = [this](std::string_view frame, bool binary) {
    Heard();
    if (binary) OnPush(frame);
  };
  events.ping = [this](std::string_view) { Heard(); };  // Kong does not answer here.
  events.pong = [this](std::string_view) { Heard(); };
  events.closed = [this](absl::Status) { Drop(); };
  socket_->Listen(std::move(events));
  Heard();
  socket_->Send(std::make_shared<const std::string>(BasicInfo()), /*binary=*/true);
  SendPing();
  tick_ = clock_.After(kTick, [this] { Tick(); });
}

std::string DataPlaneV1::BasicInfo() const {
  Json plugins = Json::array();
  for (const auto& [name, version] : options_.plugins) {
    plugins.push_back({{"name", name}, {"version", version}});
  }
  if (options_.plugins.empty()) {
    for (const std::string_view name : BundledPlugins()) {
      plugins.push_back({{"name", name}, {"version", options_.version}});
    }
  }
  return DumpJson({{"type", "basic_info"},
                   {"plugins", std::move(plugins)},
                   {"process_conf",
                    {{"router_flavor", FlavorName(options_.flavor)},
                     {"role", "data_plane"},
                     {"database", "off"}}},
                   {"filters", Json::object()},
                   {"labels", Json::object()}});
}

void DataPlaneV1::Heard() { silence_.Set(options_.pace.dead); }

void DataPlaneV1::SendPing() {
  ping_due_ = false;
  pinged_at_ = clock_.Uptime();
  if (!muted_) socket_->Ping(hash_);
}

void DataPlaneV1::Tick() {
  if (ping_due_ || clock_.Uptime() - pinged_at_ >= options_.pace.ping) SendPing();
  tick_ = clock_.After(kTick, [this] { Tick(); });
}

void DataPlaneV1::OnPush(std::string_view frame) {
  ++pushes_;
  next_ = frame;
  if (!applying_) ApplyNext();
}

void DataPlaneV1::ApplyNext() {
  applying_ = next_.has_value();
  if (!applying_) return;
  delays_.After(apply_time_, [this, frame = *std::exchange(next_, std::nullopt)] {
    Apply(frame);
    ApplyNext();
  });
}

void DataPlaneV1::Apply(std::string_view frame) {
  const auto verdict = judge_->Judge(frame);
  absl::Status status = verdict->status;
  if (status.ok() && refusals_ > 0) {
    --refusals_;
    status = absl::ResourceExhaustedError("map full");
  }
  if (!status.ok()) {
    ++refused_count_;
    last_error_ = std::move(status);
    return;
  }
  ping_due_ = true;
  if (verdict->hash == hash_) return;
  applied_ = verdict;
  hash_ = IsEmpty(verdict->entities) ? std::string(kNoConfigHash) : verdict->hash;
  ++applied_count_;
  Rebuild(*verdict);
  if (on_applied_) on_applied_();
}

void DataPlaneV1::Rebuild(const DataPlaneVerdict& verdict) {
  const auto build = [](const std::string& wanted, std::string& built, uint64_t& count) {
    if (!wanted.empty() && wanted == built) return;
    built = wanted;
    ++count;
  };
  build(verdict.router, router_, rebuilds_.router);
  build(verdict.plugins, plugins_, rebuilds_.plugins);
  build(verdict.balancer, balancer_, rebuilds_.balancer);
}

void DataPlaneV1::Drop() {
  silence_.Clear();
  tick_.Cancel();
  attempt_.reset();
  socket_.reset();
  const auto spread = static_cast<uint64_t>(
      (options_.pace.reconnect_max - options_.pace.reconnect_min) / absl::Milliseconds(1));
  reopen_ = clock_.After(options_.pace.reconnect_min + absl::Milliseconds(random_() % (spread + 1)),
                         [this] { Open(); });
}

void DataPlaneV1::Restart(bool keep) {
  Drop();
  delays_.Clear();
  next_.reset();
  applying_ = false;
  router_.clear();
  plugins_.clear();
  balancer_.clear();
  if (!keep) {
    hash_ = kNoConfigHash;
    applied_ = std::make_shared<DataPlaneVerdict>();
  }
  Open();
}

}  // namespace simulators
