// What OpenSSL 3.0 deprecates, it keeps.
#define OPENSSL_API_COMPAT 0x10101000L

#include "kong/entity.h"

#include <openssl/sha.h>

#include <algorithm>

#include "engine/assert.h"
#include "engine/row.h"
#include "engine/text.h"
#include "kong/redact.h"

namespace kong {
namespace {

using engine::Cat;

// The root of all namespaces that Kong and its tools share.
constexpr EntityId kRoot = {{0xfd, 0x02, 0x80, 0x1f, 0x09, 0x57, 0x4a, 0x15,  //
                             0xa5, 0x5a, 0xc8, 0xd9, 0x60, 0x6f, 0x30, 0xb5}};

// RFC 9562, version 5. OpenSSL's plain functions: ids are made by the hundred thousand, and its
// newer interface spends three times as long on finding and guarding the algorithm as on using it.
EntityId IdIn(const EntityId& space, std::string_view name) {
  SHA_CTX sha1;
  std::array<uint8_t, SHA_DIGEST_LENGTH> digest;
  bool done =
      SHA1_Init(&sha1) == 1 && SHA1_Update(&sha1, space.bytes.data(), space.bytes.size()) == 1 &&
      SHA1_Update(&sha1, name.data(), name.size()) == 1 && SHA1_Final(digest.data(), &sha1) == 1;
  CHECK(done, "digest");
  EntityId id;
  std::copy_n(digest.begin(), id.bytes.size(), id.bytes.begin());
  id.bytes[6] = static_cast<uint8_t>((id.bytes[6] & 0x0f) | 0x50);
  id.bytes[8] = static_cast<uint8_t>((id.bytes[8] & 0x3f) | 0x80);
  return id;
}

struct KindNames {
  std::string_view array, name;
};
constexpr std::array<KindNames, kEntityKinds> kNames = {{
    {"ca_certificates", "ca_certificate"},
    {"certificates", "certificate"},
    {"snis", "sni"},
    {"vaults", "vault"},
    {"services", "service"},
    {"routes", "route"},
    {"consumer_groups", "consumer_group"},
    {"consumers", "consumer"},
    {"consumer_group_consumers", "consumer_group_consumer"},
    {"keyauth_credentials", "keyauth_credential"},
    {"basicauth_credentials", "basicauth_credential"},
    {"hmacauth_credentials", "hmacauth_credential"},
    {"jwt_secrets", "jwt_secret"},
    {"oauth2_credentials", "oauth2_credential"},
    {"acls", "acl"},
    {"mtls_auth_credentials", "mtls_auth_credential"},
    {"plugins", "plugin"},
    {"custom_entities", "custom_entity"},
    {"licenses", "license"},
    {"upstreams", "upstream"},
    {"targets", "target"},
}};

// Hashing the namespace once a kind halves the cost of an id.
EntityId IdOf(EntityKind kind, std::string_view key) {
  static const auto kSpaces = [] {
    std::array<EntityId, kEntityKinds> spaces;
    for (size_t i = 0; i < kEntityKinds; ++i) spaces[i] = IdIn(kRoot, kNames[i].array);
    return spaces;
  }();
  return IdIn(kSpaces[static_cast<size_t>(kind)], key);
}

// "000102…fdfeff": every entity has a few ids in its text.
constexpr std::array<char, 512> kHexPairs = [] {
  constexpr char kDigits[] = "0123456789abcdef";
  std::array<char, 512> pairs{};
  for (size_t i = 0; i < 256; ++i) {
    pairs[2 * i] = kDigits[i >> 4];
    pairs[2 * i + 1] = kDigits[i & 15];
  }
  return pairs;
}();

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool HyphenBefore(size_t byte) { return byte == 4 || byte == 6 || byte == 8 || byte == 10; }

}  // namespace

std::string_view ArrayName(EntityKind kind) { return kNames[static_cast<size_t>(kind)].array; }
std::string_view NameOf(EntityKind kind) { return kNames[static_cast<size_t>(kind)].name; }

std::string EntityId::text() const {
  std::string out(36, '-');
  char* at = out.data();
  for (size_t i = 0; i < bytes.size(); ++i, at += 2) {
    if (HyphenBefore(i)) ++at;
    std::copy_n(kHexPairs.data() + size_t{bytes[i]} * 2, 2, at);
  }
  return out;
}

std::optional<EntityId> EntityId::Parse(std::string_view text) {
  if (text.size() != 36) return std::nullopt;
  EntityId id;
  size_t at = 0;
  for (size_t i = 0; i < id.bytes.size(); ++i) {
    if (HyphenBefore(i) && text[at++] != '-') return std::nullopt;
    int high = HexDigit(text[at++]);
    int low = HexDigit(text[at++]);
    if (high < 0 || low < 0) return std::nullopt;
    id.bytes[i] = static_cast<uint8_t>(high << 4 | low);
  }
  return id;
}

EntityId DeriveId(std::string_view array, std::string_view key) {
  return IdIn(IdIn(kRoot, array), key);
}

EntityId ServiceId(std::string_view name) { return IdOf(EntityKind::kService, name); }
EntityId RouteId(std::string_view name) { return IdOf(EntityKind::kRoute, name); }
EntityId UpstreamId(std::string_view name) { return IdOf(EntityKind::kUpstream, name); }
EntityId SniId(std::string_view name) { return IdOf(EntityKind::kSni, name); }
EntityId ConsumerId(std::string_view username) { return IdOf(EntityKind::kConsumer, username); }
// The controller spells this space without the underscore.
EntityId ConsumerGroupId(std::string_view name) { return DeriveId("consumergroups", name); }
EntityId LicenseId(std::string_view object) {
  return IdIn(EntityId(), Cat("KongLicense:", object));
}

// Kong derives the ids of these two from their cache keys: every part as it is written in the
// document.
EntityId TargetId(const EntityId& upstream, std::string_view target) {
  return IdOf(EntityKind::kTarget, Cat("targets:*:", upstream.text(), ':', target));
}
EntityId RoutePluginId(std::string_view plugin, const EntityId& route) {
  return IdOf(EntityKind::kPlugin, Cat("plugins:*:", plugin, ':', route.text(), "::"));
}

EntityId ServicePluginId(std::string_view plugin, const EntityId& service) {
  return IdOf(EntityKind::kPlugin, Cat("plugins:*:", plugin, "::", service.text(), ':'));
}

Needs OffersOf(int major, int minor, bool enterprise, bool expressions) {
  auto from = [&](int other) { return major > 3 || (major == 3 && minor >= other); };
  Needs offers = expressions ? kNeedsExpressions : kNeedsTraditional;
  offers |= enterprise ? kNeedsEnterprise : kNeedsOpenSource;
  offers |= from(9) ? kNeedsFrom3_9 : kNeedsBelow3_9;
  offers |= from(11) ? kNeedsFrom3_11 : kNeedsBelow3_11;
  return offers;
}

std::string Entity::text() const {
  std::string out = "(";
  auto add = [&](const auto& part) {
    if (out.size() > 1) out += ' ';
    engine::internal::Describe(part, out);
  };
  add(kind), add(id), add(needs), add(name), add(ShownJson(*this)), add(origins);
  return out += ')';
}

std::string_view ArrayOf(const Entity& entity) {
  return entity.kind == EntityKind::kCustomEntity ? entity.name : ArrayName(entity.kind);
}

EntityId CustomEntityId(std::string_view type, std::string_view key) {
  EntityId id = DeriveId(type, key);
  EntityId of_type = DeriveId("custom_entities", type);
  std::copy_n(of_type.bytes.begin(), 6, id.bytes.begin());
  return id;
}

std::string ObjectRef::text() const {
  return ns ? Cat(kind, ' ', ns, '/', name) : Cat(kind, ' ', name);
}

std::vector<std::string> TagsOf(const TagSource& source) {
  std::vector<std::string> tags;
  auto add = [&](std::string_view label, std::string_view value) {
    if (!value.empty()) tags.push_back(Cat(label, value));
  };
  add("k8s-name:", source.name);
  add("k8s-namespace:", source.ns);
  add("k8s-kind:", source.kind);
  add("k8s-uid:", source.uid);
  add("k8s-group:", source.group);
  add("k8s-version:", source.version);
  if (!source.user_tags) return tags;
  for (const std::string& tag : *source.user_tags) {
    if (std::find(tags.begin(), tags.end(), tag) == tags.end()) tags.push_back(tag);
  }
  return tags;
}

std::vector<std::string> PlaceholderTags() {
  return TagsOf({.name = "UNKNOWN",
                 .ns = "UNKNOWN",
                 .kind = "Service",
                 .uid = "00000000-0000-0000-0000-000000000000",
                 .group = "core",
                 .version = "v1"});
}

}  // namespace kong
