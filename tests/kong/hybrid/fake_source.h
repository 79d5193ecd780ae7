// Entities that a test sets, as patches and as what schemas make of them.
#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "engine/text.h"
#include "kong/patch.h"
#include "kong/schema_table.h"
#include "tests/io/fake_network.h"

namespace kong {

inline Entity Row(EntityKind kind, const std::string& name, const std::string& members = "") {
  Entity entity{
      .kind = kind, .id = DeriveId(ArrayName(kind), name), .name = name, .json = {}, .origins = {}};
  entity.json = engine::Cat(R"({"id":")", entity.id.text(), R"(","name":")", name, '"',
                            members.empty() ? "" : ",", members, "}");
  entity.origins.push_back({engine::Symbol("Service"), engine::Symbol("ns"), engine::Symbol(name)});
  return entity;
}

class FakePatches final : public PatchSource {
 public:
  explicit FakePatches(io::FakeClock& clock) : clock_(clock) {}
  void Changes(Needs offers, engine::Version from,
               absl::AnyInvocable<void(std::shared_ptr<const Patch>)> then) override {
    ++asked;
    last_offers = offers;
    clock_.Post([this, from, then = std::move(then)]() mutable { then(Make(from)); });
  }
  void Hold(Needs, engine::Version oldest) override { held = oldest; }
  std::shared_ptr<const Patch> Make(engine::Version from) const {
    auto patch = std::make_shared<Patch>();
    patch->from = from < forgotten ? 0 : from;
    patch->to = version;
    for (const auto& [key, row] : rows) {
      if (row.second <= patch->from) continue;
      if (row.first && !left_out.contains(row.first->name)) {
        patch->upserts.push_back(*row.first);
      } else if (patch->from != 0) {
        patch->removals.insert(patch->removals.begin(), key);
      }
    }
    return patch;
  }
  void Set(const Entity& entity) { rows[entity.key()] = {entity, ++version}; }
  void Erase(const Entity& entity) { rows[entity.key()] = {std::nullopt, ++version}; }
  void LeaveOut(const std::string& name) {
    left_out.insert(name);
    ++version;
    for (auto& [key, row] : rows) {
      if (row.first && row.first->name == name) row.second = version;
    }
  }

  std::map<EntityKey, std::pair<std::optional<Entity>, engine::Version>> rows;
  std::set<std::string> left_out;
  engine::Version version = 1000, forgotten = 0;
  int asked = 0;
  engine::Version held = 0;
  Needs last_offers = 0;

 private:
  io::FakeClock& clock_;
};

// Adds one default, so that completion can be seen, and refuses what says "broken".
class FakeSchemas final : public SchemaTable {
 public:
  bool KnowsPlugin(std::string_view name) const override { return name != "unknown"; }
  absl::StatusOr<std::string> Complete(EntityKind, std::string_view fragment) const override {
    if (fragment.find("broken") != std::string_view::npos) {
      return engine::InvalidArgument("field \"broken\": not known");
    }
    std::string json(fragment);
    json.insert(json.size() - 1, R"(,"retries":5)");
    return json;
  }
};

}  // namespace kong
