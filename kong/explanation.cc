#include "kong/explanation.h"

#include <algorithm>
#include <vector>

#include "absl/functional/function_ref.h"
#include "engine/text.h"
#include "kong/redact.h"

namespace kong {
namespace {

using engine::Cat;

constexpr size_t kShown = 20;  // Entities; the rest is counted.

template <class R>
bool ExplainRow(const engine::Graph& graph, const engine::Table<R>& table,
                const typename R::Key& key, std::string& out) {
  const engine::GroupId row = table.numbers().Find(&key);
  if (row == engine::kNoGroup || table.RowAt(row) == nullptr) return false;
  out += graph.ExplainRow(table, row);
  return true;
}

// The entities that `wanted` picks, in key order. Returns how many there are.
size_t ExplainEntities(const engine::Graph& graph, const GatewayGraph& g,
                       absl::FunctionRef<bool(const Entity&)> wanted, std::string& out) {
  std::vector<EntityKey> keys;
  g.entities.ForEach([&](const Entity& entity) {
    if (wanted(entity)) keys.push_back(entity.key());
  });
  std::sort(keys.begin(), keys.end());
  for (size_t i = 0; i < std::min(keys.size(), kShown); ++i) {
    ExplainRow(graph, g.entities, keys[i], out);
  }
  if (keys.size() > kShown) out += Cat("and ", keys.size() - kShown, " more entities\n");
  return keys.size();
}

}  // namespace

std::string ExplainObject(const engine::Graph& graph, const GatewayGraph& g,
                          const ObjectRef& object) {
  const ObjectName id{object.ns, object.name};
  std::string out;
  const auto look = [&]<class R>(std::string_view kind, const engine::Table<R>& table) {
    return object.kind.text() == kind && ExplainRow(graph, table, id, out);
  };
  const bool known =
      look("Ingress", g.ingresses) || look("IngressClass", g.ingress_classes) ||
      look("IngressClassParameters", g.ingress_class_parameters) || look("Service", g.services) ||
      look("EndpointSlice", g.endpoint_slices) || look("KongPlugin", g.plugins.plugins) ||
      look("KongClusterPlugin", g.plugins.cluster_plugins) ||
      look("KongConsumer", g.consumers.consumers) ||
      look("KongConsumerGroup", g.consumers.groups) || look("KongVault", g.consumers.vaults) ||
      look("KongLicense", g.consumers.licenses) ||
      look("KongCustomEntity", g.consumers.custom_entities) || look("Secret", g.secrets) ||
      look("Secret", g.secret_metadata) || look("GatewayClass", g.attachment.gateway_classes) ||
      look("Gateway", g.attachment.gateways) || look("ListenerSet", g.attachment.listener_sets) ||
      look("ReferenceGrant", g.attachment.reference_grants) ||
      look("Namespace", g.attachment.namespaces) || look("TCPIngress", g.streams.tcp_ingresses) ||
      look("UDPIngress", g.streams.udp_ingresses) ||
      look("KongUpstreamPolicy", g.policies.upstream_policies) ||
      look("KongIngress", g.policies.kong_ingresses) ||
      look("KongServiceFacade", g.policies.service_facades) ||
      look("ConfigMap", g.policies.config_maps) ||
      look("BackendTLSPolicy", g.policies.backend_tls_policies) ||
      look("BackendTLSPolicy", g.policies.old_backend_tls_policies);
  if (!known) out = Cat(object.text(), " is not held\n");
  g.problems.ForEach([&](const Problem& problem) {
    if (problem.object == object) out += Cat("problem: ", problem.text, "\n");
  });
  const auto from_it = [&](const Entity& entity) {
    return std::find(entity.origins.begin(), entity.origins.end(), object) != entity.origins.end();
  };
  if (ExplainEntities(graph, g, from_it, out) == 0) out += "no entity of Kong comes from it\n";
  return WithoutPrivateKeys(std::move(out));
}

std::string ExplainEntity(const engine::Graph& graph, const GatewayGraph& g,
                          std::string_view name_or_id) {
  std::string out;
  const std::optional<EntityId> id = EntityId::Parse(engine::Lower(name_or_id));
  ExplainEntities(
      graph, g,
      [&](const Entity& entity) { return entity.name == name_or_id || (id && entity.id == *id); },
      out);
  return WithoutPrivateKeys(std::move(out));
}

}  // namespace kong
