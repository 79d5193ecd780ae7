// An entity: one object of Kong's configuration, and the row that carries it from rule to gateway.
//
// The rule that owns an entity writes its JSON once, in the flat declarative form (foreign keys are
// ids), members in alphabetical order: equal entities are equal bytes, and payloads, hashes and
// patches are made by concatenating fragments. Ids are those that the Kong Ingress Controller gives
// (services, routes, consumers, groups, vaults, plugins) or else those that Kong would derive
// itself (upstreams, targets, SNIs, most credentials), so a user may change controllers and nothing
// is created anew. Pure functions; any thread.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "engine/symbol.h"
#include "engine/text.h"

namespace kong {

// In the order of a payload: what refers comes after what it refers to, and targets, which change
// most often, come last.
enum class EntityKind : uint32_t {
  kCaCertificate,
  kCertificate,
  kSni,
  kVault,
  kService,
  kRoute,
  kConsumerGroup,
  kConsumer,
  kConsumerGroupConsumer,  // That a consumer is in a group.
  kKeyAuth,
  kBasicAuth,
  kHmacAuth,
  kJwt,
  kOauth2,
  kAcl,
  kMtlsAuth,
  kPlugin,
  kCustomEntity,  // Of any type; its name is the array in which it stands.
  kLicense,
  kUpstream,
  kTarget,
};
inline constexpr size_t kEntityKinds = 21;

std::string_view ArrayName(EntityKind kind);  // "services": the member of a declarative document.
std::string_view NameOf(EntityKind kind);     // "service": for people.

// A UUID, ordered by its bytes, which is the order of its text.
struct EntityId {
  std::array<uint8_t, 16> bytes{};

  friend auto operator<=>(const EntityId&, const EntityId&) = default;
  template <class H>
  friend H AbslHashValue(H h, const EntityId& id) {
    return H::combine(std::move(h), id.bytes);
  }
  auto fields() const { return std::tie(bytes); }
  std::string text() const;  // Lower case, 8-4-4-4-12.
  bool empty() const { return *this == EntityId{}; }
  // Any version and variant; nullopt unless the whole text is one UUID with its hyphens.
  static std::optional<EntityId> Parse(std::string_view text);
};

// The UUIDv5 of `key` in the namespace that Kong keeps for `array` ("services", "consumers", ...).
EntityId DeriveId(std::string_view array, std::string_view key);

EntityId ServiceId(std::string_view name);
EntityId RouteId(std::string_view name);
EntityId UpstreamId(std::string_view name);
EntityId SniId(std::string_view name);
EntityId TargetId(const EntityId& upstream, std::string_view target);
EntityId RoutePluginId(std::string_view plugin, const EntityId& route);
EntityId ConsumerId(std::string_view username);
EntityId ConsumerGroupId(std::string_view name);
EntityId ServicePluginId(std::string_view plugin, const EntityId& service);
EntityId LicenseId(std::string_view object);

// What an entity asks of a gateway, and what a gateway offers: a bit each. An entity goes to a
// gateway that offers all that it needs. Where a gateway's version decides between two forms, a
// rule says both, with needs that exclude each other.
using Needs = uint32_t;
inline constexpr Needs kNeedsTraditional =
    1 << 0;  // The flavour traditional or traditional_compatible.
inline constexpr Needs kNeedsExpressions = 1 << 1;
inline constexpr Needs kNeedsEnterprise = 1 << 2;
inline constexpr Needs kNeedsFrom3_9 = 1 << 3;
inline constexpr Needs kNeedsBelow3_9 = 1 << 4;
inline constexpr Needs kNeedsFrom3_11 = 1 << 5;
inline constexpr Needs kNeedsBelow3_11 = 1 << 6;
inline constexpr Needs kNeedsOpenSource = 1 << 7;  // The form of what Enterprise has in another.
inline bool Fits(Needs needs, Needs offers) { return (needs & ~offers) == 0; }
// What a gateway of this version, edition and router flavour offers.
Needs OffersOf(int major, int minor, bool enterprise, bool expressions);

// The Kubernetes object that an entity or a problem belongs to. Symbols, so that a key is 12 bytes.
struct ObjectRef {
  engine::Symbol kind, ns, name;
  friend auto operator<=>(const ObjectRef&, const ObjectRef&) = default;
  auto fields() const { return std::tie(kind, ns, name); }
  std::string text() const;  // "Ingress shop/cart"; without a namespace "IngressClass kong".
};

struct EntityKey {
  EntityKind kind{};
  EntityId id;
  friend auto operator<=>(const EntityKey&, const EntityKey&) = default;
  std::string text() const {
    return engine::Cat(NameOf(kind), ' ', id.text());
  }  // "route 05023a86-…"
};

using Origins = absl::InlinedVector<ObjectRef, 1>;

// A row of the tables that gateways receive.
struct Entity {
  using Key = EntityKey;
  EntityKind kind{};
  EntityId id;
  Needs needs = 0;
  std::string name;     // What people call it; empty where Kong has no name for it.
  std::string json;     // One object.
  Origins origins;      // Who is told, and quarantined, when a gateway refuses it.
  bool secret = false;  // Its JSON holds what nobody but a gateway may see (redact.h).

  EntityKey key() const { return {kind, id}; }
  void Pack() {  // There are hundreds of thousands: no slack.
    name.shrink_to_fit();
    json.shrink_to_fit();
  }
  auto fields() const { return std::tie(kind, id, needs, name, json, origins, secret); }
  std::string text() const;  // For explanations; without secrets.
};

// The array of a declarative document in which it stands.
std::string_view ArrayOf(const Entity& entity);
// An id for a custom entity of that type, which begins with the type.
EntityId CustomEntityId(std::string_view type, std::string_view key);

// The identity of a Kubernetes object as Kong's tags show it.
struct TagSource {
  std::string_view name = {}, ns = {}, kind = {}, uid = {}, group = {}, version = {};
  const std::vector<std::string>* user_tags = nullptr;  // konghq.com/tags
};
// In the controller's order; empty parts are left out and user tags are kept once.
std::vector<std::string> TagsOf(const TagSource& source);
// The tags of a service that has no Kubernetes Service behind it.
std::vector<std::string> PlaceholderTags();

}  // namespace kong
