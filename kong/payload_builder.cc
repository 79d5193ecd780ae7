#include "kong/payload_builder.h"

#include <algorithm>
#include <limits>

#include "absl/container/flat_hash_set.h"
#include "engine/assert.h"
#include "engine/text.h"

namespace kong {

PayloadBuilder::PayloadBuilder(engine::Graph& graph, PayloadTables tables, Needs offers)
    : graph_(graph), tables_(std::move(tables)), offers_(offers), consumer_(graph.AddConsumer()) {}

PayloadBuilder::~PayloadBuilder() { graph_.RemoveConsumer(consumer_); }

std::shared_ptr<const Payload> PayloadBuilder::Build() {
  if (last_ && absorbed_ == graph_.version()) return last_;
  Changes changes;
  Absorb(changes);
  if (changes.any() || changes.refused) Exclude(changes);
  auto payload = std::make_shared<Payload>(last_ && !changes.any() ? *last_ : Render(changes));
  payload->version = absorbed_;
  payload->exclusions = reasons_;
  payload->lifted = Lifted();
  return last_ = std::move(payload);
}

void PayloadBuilder::Absorb(Changes& changes) {
  if (absorbed_ == 0 || !AbsorbSince(absorbed_, changes)) {
    changes.sections.fill(true);
    changes.refused = true;
    AbsorbAll();
  }
  absorbed_ = graph_.version();
  graph_.Acknowledge(consumer_, absorbed_);
}

void PayloadBuilder::AbsorbAll() {
  index_.Clear();
  refused_.clear();
  std::vector<PayloadIndex::Row> rows;
  for (uint32_t table = 0; table < tables_.entities.size(); ++table) {
    tables_.entities[table]->ForEach([&](const Entity& row) {
      if (Fits(row.needs, offers_)) rows.push_back({row.kind, {row.id, table}, &row});
    });
  }
  index_.Load(std::move(rows), graph_.executor());
  if (!tables_.refused) return;
  tables_.refused->ForEach([&](const RefusedEntity& row) {
    if (row.key().offers == offers_) refused_.insert_or_assign(row.key(), row);
  });
}

bool PayloadBuilder::AbsorbSince(engine::Version since, Changes& changes) {
  for (uint32_t table = 0; table < tables_.entities.size(); ++table) {
    bool reached = tables_.entities[table]->ChangedSince(
        since,
        [&](const EntityKey& key, const Entity* row) { AbsorbRow(table, key, row, changes); });
    if (!reached) return false;
  }
  if (!tables_.refused) return true;
  return tables_.refused->ChangedSince(
      since, [&](const RefusedEntity::Key& key, const RefusedEntity* row) {
        if (key.offers != offers_) return;
        changes.refused = true;
        if (row)
          refused_.insert_or_assign(key, *row);
        else
          refused_.erase(key);
      });
}

void PayloadBuilder::AbsorbRow(uint32_t table, const EntityKey& key, const Entity* row,
                               Changes& changes) {
  if (row && Fits(row->needs, offers_)) {
    index_.Put(table, *row);
  } else if (!index_.Remove(table, key)) {
    return;
  }
  changes.sections[static_cast<size_t>(key.kind)] = true;
}

bool PayloadBuilder::InForce(const RefusedEntity& row) const {
  const PayloadIndex::Slot* slot = index_.Find({row.entity_kind, row.entity_id});
  return slot && slot->fingerprint == row.fingerprint;
}

std::vector<RefusedEntity::Key> PayloadBuilder::Lifted() const {
  std::vector<RefusedEntity::Key> lifted;
  for (const auto& [key, row] : refused_) {
    if (!InForce(row)) lifted.push_back(key);
  }
  return lifted;
}

void PayloadBuilder::Exclude(Changes& changes) {
  absl::flat_hash_set<uint64_t> fragments;
  absl::btree_set<ObjectRef> objects;
  for (const auto& [key, row] : refused_) {
    if (!InForce(row)) continue;
    fragments.insert(row.fingerprint);
    if (row.object != ObjectRef{}) objects.insert(row.object);
  }
  reasons_.clear();
  PayloadIndex::Excluded excluded;
  if (!index_.sound() || !fragments.empty()) {
    // An object is out with all that it made alone; what it shares with others stays, for their
    // sake.
    auto refused = [&](const PayloadIndex::Slot& slot) {
      const auto& origins = slot.row->origins;
      return fragments.contains(slot.fingerprint) ||
             (!origins.empty() && !objects.empty() &&
              std::all_of(origins.begin(), origins.end(),
                          [&](const ObjectRef& origin) { return objects.contains(origin); }));
    };
    excluded = index_.FindExclusions(refused, reasons_);
  }
  for (const auto& each : excluded) {
    if (!excluded_.contains(each)) changes.sections[static_cast<size_t>(each.first)] = true;
  }
  for (const auto& each : excluded_) {
    if (!excluded.contains(each)) changes.sections[static_cast<size_t>(each.first)] = true;
  }
  excluded_ = std::move(excluded);
}

Payload PayloadBuilder::Render(const Changes& changes) {
  ++renders_;
  Payload payload;
  payload.offers = offers_;
  // Where the first change is; the stub has no section, so its coming and going starts afresh.
  size_t first = 0;
  if (last_ && last_->count() > 0) {
    while (first < kEntityKinds && !changes.sections[first]) ++first;
  }
  std::string body;
  body.reserve(RoomFor());
  if (first > 0) {
    body.append(*last_->body, 0, last_->sections[first].offset);
    std::copy_n(last_->sections.begin(), first, payload.sections.begin());
  } else {
    body = kPayloadHead;
    digests_[0] = Md5();
    digests_[0].Add(body);
  }
  Md5 digest = digests_[first];
  for (size_t kind = first; kind < kEntityKinds; ++kind) {
    digests_[kind] = digest;
    size_t offset = body.size();
    payload.sections[kind] = {offset, RenderSection(static_cast<EntityKind>(kind), body, digest)};
    bytes_digested_ += body.size() - offset;
  }
  size_t tail = body.size();
  if (payload.count() == 0) body += StubSection();
  body += kPayloadTail;
  digest.Add(std::string_view(body).substr(tail));
  payload.hash = digest.Hex();
  payload.body = std::make_shared<const std::string>(std::move(body));
  return payload;
}

// So much that the body never moves while a thread digests it.
size_t PayloadBuilder::RoomFor() const {
  size_t bytes = 256;
  for (size_t kind = 0; kind < kEntityKinds; ++kind) {
    EntityKind each = static_cast<EntityKind>(kind);
    bytes += index_.bytes(each) + index_.section(each).size() + 32;
  }
  for (const auto& [place, slot] : index_.section(EntityKind::kCustomEntity))
    bytes += 2 * ArrayOf(*slot.row).size() + 8;
  return bytes;
}

// While one portion is appended, the one before it is digested.
std::shared_ptr<Parts> PayloadBuilder::RenderSection(EntityKind kind, std::string& body,
                                                     Md5& digest) const {
  const PayloadIndex::Section& section = index_.section(kind);
  if (section.empty()) return nullptr;
  auto out = std::make_shared<Parts>();
  out->parts.reserve(section.size());
  const size_t begin = body.size();
  const char* bytes = body.data();
  size_t digested = begin;
  for (auto at = section.begin(); at != section.end();) {
    const std::string_view ready(bytes + digested, body.size() - digested);
    auto append = [&] { at = AppendParts(kind, at, begin, *out, body); };
    if (ready.empty()) {
      append();
    } else {
      graph_.executor().Both(append, [&] { digest.Add(ready); });
      digested += ready.size();
    }
  }
  CHECK(body.data() == bytes, "the room for a body was reckoned too small");
  if (out->parts.empty()) return nullptr;
  body += ']';
  digest.Add(std::string_view(body).substr(digested));
  return out;
}

// Up to some thousands, so that both threads have work. `offset`: of the section.
PayloadBuilder::Entries PayloadBuilder::AppendParts(EntityKind kind, Entries from, size_t offset,
                                                    Parts& out, std::string& body) const {
  constexpr size_t kPortion = 1 << 20;  // Bytes.
  const size_t enough = body.size() + kPortion;
  const Entries end = index_.section(kind).end();
  for (; from != end && body.size() < enough; ++from) {
    const auto& [place, slot] = *from;
    if (!excluded_.empty() && excluded_.contains({kind, place})) continue;
    BeginPart(ArrayOf(*slot.row), out, body);
    const size_t at = body.size() - offset;
    CHECK(at <= std::numeric_limits<uint32_t>::max(), "a section of a payload is below 4 GB");
    out.parts.push_back({.id = place.id,
                         .fingerprint = slot.fingerprint,
                         .offset = static_cast<uint32_t>(at),
                         .size = slot.size,
                         .origins = static_cast<uint32_t>(out.origins.size())});
    out.origins.insert(out.origins.end(), slot.row->origins.begin(), slot.row->origins.end());
    body += slot.row->json;
  }
  return from;
}

}  // namespace kong
