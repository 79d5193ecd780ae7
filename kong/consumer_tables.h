// The rows between KongConsumers and what Kong knows of them: names, credentials, groups.
//
// What is unique in Kong is claimed here by a row of a few words, and the oldest object keeps it: a
// username, a custom id, a group's name, a credential's key, a vault's prefix. The loser reads who
// has it and says so. A credential's key is only ever a digest in these tables. Plain values.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <string>
#include <tuple>

#include "engine/symbol.h"
#include "kong/entity.h"
#include "kong/plugin_tables.h"
#include "kong/tables.h"

namespace kong {

// A KongConsumer of ours of which nothing is in quarantine.
struct AdmittedConsumer {
  using Key = ObjectName;
  ObjectName id;
  Key key() const { return id; }
  auto fields() const { return std::tie(id); }
};

// A claim on a username or custom id. Both are one kind of key, told apart by `custom`.
struct ConsumerName {
  struct Key {
    uint32_t custom = 0;
    EntityId digest;  // Of the name.
    friend auto operator<=>(const Key&, const Key&) = default;
    auto fields() const { return std::tie(custom, digest); }
  };
  Key id;
  ObjectName consumer;
  Key key() const { return id; }
  auto fields() const { return std::tie(id, consumer); }
};

// A consumer wants the credential in a Secret.
struct CredentialUse {
  struct Key {
    ObjectName consumer, secret;
    friend auto operator<=>(const Key&, const Key&) = default;
    auto fields() const { return std::tie(consumer, secret); }
  };
  Key id;
  EntityId of;            // The consumer's id in Kong.
  int64_t created_s = 0;  // Of the consumer.
  Key key() const { return id; }
  auto fields() const { return std::tie(id, of, created_s); }
};

// A claim on what makes a credential unique in Kong.
struct CredentialClaim {
  struct Key {
    EntityKind kind{};
    std::array<uint8_t, 16> digest{};  // Of the key, or of consumer and group.
    friend auto operator<=>(const Key&, const Key&) = default;
    auto fields() const { return std::tie(kind, digest); }
    std::string text() const { return std::string(NameOf(kind)); }
  };
  Key id;
  CredentialUse::Key use;
  Key key() const { return id; }
  auto fields() const { return std::tie(id, use); }
};

// A KongConsumerGroup of ours that is not in quarantine, nor a plugin of its.
struct AdmittedGroup {
  using Key = ObjectName;
  ObjectName id;
  Key key() const { return id; }
  auto fields() const { return std::tie(id); }
};

// A claim on the name of a consumer group: names have no namespaces in Kong.
struct GroupName {
  using Key = Symbol;
  Symbol name;
  ObjectName group;
  Key key() const { return name; }
  auto fields() const { return std::tie(name, group); }
};

// A claim on the prefix of a vault.
struct VaultPrefix {
  using Key = Symbol;
  Symbol prefix;
  Symbol vault;
  Key key() const { return prefix; }
  auto fields() const { return std::tie(prefix, vault); }
};

// A claim to be the one licence: of the newest.
struct ChosenLicense {
  using Key = Only;
  Symbol license;
  Key key() const { return {}; }
  auto fields() const { return std::tie(license); }
};

// A custom entity that belongs to the services to which a plugin is attached.
struct CustomEntityUse {
  using Key = ObjectName;
  ObjectName id;
  PluginRef plugin;
  Key key() const { return id; }
  auto fields() const { return std::tie(id, plugin); }
};

// A plugin to which custom entities may belong is attached to something.
struct PluginHasServices {
  using Key = PluginRef;
  PluginRef id;
  Key key() const { return id; }
  auto fields() const { return std::tie(id); }
};

}  // namespace kong
