// Entities in versions, as a PatchSource: what a sink is to send, without an engine.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>

#include "kong/entity.h"
#include "kong/json_tree.h"
#include "kong/patch.h"
#include "tests/io/fake_clock.h"

namespace kong {

inline Entity MakeEntity(EntityKind kind, const EntityId& id, Json json, std::string_view object) {
  json["id"] = id.text();
  ObjectRef origin{engine::Symbol("Thing"), engine::Symbol("shop"), engine::Symbol(object)};
  return {.kind = kind,
          .id = id,
          .name = std::string(object),
          .json = DumpJson(json),
          .origins = {origin}};
}

using Rows = std::map<EntityKey, Entity>;

// Versions of rows. What was refused is in none of them.
class VersionedRows final : public PatchSource {
 public:
  explicit VersionedRows(io::FakeClock& clock) : clock_(clock) { versions_[0] = {}; }
  engine::Version Publish(Rows rows) {
    engine::Version version = versions_.rbegin()->first + 1;
    versions_[version] = std::move(rows);
    return version;
  }
  void Forget(engine::Version before) {  // Its feed does not reach back further.
    while (versions_.begin()->first < before) versions_.erase(versions_.begin());
  }
  // Another process: it knows no version but its first, which may be a smaller one.
  void Restart(engine::Version first) {
    Rows rows = now();
    versions_ = {{0, {}}, {first, std::move(rows)}};
  }
  engine::Version newest() const { return versions_.rbegin()->first; }
  const Rows& now() const { return versions_.rbegin()->second; }
  void Changes(Needs, engine::Version from,
               absl::AnyInvocable<void(std::shared_ptr<const Patch>)> then) override {
    clock_.Post([this, from, then = std::move(then)]() mutable { then(Make(from)); });
  }
  void Hold(Needs, engine::Version oldest) override { held = oldest; }
  engine::Version held = 0;
  std::shared_ptr<const Patch> Make(engine::Version from) const {
    if (!versions_.contains(from)) from = 0;
    auto patch = std::make_shared<Patch>();
    patch->from = from, patch->to = versions_.rbegin()->first;
    static const Rows kNone;
    const Rows& old = from == 0 ? kNone : versions_.at(from);
    for (const auto& [key, entity] : now()) {
      auto before = old.find(key);
      if (before == old.end() || before->second.json != entity.json) {
        patch->upserts.push_back(entity);
      }
    }
    for (auto at = old.rbegin(); at != old.rend(); ++at) {
      if (!now().contains(at->first)) patch->removals.push_back(at->first);
    }
    return patch;
  }

 private:
  io::FakeClock& clock_;
  std::map<engine::Version, Rows> versions_;
};

}  // namespace kong
