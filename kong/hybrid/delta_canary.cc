// How the fleet of data planes that take deltas uses its canaries.
#include "io/log.h"
#include "kong/hybrid/delta_fleet.h"

namespace kong {
namespace {

constexpr absl::Duration kLook = absl::Seconds(1);

}  // namespace

DeltaFleet::Crew& DeltaFleet::CrewOf(DeltaFeed& feed) {
  return crews_.try_emplace(&feed, Crew{.canary = Canary(parts_.canary), .tried = {}, .proven = {}})
      .first->second;
}

void DeltaFleet::Join(Node& node, DeltaFeed& feed) {
  if (node.feed == &feed) return;
  if (node.feed != nullptr) Leave(node);
  node.feed = &feed;
  CrewOf(feed).canary.Joined();
}

void DeltaFleet::Leave(Node& node) {
  if (closing_) return;
  const std::string& id = node.data_plane->node_id;
  if (CrewOf(*node.feed).canary.Left(id, parts_.clock.Uptime())) Stopped(id);
  ResumeSoon(*node.feed);
}

// What of the batch, or of what was tried before it, this data plane may have now; null: nothing.
DeltaFleet::Batch DeltaFleet::Admitted(const Node& node, bool asked, const Batch& batch) {
  Crew& crew = CrewOf(*node.feed);
  const std::string& id = node.data_plane->node_id;
  const bool admitted =
      node.has == 0 ||
      crew.canary.Admits({.node = id, .to = batch->to, .risk = batch->risk, .asked = asked},
                         parts_.clock.Uptime());
  if (crew.canary.waiting()) Watch();
  if (admitted) return batch;
  const Batch& proven = crew.proven;
  const bool continues =
      proven && proven->version > node.has && node.feed->Covers(node.has) == proven->from;
  return continues ? proven : nullptr;
}

void DeltaFleet::Took(const Node& node, engine::Version covers) {
  Crew& crew = CrewOf(*node.feed);
  if (!crew.canary.Took(node.data_plane->node_id, covers, parts_.clock.Uptime())) return;
  if (crew.tried && crew.tried->to <= covers) crew.proven = std::exchange(crew.tried, nullptr);
  ResumeSoon(*node.feed);
}

void DeltaFleet::Stopped(const std::string& canary) {
  const DataPlane& data_plane = parts_.table.Of(canary);
  io::Error(
      "a change is stopped: the data plane that got it first did not take it",
      {{"data_plane", data_plane.name()},
       {"remedy",
        "see its log; the others of its kind keep what they have until the change is another, "
        "or for a while"}});
}

// Not from within what told us, which goes on to answer.
void DeltaFleet::ResumeSoon(DeltaFeed& feed) {
  resumed_.insert(&feed);
  resume_ = parts_.clock.After(absl::ZeroDuration(), [this] {
    for (DeltaFeed* each : std::exchange(resumed_, {})) Resume(*each);
  });
}

void DeltaFleet::Resume(DeltaFeed& feed) {
  std::set<uint64_t> places;
  for (const auto& [id, node] : nodes_) {
    const bool behind = node.feed == &feed && node.sighted && feed.Covers(node.has) < newest_;
    if (behind && !Waits(node)) places.insert(node.has);
  }
  for (const uint64_t has : places) Prepare(feed, has);
}

void DeltaFleet::Watch() {
  if (watch_) return;
  watch_ = parts_.clock.After(kLook, [this] {
    watch_.Cancel();
    bool waiting = false;
    for (auto& [feed, crew] : crews_) {
      const Canary::Change change = crew.canary.Tick(parts_.clock.Uptime());
      if (change == Canary::Change::kStopped) Stopped(crew.canary.canary());
      if (change == Canary::Change::kOpen) ResumeSoon(*feed);
      waiting = waiting || crew.canary.waiting();
    }
    if (waiting) Watch();
  });
}

}  // namespace kong
