#include "kong/hybrid/delta_encoder.h"

#include <algorithm>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "engine/text.h"
#include "io/json_writer.h"
#include "kong/fragment.h"

namespace kong {
namespace {

using engine::Cat;

constexpr int64_t kCreatedAt_s = 1577836800;  // 2020-01-01, and the same for ever.

// Credentials, and what puts a consumer into a group, are never updated in place by Kong.
bool HasUpdatedAt(EntityKind kind) {
  return !(kind >= EntityKind::kConsumerGroupConsumer && kind <= EntityKind::kMtlsAuth);
}
// Certificates of authorities belong to no workspace.
bool HasWorkspace(EntityKind kind) { return kind != EntityKind::kCaCertificate; }

class Encoder {
 public:
  Encoder(const SchemaTable& schemas, const DeltaShape& shape) : schemas_(schemas), shape_(shape) {
    deltas_.result = R"({"default":{"deltas":[)";
    AppendVersion(version_, shape.version, shape.spelling);
  }
  void AddWorkspace();
  void AddRemoval(const EntityKey& key);
  void AddUpsert(const Entity& entity);
  Deltas Finish() && {
    deltas_.result += shape_.full ? R"(],"wipe":true)" : R"(],"wipe":false)";
    if (shape_.spelling == VersionSpelling::kText) {
      deltas_.result += shape_.full ? R"(,"full_sync":true)" : R"(,"full_sync":false)";
    }
    deltas_.result += "}}";
    return std::move(deltas_);
  }

 private:
  void Begin(std::string_view type);
  absl::StatusOr<std::string> Complete(const Entity& entity) const;
  bool RefersToFailure(const Entity& entity);
  void Fail(const Entity& entity, std::string message);

  const SchemaTable& schemas_;
  const DeltaShape& shape_;
  std::string version_;
  FragmentReader reader_;
  absl::flat_hash_set<std::pair<uint32_t, EntityId>> failed_;
  Deltas deltas_;
};

void Encoder::Begin(std::string_view type) {
  std::string& out = deltas_.result;
  if (deltas_.count++ > 0) out += ',';
  out += Cat(R"({"type":")", type, R"(","version":)", version_, R"(,"ws_id":")", kDefaultWorkspace,
             '"');
}

void Encoder::AddWorkspace() {
  Begin("workspaces");
  deltas_.result +=
      Cat(R"(,"entity":{"comment":null,"config":{},"created_at":)", kCreatedAt_s, R"(,"id":")",
          kDefaultWorkspace, R"(","meta":{},"name":"default","updated_at":)", kCreatedAt_s, "}}");
}

void Encoder::AddRemoval(const EntityKey& key) {
  if (key.kind == EntityKind::kCustomEntity) return;  // None was ever sent.
  Begin(ArrayName(key.kind));
  deltas_.result += Cat(R"(,"pk":{"id":")", key.id.text(), R"("},"entity":null})");
}

void Encoder::Fail(const Entity& entity, std::string message) {
  failed_.insert({static_cast<uint32_t>(entity.kind), entity.id});
  RefusedEntity row{.entity_kind = entity.kind,
                    .entity_id = entity.id,
                    .fingerprint = FragmentFingerprint(entity.json),
                    .message = std::move(message)};
  if (entity.origins.empty()) deltas_.failures.push_back(row);
  for (const ObjectRef& origin : entity.origins) {
    row.object = origin;
    deltas_.failures.push_back(row);
  }
}

bool Encoder::RefersToFailure(const Entity& entity) {
  if (failed_.empty()) return false;
  const FragmentFacts& facts = reader_.Read(entity.kind, entity.json);
  return std::any_of(facts.references.begin(), facts.references.end(), [&](const EntityKey& to) {
    return failed_.contains({static_cast<uint32_t>(to.kind), to.id});
  });
}

absl::StatusOr<std::string> Encoder::Complete(const Entity& entity) const {
  if (entity.kind == EntityKind::kPlugin && !schemas_.KnowsPlugin(entity.name)) {
    return engine::NotFound(
        "no schema of the plugin \"", entity.name,
        "\" is known, and data planes of the incremental protocol fill in no defaults: give kdelta "
        "a bundle with it, or run them with KONG_CLUSTER_INCREMENTAL_SYNC=off");
  }
  absl::StatusOr<std::string> json = schemas_.Complete(entity.kind, entity.json);
  if (!json.ok()) return json;
  if (!json->ends_with('}') ||
      json->find(Cat(R"("id":")", entity.id.text(), '"')) == std::string::npos) {
    return engine::Internal("the entity has not the id by which it is referred to");
  }
  return json;
}

void Encoder::AddUpsert(const Entity& entity) {
  if (RefersToFailure(entity)) {
    failed_.insert({static_cast<uint32_t>(entity.kind), entity.id});
    if (!shape_.full) AddRemoval(entity.key());
    return;
  }
  absl::StatusOr<std::string> json = Complete(entity);
  if (!json.ok()) {
    Fail(entity, std::string(engine::MessageOf(json.status())));
    if (!shape_.full) AddRemoval(entity.key());
    return;
  }
  json->pop_back();
  if (json->size() > 1) *json += ',';
  *json += Cat(R"("created_at":)", kCreatedAt_s);
  if (HasUpdatedAt(entity.kind)) *json += Cat(R"(,"updated_at":)", shape_.stamp_s);
  if (HasWorkspace(entity.kind)) *json += Cat(R"(,"ws_id":")", kDefaultWorkspace, '"');
  Begin(ArrayOf(entity));
  // A full sync replaces what is there, whatever its key.
  if (!shape_.full) deltas_.result += Cat(R"(,"pk":{"id":")", entity.id.text(), R"("})");
  deltas_.result += Cat(R"(,"entity":)", *json, "}}");
  ++deltas_.entities;
}

}  // namespace

int64_t StampSource::For(engine::Version version, absl::Time now) {
  if (std::exchange(version_, version) == version) return last_;
  return last_ = std::max(absl::ToUnixSeconds(now), last_ + 1);
}

Deltas EncodeDeltas(const Patch& patch, const SchemaTable& schemas, const DeltaShape& shape) {
  Encoder encoder(schemas, shape);
  if (shape.full) encoder.AddWorkspace();
  for (const EntityKey& key : patch.removals) encoder.AddRemoval(key);
  for (const Entity& entity : patch.upserts) encoder.AddUpsert(entity);
  return std::move(encoder).Finish();
}

}  // namespace kong
