#include "kong/hybrid/stream_closure.h"

#include <algorithm>
#include <array>

#include "kong/json_tree.h"

namespace kong {
namespace {

constexpr std::array<std::string_view, 4> kStreamProtocols = {"tcp", "udp", "tls",
                                                              "tls_passthrough"};

bool IsStream(const Json& protocol) {
  return std::find(kStreamProtocols.begin(), kStreamProtocols.end(), Text(protocol)) !=
         kStreamProtocols.end();
}

// Protocols that a route names; without any it is of HTTP.
Json ProtocolsOf(const Entity& route) {
  // Most routes are told apart without a parse.
  const bool possible =
      std::any_of(kStreamProtocols.begin(), kStreamProtocols.end(),
                  [&](std::string_view p) { return route.json.find(p) != std::string::npos; });
  if (!possible) return Json::array();
  std::optional<Json> tree = ParseJson(route.json);
  return tree ? At(*tree, "protocols") : Json::array();
}

}  // namespace

void StreamClosure::Follow(const EntityId& service) {
  Know({EntityKind::kService, service});
  auto host = upstreams_.find(service);
  if (host != upstreams_.end()) Know({EntityKind::kUpstream, host->second});
}

void StreamClosure::Absorb(const Entity& entity) {
  if (entity.kind == EntityKind::kService) {
    std::optional<Json> tree = ParseJson(entity.json);
    if (tree) upstreams_[entity.id] = UpstreamId(TextAt(*tree, "host"));
    if (Knows(entity.key())) Follow(entity.id);
  } else if (entity.kind == EntityKind::kRoute) {
    const Json protocols = ProtocolsOf(entity);
    if (!protocols.is_array() || std::none_of(protocols.begin(), protocols.end(), IsStream)) return;
    Know(entity.key());
    terminates_tls_ = terminates_tls_ || Allows(protocols, "tls");
    for (const EntityKey& to : reader_.Read(entity.kind, entity.json).references) {
      if (to.kind == EntityKind::kService) Follow(to.id);
    }
  }
}

bool StreamClosure::Concerns(const Entity& entity) {
  if (Knows(entity.key())) return true;
  if (entity.kind == EntityKind::kCertificate || entity.kind == EntityKind::kSni) {
    return terminates_tls_;
  }
  if (entity.kind != EntityKind::kPlugin && entity.kind != EntityKind::kTarget) return false;
  const FragmentFacts& facts = reader_.Read(entity.kind, entity.json);
  const bool ours = std::any_of(facts.references.begin(), facts.references.end(),
                                [&](const EntityKey& to) { return Knows(to); });
  // A plugin without a parent runs for every route, those of streams too.
  const bool global = entity.kind == EntityKind::kPlugin && facts.references.empty();
  if (!ours && !(global && !known_.empty())) return false;
  Know(entity.key());
  return true;
}

bool StreamClosure::Concerns(const Patch& patch) {
  for (const Entity& entity : patch.upserts) Absorb(entity);
  if (known_.empty()) return false;
  bool concerns = false;
  for (const Entity& entity : patch.upserts) concerns = Concerns(entity) || concerns;
  for (const EntityKey& key : patch.removals) {
    concerns =
        concerns || Knows(key) ||
        (terminates_tls_ && (key.kind == EntityKind::kCertificate || key.kind == EntityKind::kSni));
  }
  return concerns;
}

}  // namespace kong
