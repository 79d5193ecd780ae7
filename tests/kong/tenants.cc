#include "tests/kong/tenants.h"

#include <cstring>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "engine/text.h"
#include "kong/gateway_graph.h"

namespace kong {
namespace {

using engine::GroupId;
using engine::IndexBase;
using engine::RuleBase;
using engine::TableBase;

// Doors that their owner opens in another way than by a ReferenceGrant.
const std::set<std::string_view> kOpen = {
    // A Gateway is there for routes and ListenerSets of other namespaces; allowedRoutes and
    // allowedListeners say for which ones.
    "our_gateways",
    "our_listener_sets",
    "listeners_of_parent",
    // A ListenerSet asks the Gateway that reads it.
    "sets_of_gateway",
    "listener_sets",
};
// What is said to authors, and what leaves the graph, is not read by rules of objects.
const std::set<std::string_view> kSaidToOthers = {"problems", "failures_of_object"};

template <class K>
std::optional<K> KeyAs(const IndexBase& index, GroupId group) {
  if (&index.numbers().type() != &engine::kKeyType<K>) return std::nullopt;
  K key;
  std::memcpy(static_cast<void*>(&key), index.numbers().At(group), sizeof key);
  return key;
}

// The namespace that a key lies in; nothing if it lies in none.
std::optional<Symbol> NamespaceOf(const IndexBase& index, GroupId group) {
  std::optional<Symbol> ns;
  if (auto name = KeyAs<ObjectName>(index, group)) ns = name->ns;
  if (auto object = KeyAs<ObjectRef>(index, group)) ns = object->ns;
  if (auto listener = KeyAs<ListenerKey>(index, group)) ns = listener->parent.ns;
  if (auto further = KeyAs<FurtherCertificate::Key>(index, group)) ns = further->listener.parent.ns;
  // The Kong services of routes hold what the routes were allowed to refer to.
  auto service = KeyAs<ServiceKey>(index, group);
  if (service && service->naming == ServiceNaming::kPort) ns = service->ns;
  if (auto plugin = KeyAs<PluginRef>(index, group)) ns = plugin->ns;
  return ns && *ns ? ns : std::nullopt;
}

std::string Describe(const IndexBase& index, GroupId group) {
  std::string text = engine::Cat(index.name(), ' ');
  index.Describe(group, text);
  return text;
}

class Tenants {
 public:
  explicit Tenants(const engine::Graph& graph) : graph_(graph) {}

  absl::Status Check() const {
    for (const auto& rule : graph_.rules()) {
      const auto* domain = dynamic_cast<const IndexBase*>(&rule->domain());
      if (!domain) continue;  // Pairs meet in one namespace by their index.
      for (GroupId group = 0; group < domain->limit(); ++group) {
        absl::Status status = CheckReads(*rule, *domain, group);
        if (!status.ok()) return status;
      }
    }
    return CheckSaid();
  }

 private:
  // Did this evaluation find a permission to look from one namespace into the other?
  static bool Granted(const RuleBase& rule, GroupId group, Symbol from, Symbol to) {
    for (uint64_t edge : rule.FootprintOf(group)) {
      const IndexBase& read = *rule.reads()[engine::ReadOf(edge)];
      if (read.SizeOf(engine::GroupOf(edge)) == 0) continue;
      auto grant = KeyAs<Grant::Key>(read, engine::GroupOf(edge));
      if (grant && grant->from_ns == from && grant->to_ns == to) return true;
    }
    return false;
  }

  static absl::Status CheckReads(const RuleBase& rule, const IndexBase& domain, GroupId group) {
    const std::optional<Symbol> home =
        domain.numbers().used(group) ? NamespaceOf(domain, group) : std::nullopt;
    if (!home) return absl::OkStatus();
    for (uint64_t edge : rule.FootprintOf(group)) {
      const IndexBase& read = *rule.reads()[engine::ReadOf(edge)];
      if (kOpen.contains(read.name()) || kSaidToOthers.contains(read.name())) continue;
      const std::optional<Symbol> ns = NamespaceOf(read, engine::GroupOf(edge));
      if (!ns || *ns == *home || Granted(rule, group, *home, *ns)) continue;
      return engine::Internal(rule.name(), " for ", Describe(domain, group), " reads ",
                              Describe(read, engine::GroupOf(edge)), " without a grant");
    }
    return absl::OkStatus();
  }

  absl::Status CheckSaid() const {
    for (const auto& table : graph_.tables()) {
      if (!table->claims() || kSaidToOthers.contains(table->name())) continue;
      for (GroupId row = 0; row < table->limit(); ++row) {
        const std::optional<Symbol> ns =
            table->RowAt(row) ? NamespaceOf(*table, row) : std::nullopt;
        if (!ns) continue;
        absl::Status status = CheckOrigin(*table, row, *ns, table->claims()->OwnerOf(row));
        table->claims()->ForEachWaiting(
            row, [&](engine::Origin origin, const engine::Rank&, const void*) {
              if (status.ok()) status = CheckOrigin(*table, row, *ns, origin);
            });
        if (!status.ok()) return status;
      }
    }
    return absl::OkStatus();
  }

  absl::Status CheckOrigin(const TableBase& table, GroupId row, Symbol ns,
                           engine::Origin origin) const {
    if (origin == engine::kNobody) return absl::OkStatus();
    const RuleBase& rule = *graph_.rules()[origin.rule];
    const auto* domain = dynamic_cast<const IndexBase*>(&rule.domain());
    const std::optional<Symbol> home = domain ? NamespaceOf(*domain, origin.group) : std::nullopt;
    if (!home || *home == ns || Granted(rule, origin.group, *home, ns)) return absl::OkStatus();
    // Quarantine of a plugin takes along the Services that may use it.
    if (table.name() == "excluded_services" && Granted(rule, origin.group, ns, *home))
      return absl::OkStatus();
    // The listeners of its ListenerSets are a Gateway's own.
    if (table.name() == "listener_plans") return absl::OkStatus();
    return engine::Internal(rule.name(), " for ", Describe(*domain, origin.group), " says ",
                            Describe(table, row), " without a grant");
  }

  const engine::Graph& graph_;
};

}  // namespace

absl::Status CheckTenants(const engine::Graph& graph) { return Tenants(graph).Check(); }

}  // namespace kong
