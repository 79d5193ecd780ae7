// The rows between objects that ask for plugins and the plugins that Kong gets.
//
// Who asks says a PluginUse: this plugin, for this route, service, consumer or group. A use that is
// allowed and leads to a plugin becomes a PluginBinding. Bindings of one plugin are combined to
// PluginInstances, each one entity of Kong, of which a claim holds no configuration: that is in one
// PluginBody, so a plugin on 50,000 routes has it once. Plain values.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "engine/symbol.h"
#include "k8s/secret.h"
#include "kong/entity.h"
#include "kong/tables.h"

namespace kong {

// A plugin by name and the namespace in which it is looked for: a KongPlugin there, else the
// KongClusterPlugin of the name. Of the plugins themselves, no namespace is a KongClusterPlugin.
struct PluginRef {
  Symbol ns, name;
  friend bool operator==(const PluginRef&, const PluginRef&) = default;
  friend std::strong_ordering operator<=>(const PluginRef&, const PluginRef&) = default;
  auto fields() const { return std::tie(ns, name); }
  PluginRef OfCluster() const { return {{}, name}; }
  ObjectRef object() const;  // The KongPlugin or KongClusterPlugin of that name.
};

enum class PluginScope : uint32_t { kRoute, kService, kConsumer, kConsumerGroup };
inline bool IsCaller(PluginScope scope) {
  return scope == PluginScope::kConsumer || scope == PluginScope::kConsumerGroup;
}

// To what a plugin is attached, as others need to know it.
struct PluginTarget {
  PluginScope scope{};
  EntityId id;
  std::string name;  // The route's, service's or group's name, or the username.
  EntityId service;  // Of a route: to which it leads.
  Needs needs = 0;   // Of the target: where it is not, its plugins are not either.
  auto fields() const { return std::tie(scope, id, name, service, needs); }
};

struct PluginUseKey {
  PluginRef plugin;
  PluginScope scope{};
  EntityId target;
  friend auto operator<=>(const PluginUseKey&, const PluginUseKey&) = default;
  auto fields() const { return std::tie(plugin, scope, target); }
};

// Somebody asks for a plugin. `plugin.ns` is its own namespace unless it names another.
struct PluginUse {
  using Key = PluginUseKey;
  PluginRef plugin;
  PluginTarget target;
  ObjectRef asker;     // Is told if the plugin is not there.
  Symbol asker_group;  // For ReferenceGrants; empty: the core group.
  Key key() const { return {plugin, target.scope, target.id}; }
  auto fields() const { return std::tie(plugin, target, asker, asker_group); }
};

// That a plugin exists, and what it is; not its configuration.
struct PluginUsable {
  using Key = PluginRef;
  PluginRef id;
  Symbol plugin;  // "cors"; empty if the object does not say.
  int64_t created_s = 0;
  std::string instance_name;  // As its author wrote it.
  Key key() const { return id; }
  auto fields() const { return std::tie(id, plugin, created_s, instance_name); }
};

// Everything that is the same wherever a plugin is attached. Not there while a Secret is not
// fetched, and if the configuration is faulty.
struct PluginBody {
  using Key = PluginRef;
  PluginRef id;
  k8s::SecretBytes config;  // Canonical JSON; empty: not said. May come from Secrets.
  bool secret = false;      // It does.
  bool enabled = true;
  std::vector<std::string> protocols;
  std::string ordering;  // Canonical JSON; empty: not said.
  std::vector<std::string> tags;
  Key key() const { return id; }
  auto fields() const { return std::tie(id, config, secret, enabled, protocols, ordering, tags); }
};

// A plugin that is in quarantine, or needs a Secret that is.
struct ExcludedPlugin {
  using Key = PluginRef;
  PluginRef id;
  Key key() const { return id; }
  auto fields() const { return std::tie(id); }
};

// A use that holds: the plugin is there and may be used.
struct PluginBinding {
  using Key = PluginUseKey;
  PluginRef plugin;  // As in the use: those of one are combined.
  PluginTarget target;
  PluginUsable found;
  Key key() const { return {plugin, target.scope, target.id}; }
  auto fields() const { return std::tie(plugin, target, found); }
};

// Routes or services are bound to the plugin; consumers or groups are.
struct PluginHasTargets {
  using Key = PluginRef;
  PluginRef id;
  Key key() const { return id; }
  auto fields() const { return std::tie(id); }
};
struct PluginHasCallers {
  using Key = PluginRef;
  PluginRef id;
  Key key() const { return id; }
  auto fields() const { return std::tie(id); }
};

// Plugins of one type on one target: only the oldest counts.
struct PluginPlace {
  Symbol plugin;
  PluginScope scope{};
  EntityId target;
  friend auto operator<=>(const PluginPlace&, const PluginPlace&) = default;
  auto fields() const { return std::tie(plugin, scope, target); }
};

// A claim to be the plugin entity of that id, which follows from type and targets.
struct PluginInstance {
  using Key = EntityId;
  EntityId id;
  PluginRef body;
  Symbol plugin;
  EntityId service, route, consumer, group;  // Empty: not restricted to one.
  int64_t created_s = 0;                     // Of the plugin.
  std::string instance_name;  // Kong's: the author's, and what tells its places apart.
  Needs needs = 0;
  Key key() const { return id; }
  auto fields() const {
    return std::tie(id, body, plugin, service, route, consumer, group, created_s, instance_name,
                    needs);
  }
  // Stands for the name in keys.
  EntityId name_id() const { return DeriveId("plugins", instance_name); }
};

// Whose an instance name is that several plugins have: Kong wants it to be unique.
struct InstanceNameOwner {
  using Key = EntityId;
  EntityId name;   // PluginInstance::name_id
  EntityId owner;  // The instance.
  Key key() const { return name; }
  auto fields() const { return std::tie(name, owner); }
};

// Types of custom entities that Kong ties to a service, and the plugins that bring them along.
struct CustomEntityType {
  std::string_view type, plugin;
};
inline constexpr CustomEntityType kServiceEntityTypes[] = {
    {"degraphql_routes", "degraphql"},
    {"graphql_ratelimiting_advanced_cost_decoration", "graphql-rate-limiting-advanced"},
};

inline ObjectRef PluginRef::object() const {
  static const Symbol kKind("KongPlugin"), kClusterKind("KongClusterPlugin");
  return {ns ? kKind : kClusterKind, ns, name};
}

}  // namespace kong
