// gateway.networking.k8s.io BackendTLSPolicy, v1 and v1alpha3: how a gateway speaks TLS to the
// Services that a policy names.
//
// The two versions have the same fields, so they share the row; rules decide which one counts where
// an API server serves both. A row holds the spec only. Plain values; there are few.
#pragma once

#include <cstdint>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "engine/symbol.h"
#include "k8s/object_meta.h"
#include "k8s/resource_type.h"

namespace k8s {

// An object in the policy's own namespace.
struct LocalReference {
  engine::Symbol group;  // Empty: the core group.
  engine::Symbol kind, name;
  engine::Symbol section;  // Of a target: the name of a port; empty: all ports.
  auto fields() const { return std::tie(group, kind, name, section); }
};

struct BackendTlsPolicy {
  using Key = NamespacedName;
  static constexpr ResourceType kType{"gateway.networking.k8s.io", "v1", "backendtlspolicies",
                                      "BackendTLSPolicy", true};
  static constexpr ResourceType kOldType{"gateway.networking.k8s.io", "v1alpha3",
                                         "backendtlspolicies", "BackendTLSPolicy", true};

  ObjectMeta meta;
  std::vector<LocalReference> targets;
  std::vector<LocalReference> ca_certificates;
  std::string well_known_ca_certificates;  // "System", or empty.
  std::string hostname;
  uint32_t subject_alt_names = 0;                            // How many.
  std::vector<std::pair<std::string, std::string>> options;  // Sorted by key.

  Key key() const { return meta.id; }
  auto fields() const {
    return std::tie(meta, targets, ca_certificates, well_known_ca_certificates, hostname,
                    subject_alt_names, options);
  }
};

}  // namespace k8s
