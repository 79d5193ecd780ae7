#include "kong/payload_index.h"

#include <endian.h>

#include <algorithm>
#include <cstring>
#include <tuple>

#include "absl/container/flat_hash_set.h"
#include "engine/text.h"

namespace kong {
namespace {

using engine::Cat;

uint64_t HashOfUnique(EntityKind kind, std::string_view unique_key) {
  if (unique_key.empty()) return 0;
  return FragmentFingerprint(Cat(ArrayName(kind), '\0', unique_key)) | 1;
}

// `service "shop.cart.80"`, or by id where there is no name.
std::string Label(EntityKind kind, const EntityId& id, std::string_view name) {
  return name.empty() ? Cat(NameOf(kind), ' ', id.text()) : Cat(NameOf(kind), " \"", name, '"');
}
std::string Label(const Entity& entity) { return Label(entity.kind, entity.id, entity.name); }

std::string OwnersOf(const Entity& entity) {
  std::string out;
  for (const ObjectRef& origin : entity.origins) {
    if (!out.empty()) out += ", ";
    out += origin.text();
  }
  return out.empty() ? "no object" : out;
}

// The first half of an id as a number: almost always enough to order two of them.
uint64_t Leading(const EntityId& id) {
  uint64_t bytes;
  std::memcpy(&bytes, id.bytes.data(), sizeof bytes);
  return be64toh(bytes);
}

bool ComesBefore(const PayloadIndex::Row& a, const PayloadIndex::Row& b) {
  if (a.kind != b.kind) return a.kind < b.kind;
  const uint64_t left = Leading(a.place.id), right = Leading(b.place.id);
  return left != right ? left < right : a.place < b.place;
}

// In payload order, on two threads.
void Sort(std::vector<PayloadIndex::Row>& rows, engine::Executor& executor) {
  const auto middle = rows.begin() + static_cast<ptrdiff_t>(rows.size() / 2);
  executor.Both([&] { std::sort(rows.begin(), middle, ComesBefore); },
                [&] { std::sort(middle, rows.end(), ComesBefore); });
  std::inplace_merge(rows.begin(), middle, rows.end(), ComesBefore);
}

// A total order of entities that depends on nothing but what authors wrote.
bool Precedes(const Entity& a, const Entity& b) {
  return std::tie(a.origins, a.id, a.json) < std::tie(b.origins, b.id, b.json);
}

}  // namespace

const PayloadIndex::Slot* PayloadIndex::Find(const EntityKey& key) const {
  const Section& all = section(key.kind);
  auto at = all.lower_bound({key.id, 0});
  return at != all.end() && at->first.id == key.id ? &at->second : nullptr;
}

void PayloadIndex::Put(uint32_t table, const Entity& row) {
  Section& all = sections_[static_cast<size_t>(row.kind)];
  Place place{row.id, table};
  auto [at, fresh] = all.try_emplace(place);
  if (!fresh) Leave(row.kind, place, at->second);
  const FragmentFacts& facts = reader_.Read(row.kind, row.json);
  at->second = SlotOf(row, facts);
  Enter(at, facts.references);
}

void PayloadIndex::Load(std::vector<Row> rows, engine::Executor& executor) {
  constexpr size_t kPortion = 8192;  // Slots that are held at a time.
  Sort(rows, executor);
  owners_.reserve(rows.size());
  struct Read {
    Slot slot;
    References references;
  };
  std::vector<Read> reads, next;
  auto enter = [&](size_t from) {
    for (size_t i = 0; i < reads.size(); ++i) {
      const Row& row = rows[from + i];
      Section& all = sections_[static_cast<size_t>(row.kind)];
      auto at = all.emplace_hint(all.end(), row.place, std::move(reads[i].slot));
      Enter(at, reads[i].references);
    }
  };
  // While one portion is read, the one before it is entered.
  for (size_t from = 0; from < rows.size(); from += kPortion) {
    next.resize(std::min(kPortion, rows.size() - from));
    executor.ParallelFor(
        next.size(),
        [&](size_t i) {
          thread_local FragmentReader reader;
          const Entity& row = *rows[from + i].row;
          const FragmentFacts& facts = reader.Read(row.kind, row.json);
          next[i] = {SlotOf(row, facts), facts.references};
        },
        [&] { enter(from - reads.size()); });
    std::swap(reads, next);
  }
  enter(rows.size() - reads.size());
}

PayloadIndex::Slot PayloadIndex::SlotOf(const Entity& row, const FragmentFacts& facts) {
  return {.row = &row,
          .size = static_cast<uint32_t>(row.json.size()),
          .fingerprint = FragmentFingerprint(row.json),
          .unique_hash = HashOfUnique(row.kind, facts.unique_key),
          .references = {},
          .unreadable = !facts.readable,
          .too_deep = facts.too_deep};
}

bool PayloadIndex::Remove(uint32_t table, const EntityKey& key) {
  Section& all = sections_[static_cast<size_t>(key.kind)];
  auto at = all.find({key.id, table});
  if (at == all.end()) return false;
  Leave(key.kind, at->first, at->second);
  all.erase(at);
  return true;
}

// The slot is in its section already.
void PayloadIndex::Enter(Section::iterator at, const References& references) {
  const auto& [place, slot] = *at;
  const EntityKind kind = slot.row->kind;
  bytes_[static_cast<size_t>(kind)] += slot.size;
  if (SharesId(section(kind), at)) ++shared_ids_;
  if (slot.unreadable || slot.too_deep) ++flawed_;
  if (slot.unique_hash && ++owners_[slot.unique_hash] == 2) ++contested_;
  CountPresent({kind, place.id}, +1);
  for (const EntityKey& key : references)
    at->second.references.push_back(Refer({key.kind, key.id}));
}

// The slot is in its section still.
void PayloadIndex::Leave(EntityKind kind, const Place& place, const Slot& slot) {
  const Section& all = section(kind);
  bytes_[static_cast<size_t>(kind)] -= slot.size;
  if (SharesId(all, all.find(place))) --shared_ids_;
  if (slot.unreadable || slot.too_deep) --flawed_;
  if (slot.unique_hash) {
    auto owners = owners_.find(slot.unique_hash);
    if (--owners->second == 1) --contested_;
    if (owners->second == 0) owners_.erase(owners);
  }
  CountPresent({kind, place.id}, -1);
  for (uint32_t parent : slot.references) Unrefer(parent);
}

uint32_t PayloadIndex::CountPlaces(const ParentKey& key) const {
  const Section& all = section(key.first);
  uint32_t n = 0;
  for (auto at = all.lower_bound({key.second, 0}); at != all.end() && at->first.id == key.second;
       ++at)
    ++n;
  return n;
}

bool PayloadIndex::SharesId(const Section& section, Section::const_iterator at) {
  auto next = std::next(at);
  return (next != section.end() && next->first.id == at->first.id) ||
         (at != section.begin() && std::prev(at)->first.id == at->first.id);
}

void PayloadIndex::CountPresent(const ParentKey& key, int change) {
  if (parents_of_[static_cast<size_t>(key.first)] == 0) return;
  auto found = parent_numbers_.find(key);
  if (found == parent_numbers_.end()) return;
  Parent& parent = parents_[found->second];
  bool was_missing = parent.present == 0;
  parent.present += static_cast<uint32_t>(change);
  if (was_missing && parent.present > 0) --missing_;
  if (!was_missing && parent.present == 0) ++missing_;
}

uint32_t PayloadIndex::Refer(const ParentKey& key) {
  auto [at, fresh] = parent_numbers_.try_emplace(key, 0);
  if (fresh) {
    if (free_parents_.empty())
      free_parents_.push_back(static_cast<uint32_t>(parents_.size())), parents_.emplace_back();
    at->second = free_parents_.back();
    free_parents_.pop_back();
    ++parents_of_[static_cast<size_t>(key.first)];
    parents_[at->second] = {.key = key, .present = CountPlaces(key), .referred = 0};
    if (parents_[at->second].present == 0) ++missing_;
  }
  ++parents_[at->second].referred;
  return at->second;
}

void PayloadIndex::Unrefer(uint32_t number) {
  Parent& parent = parents_[number];
  if (--parent.referred > 0) return;
  if (parent.present == 0) --missing_;
  --parents_of_[static_cast<size_t>(parent.key.first)];
  parent_numbers_.erase(parent.key);
  free_parents_.push_back(number);
}

// One walk in payload order.
class PayloadIndex::Search {
 public:
  Search(const PayloadIndex& index, absl::FunctionRef<bool(const Slot&)> refused,
         std::vector<Exclusion>& reasons)
      : index_(index), refused_(refused), reasons_(reasons) {}

  Excluded Run() {
    for (size_t kind = 0; kind < kEntityKinds; ++kind) Visit(static_cast<EntityKind>(kind));
    return std::move(excluded_);
  }

 private:
  using Entry = Section::const_pointer;
  using Rivals = absl::btree_map<std::string, std::vector<Entry>>;

  void Visit(EntityKind kind) {
    Rivals of_id, of_key;
    const Section& section = index_.section(kind);
    for (auto at = section.begin(); at != section.end(); ++at) {
      const Slot& slot = at->second;
      if (refused_(slot)) {
        Leave(*at);
      } else if (std::string why = Breach(slot); !why.empty()) {
        Leave(*at, std::move(why));
      } else {
        if (index_.shared_ids_ > 0 && SharesId(section, at))
          of_id[at->first.id.text()].push_back(&*at);
        if (Contested(slot)) of_key[UniqueKeyOf(slot)].push_back(&*at);
      }
    }
    for (auto& [id, rivals] : of_id) Elect(std::move(rivals), "the id");
    for (auto& [key, rivals] : of_key) Elect(std::move(rivals), "the name");
    // From here on only those count as present that stayed.
    for (const Entry entry : left_) {
      const EntityId& id = entry->first.id;
      auto stays = [&](const auto& other) { return !excluded_.contains({kind, other.first}); };
      bool present = false;
      for (auto at = section.lower_bound({id, 0}); at != section.end() && at->first.id == id;
           ++at) {
        present |= stays(*at);
      }
      if (!present) absent_.insert({kind, id});
    }
    left_.clear();
  }

  // Why this entity cannot stand, apart from its rivals.
  std::string Breach(const Slot& slot) const {
    if (slot.too_deep)
      return Cat("its values are nested deeper than ", kFragmentDepthMax, " levels");
    if (slot.unreadable) return "it is not one JSON object";
    for (uint32_t number : slot.references) {
      const Parent& parent = index_.parents_[number];
      if (parent.present > 0 && !absent_.contains(parent.key)) continue;
      const Slot* left_out = index_.Find({parent.key.first, parent.key.second});
      std::string label =
          Label(parent.key.first, parent.key.second, left_out ? left_out->row->name : "");
      return Cat("it refers to ", label,
                 left_out ? ", which was left out" : ", which does not exist");
    }
    return {};
  }

  bool Contested(const Slot& slot) const {
    return index_.contested_ > 0 && slot.unique_hash && index_.owners_.at(slot.unique_hash) > 1;
  }
  std::string UniqueKeyOf(const Slot& slot) {
    return reader_.Read(slot.row->kind, slot.row->json).unique_key;
  }

  void Elect(std::vector<Entry> rivals, std::string_view what) {
    std::erase_if(rivals,
                  [&](Entry e) { return excluded_.contains({e->second.row->kind, e->first}); });
    if (rivals.size() < 2) return;
    auto winner = *std::min_element(rivals.begin(), rivals.end(), [](Entry a, Entry b) {
      return Precedes(*a->second.row, *b->second.row);
    });
    for (Entry rival : rivals) {
      if (rival == winner) continue;
      const Entity& kept = *winner->second.row;
      Leave(*rival,
            Cat("it has ", what, " of ", Label(kept), " of ", OwnersOf(kept), ", which keeps it"));
    }
  }

  void Leave(const Section::value_type& entry) {
    excluded_.insert({entry.second.row->kind, entry.first});
    left_.push_back(&entry);
  }
  void Leave(const Section::value_type& entry, std::string why) {
    const Entity& row = *entry.second.row;
    Leave(entry);
    reasons_.push_back({row.key(),
                        {row.origins.begin(), row.origins.end()},
                        Cat(Label(row), " is left out: ", why)});
  }

  const PayloadIndex& index_;
  absl::FunctionRef<bool(const Slot&)> refused_;
  std::vector<Exclusion>& reasons_;
  Excluded excluded_;
  std::vector<Entry> left_;                // Of the kind that is visited.
  absl::flat_hash_set<ParentKey> absent_;  // In the tables, and left out.
  FragmentReader reader_;
};

PayloadIndex::Excluded PayloadIndex::FindExclusions(absl::FunctionRef<bool(const Slot&)> refused,
                                                    std::vector<Exclusion>& reasons) const {
  return Search(*this, refused, reasons).Run();
}

}  // namespace kong
