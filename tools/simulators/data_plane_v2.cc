#include "tools/simulators/data_plane_v2.h"

#include <algorithm>
#include <utility>

#include "engine/text.h"

namespace simulators {
namespace {

constexpr absl::Duration kFirstSync = absl::Milliseconds(200);
constexpr absl::Duration kLinkWait = absl::Milliseconds(1500);  // How long a sync waits for a link.
constexpr int kCallsPerSync = 2;

}  // namespace

DataPlaneV2::DataPlaneV2(io::Clock& clock, DataPlaneV2Options options, Dial dial)
    : clock_(clock),
      options_(std::move(options)),
      dial_(std::move(dial)),
      random_(options_.seed),
      store_(options_.flavor, options_.missing_types),
      delays_(clock) {}

Json DataPlaneV2::Hello() const {
  Json loaded = Json::object();
  for (const std::string& name : options_.plugins) loaded[name] = true;
  if (options_.plugins.empty()) {
    for (const std::string_view name : BundledPlugins()) loaded[std::string(name)] = true;
  }
  return {{"rpc_capabilities", {"kong.sync.v2"}},
          {"rpc_frame_encodings", {"x-snappy-framed"}},
          {"kong_version", options_.version},
          {"kong_node_id", options_.node_id},
          {"kong_hostname", options_.hostname},
          {"kong_conf",
           {{"router_flavor", FlavorName(options_.flavor)},
            {"loaded_plugins", std::move(loaded)},
            {"role", "data_plane"},
            {"database", "off"},
            {"cluster_max_payload", options_.max_payload_bytes},
            {"cluster_rpc", true}}}};
}

void DataPlaneV2::Start() {
  const auto held = store_.Routes();
  broken_ = std::any_of(held.begin(), held.end(),
                        [](const auto& one) { return LacksUpdatedAt(one.second); });
  if (broken_) return;
  started_ = true;
  router_.RebuildWhole(held);
  OpenLinks();
  delays_.After(kFirstSync, [this] {
    if (links_.front()->up()) return StartSync(0);
    first_sync_until_ = clock_.Uptime() + kLinkWait;
  });
  delays_.After(options_.pace.poll, [this] { Poll(); });
}

void DataPlaneV2::OpenLinks() {
  for (int i = 0; i < options_.workers; ++i) {
    const auto worker = static_cast<size_t>(i);
    DataPlaneLinkEvents events;
    events.up = [this, worker] {
      if (worker == 0 && clock_.Uptime() <= first_sync_until_) StartSync(worker);
    };
    events.called = [this](const std::string& method, const Json& params) {
      return OnCalled(method, params);
    };
    events.answered = [this, worker] {
      if (!std::exchange(wants_sync_, false)) return;
      delays_.After(reaction_, [this, worker] { StartSync(worker); });
    };
    links_.push_back(std::make_unique<DataPlaneLink>(clock_, options_.pace, Hello(), dial_, random_,
                                                     std::move(events)));
    links_.back()->Open();
  }
}

absl::StatusOr<Json> DataPlaneV2::OnCalled(const std::string& method, const Json& params) {
  if (method != "kong.sync.v2.notify_new_version") return engine::NotFound("Method not found");
  if (refusals_ > 0) {
    --refusals_;
    return engine::Unavailable("no memory");
  }
  const Json first = params.is_array() && !params.empty() ? params[0] : Json();
  const Json& space = At(first, "default");
  if (space.is_null()) {
    return engine::InvalidArgument("default namespace does not exist inside params");
  }
  const Json& version = At(space, "new_version");
  if (version.is_null()) return engine::InvalidArgument("'new_version' key does not exist");
  if (!version.is_number()) {
    return engine::InvalidArgument("attempt to compare number with ", version.type_name());
  }
  wants_sync_ = store_.version() < version.get<double>();
  return Json(true);
}

void DataPlaneV2::Poll() {
  delays_.After(options_.pace.poll, [this] { Poll(); });
  StartSync(0);
}

void DataPlaneV2::StartSync(size_t worker) {
  if (!started_ || syncing_ || !links_[worker]->up()) return;
  syncing_ = true;
  ++counts_.syncs;
  GetDelta(worker, kCallsPerSync);
}

void DataPlaneV2::GetDelta(size_t worker, int calls_left) {
  if (calls_left == 0 || !links_[worker]->up()) return EndSync(absl::OkStatus());
  ++counts_.calls;
  Json params = {{"default", {{"version", 0}}}};
  const double version = store_.version();
  if (version == static_cast<double>(static_cast<int64_t>(version))) {
    params["default"]["version"] = static_cast<int64_t>(version);  // As Lua writes it.
  } else {
    params["default"]["version"] = version;
  }
  links_[worker]->Call("kong.sync.v2.get_delta", std::move(params),
                       [this, worker, calls_left](absl::StatusOr<Json> result) {
                         if (!result.ok()) return EndSync(result.status());
                         delays_.After(apply_time_, [this, worker, calls_left, result] {
                           OnDelta(worker, calls_left - 1, *result);
                         });
                       });
}

void DataPlaneV2::OnDelta(size_t worker, int calls_left, const Json& result) {
  const Json& answer = At(result, "default");
  if (failing_batches_ > 0 && !At(answer, "deltas").empty()) {
    --failing_batches_;
    return EndSync(absl::ResourceExhaustedError("map full"));
  }
  const auto applied = store_.Apply(answer);
  if (!applied.ok()) return EndSync(applied.status());
  if (applied->has_value()) {
    const DataPlaneBatch& batch = **applied;
    ++counts_.batches;
    counts_.wipes += batch.wipe ? 1 : 0;
    counts_.deltas += batch.deltas;
    if (batch.wipe) router_.RebuildWhole(store_.Routes());
    if (!batch.wipe && batch.touched_routes) ScheduleRouter();
    if (on_delta_) {
      for (const Json& delta : At(answer, "deltas")) on_delta_(delta);
    }
    if (on_batch_) on_batch_(batch);
  }
  GetDelta(worker, calls_left);
}

void DataPlaneV2::EndSync(absl::Status why) {
  syncing_ = false;
  if (why.ok()) return;
  ++counts_.failures;
  last_error_ = std::move(why);
}

void DataPlaneV2::ScheduleRouter() {
  if (std::exchange(router_due_, true)) return;
  delays_.After(options_.pace.router_update, [this] {
    router_due_ = false;
    router_.RebuildChanged(store_.Routes());
  });
}

bool DataPlaneV2::ready() const {
  return started_ && !router_.dead() && router_.current() && store_.version() != 0;
}

size_t DataPlaneV2::links_up() const {
  return static_cast<size_t>(
      std::count_if(links_.begin(), links_.end(), [](const auto& link) { return link->up(); }));
}

uint64_t DataPlaneV2::links_opened() const {
  uint64_t opened = 0;
  for (const auto& link : links_) opened += link->opened();
  return opened;
}

void DataPlaneV2::Drop() {
  first_sync_until_ = -absl::InfiniteDuration();
  for (const auto& link : links_) link->Drop();
}

void DataPlaneV2::Restart(bool keep) {
  links_.clear();
  delays_.Clear();
  syncing_ = wants_sync_ = router_due_ = started_ = false;
  first_sync_until_ = -absl::InfiniteDuration();
  router_.Reset();
  store_.Restart(keep);
  Start();
}

}  // namespace simulators
