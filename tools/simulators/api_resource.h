// The kinds that a simulated Kubernetes API server serves, and how each behaves.
// A value type; any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace simulators {

struct ApiResource {
  std::string group;  // Empty: core.
  std::string version;
  std::string plural;
  std::string kind;
  bool namespaced = true;
  bool has_status = false;      // A /status subresource.
  bool has_generation = false;  // metadata.generation counts changes outside metadata and status.
  bool custom = false;          // Of a CRD: items of its lists name their kind.

  std::string ApiVersion() const;     // networking.k8s.io/v1
  std::string QualifiedName() const;  // ingresses.networking.k8s.io, as messages say it.
  std::string Path() const;           // /apis/networking.k8s.io/v1
  bool operator==(const ApiResource&) const = default;
};

// Core kinds, those of the Ingress world, and what a controller writes (events, leases).
const std::vector<ApiResource>& DefaultApiResources();

}  // namespace simulators
