#include "kong/database/holdings.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <utility>

#include "engine/fingerprint.h"
#include "engine/text.h"

namespace kong {

using engine::Cat;

void Holdings::Put(const EntityKey& key, Held held) {
  Erase(key);
  if (held.unique_hash != 0) owners_[held.unique_hash] = key;
  if (held.id != key.id) ours_[{key.kind, held.id}] = key.id;
  rows_.emplace(key, std::move(held));
}

void Holdings::Erase(const EntityKey& key) {
  auto row = rows_.find(key);
  if (row == rows_.end()) return;
  auto owner = owners_.find(row->second.unique_hash);
  if (owner != owners_.end() && owner->second == key) owners_.erase(owner);
  ours_.erase({key.kind, row->second.id});
  rows_.erase(row);
}

const Held* Holdings::Find(const EntityKey& key) const {
  auto row = rows_.find(key);
  return row == rows_.end() ? nullptr : &row->second;
}

const EntityKey* Holdings::OwnerOf(uint64_t unique_hash) const {
  auto owner = owners_.find(unique_hash);
  return unique_hash == 0 || owner == owners_.end() ? nullptr : &owner->second;
}

EntityId Holdings::RemoteIdOf(const EntityKey& key) const {
  const Held* held = Find(key);
  return held == nullptr ? key.id : held->id;
}

EntityId Holdings::OurIdOf(const EntityKey& remote) const {
  auto ours = ours_.find(remote);
  return ours == ours_.end() ? remote.id : ours->second;
}

RemoteRow Holdings::RemoteRowOf(const EntityKey& key, const Held& like) const {
  RemoteRow row{.kind = key.kind, .id = RemoteIdOf(key), .parent = {}, .member = {}};
  row.created_at = like.created_at;
  std::optional<EntityKind> parent = ListedBelow(key.kind);
  for (const EntityKey& reference : like.references) {
    if (parent && reference.kind == *parent) {
      row.parent = RemoteIdOf(reference);
    } else if (key.kind == EntityKind::kConsumerGroupConsumer) {
      row.member = RemoteIdOf(reference);
    }
  }
  return row;
}

std::string NormalTarget(std::string_view target) {
  bool bracketed = target.starts_with("[");
  size_t colon = bracketed ? target.find("]:") : target.find(':');
  bool bare6 = !bracketed && colon != target.npos && target.find(':', colon + 1) != target.npos;
  std::string_view port = "8000", host = target;
  if (colon != target.npos && !bare6) {
    port = target.substr(target.rfind(':') + 1);
    host = target.substr(0, target.rfind(':'));
  }
  if (host.starts_with("[") && host.ends_with("]")) host = host.substr(1, host.size() - 2);
  std::array<unsigned char, 16> bytes{};
  if (inet_pton(AF_INET6, std::string(host).c_str(), bytes.data()) != 1) {
    return Cat(host, ':', port);
  }
  std::string hex = engine::Hex({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  std::string full;
  for (size_t at = 0; at < hex.size(); at += 4) {
    full += Cat(at > 0 ? ":" : "", std::string_view(hex).substr(at, 4));
  }
  return Cat('[', full, "]:", port);
}

uint64_t UniqueHash(EntityKind kind, const FragmentFacts& facts) {
  if (facts.unique_key.empty()) return 0;
  std::string key = Cat(ArrayName(kind), '\0');
  std::vector<std::string_view> parts = engine::Split(facts.unique_key, '\0');
  for (size_t at = 0; at + 1 < parts.size(); at += 2) {
    bool address = kind == EntityKind::kTarget && parts[at] == "target";
    key += Cat(parts[at], '\0', address ? NormalTarget(parts[at + 1]) : std::string(parts[at + 1]),
               '\0');
  }
  return std::max<uint64_t>(1, engine::Fingerprint::Of(key).low);
}

}  // namespace kong
