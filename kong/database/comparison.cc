#include "kong/database/comparison.h"

#include <algorithm>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "kong/database/row_match.h"
#include "kong/json_tree.h"

namespace kong {
namespace {

struct Row {
  const FoundRow* found = nullptr;
  std::string plain;
  Held held;
  bool taken = false;
};

struct Wish {
  const Entity* entity = nullptr;
  uint64_t unique_hash = 0;
};

// One kind at a time, parents before what refers to them, so that the ids of rows that were taken
// over are known when a row refers to them.
class Comparer {
 public:
  Comparer(ComparisonInput input, Holdings& holdings)
      : input_(std::move(input)), before_(holdings) {}

  Pending Run(Holdings& holdings) {
    std::sort(input_.rows.begin(), input_.rows.end(), [](const FoundRow& a, const FoundRow& b) {
      return std::tie(a.kind, a.id) < std::tie(b.kind, b.id);
    });
    for (size_t kind = 0; kind < kEntityKinds; ++kind) CompareKind(static_cast<EntityKind>(kind));
    KeepTouched();
    holdings = std::move(after_);
    return std::move(pending_);
  }

 private:
  bool Touched(const EntityKey& key) const {
    return input_.touched != nullptr && input_.touched->contains(key);
  }
  bool TouchedRow(const EntityKey& remote) const {
    return Touched(remote) || Touched({remote.kind, before_.OurIdOf(remote)});
  }
  void CompareKind(EntityKind kind);
  std::vector<Row> RowsOf(EntityKind kind);
  void Take(const Entity& entity, Row& row);
  void KeepTouched();

  ComparisonInput input_;
  const Holdings before_;
  Holdings after_;
  Pending pending_;
  FragmentReader reader_;
};

std::vector<Row> Comparer::RowsOf(EntityKind kind) {
  auto translate = [&](const EntityKey& key) { return after_.OurIdOf(key); };
  auto of_kind = [](const FoundRow& row, EntityKind k) { return row.kind < k; };
  auto at = std::lower_bound(input_.rows.begin(), input_.rows.end(), kind, of_kind);
  std::vector<Row> rows;
  for (; at != input_.rows.end() && at->kind == kind; ++at) {
    Row row;
    row.found = &*at;
    row.plain = PlainRow(at->json, translate);
    const FragmentFacts& facts = reader_.Read(kind, row.plain);
    row.held = {.id = at->id,
                .stored = DigestOfRow(row.plain),
                .unique_hash = UniqueHash(kind, facts),
                .created_at = CreatedAt(at->json),
                .references = {facts.references.begin(), facts.references.end()}};
    rows.push_back(std::move(row));
  }
  return rows;
}

void Comparer::Take(const Entity& entity, Row& row) {
  row.taken = true;
  EntityKey key = entity.key();
  uint64_t fragment = FragmentFingerprint(entity.json);
  const Held* before = before_.Find(key);
  bool known = before != nullptr && before->fragment == fragment && before->stored != 0 &&
               before->stored == row.held.stored && before->id == row.held.id;
  if (known || RowMatches(input_.schemas, key.kind, entity.json, row.plain)) {
    row.held.fragment = fragment;
  } else {
    pending_[key] = std::make_shared<Entity>(entity);
  }
  after_.Put(key, std::move(row.held));
}

void Comparer::CompareKind(EntityKind kind) {
  std::vector<Row> rows = RowsOf(kind);
  absl::flat_hash_map<EntityId, Row*> by_id;
  absl::flat_hash_map<uint64_t, Row*> by_unique;
  for (Row& row : rows) {
    if (TouchedRow({kind, row.held.id})) continue;
    by_id[row.held.id] = &row;
    if (row.held.unique_hash != 0) by_unique[row.held.unique_hash] = &row;
  }
  const std::vector<Entity>& all = input_.whole->upserts;
  auto first = std::lower_bound(all.begin(), all.end(), kind,
                                [](const Entity& e, EntityKind k) { return e.kind < k; });
  std::vector<const Entity*> left;
  for (auto at = first; at != all.end() && at->kind == kind; ++at) {
    if (Touched(at->key())) continue;
    auto same = by_id.find(before_.RemoteIdOf(at->key()));
    if (same == by_id.end() || same->second->taken) same = by_id.find(at->id);
    bool found = same != by_id.end() && !same->second->taken;
    found ? Take(*at, *same->second) : left.push_back(&*at);
  }
  // Whose id an author chose keeps it: nothing but ids refers to authorities.
  bool adopts = kind != EntityKind::kCaCertificate && kind != EntityKind::kCertificate;
  for (const Entity* entity : left) {
    auto same = by_unique.find(UniqueHash(kind, reader_.Read(kind, entity->json)));
    bool found = adopts && same != by_unique.end() && !same->second->taken;
    if (found) {
      Take(*entity, *same->second);
    } else {
      pending_[entity->key()] = std::make_shared<Entity>(*entity);
    }
  }
  for (Row& row : rows) {
    EntityKey key{kind, row.held.id};
    if (row.taken || TouchedRow(key)) continue;
    after_.Put(key, std::move(row.held));
    pending_[key] = nullptr;
  }
}

// What was written meanwhile is as it was written.
void Comparer::KeepTouched() {
  if (input_.touched == nullptr) return;
  for (const EntityKey& key : *input_.touched) {
    if (const Held* held = before_.Find(key)) after_.Put(key, *held);
  }
}

}  // namespace

uint64_t DigestOfRow(std::string_view plain_row) { return FragmentFingerprint(plain_row); }

int64_t CreatedAt(std::string_view row) {
  std::optional<Json> tree = ParseJson(row);
  const Json& at = tree ? At(*tree, "created_at") : Json();
  return at.is_number() ? at.get<int64_t>() : 0;
}

Pending Compare(ComparisonInput input, Holdings& holdings) {
  return Comparer(std::move(input), holdings).Run(holdings);
}

}  // namespace kong
