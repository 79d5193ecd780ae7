// Manifests, as files and tests give them: Kubernetes objects of any kind as JSON, put into the
// sources of a graph.
//
// What the API server would add and the rules need is added here: a namespace, `default` as kubectl
// does, and the label of a Namespace that repeats its name. A later object of the same kind and
// name replaces an earlier one. Lists are taken apart. Not for the controller, which parses watched
// objects in k8s/. Single thread; one DOM an object.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "kong/gateway_graph.h"

namespace kong {

struct ManifestObject {
  std::string api_version, kind, json;
  std::string ns, name;  // The namespace is empty for objects of the cluster.
};
// The objects of one document: itself, or the items of a List. An object that cannot be told from
// others goes to `bad`, which says what is missing, and costs nothing else.
std::vector<ManifestObject> ObjectsOf(std::string_view json, std::vector<absl::Status>& bad);
// The same, where one bad object spoils all.
absl::StatusOr<std::vector<ManifestObject>> ObjectsOf(std::string_view json);

// Sets or erases the object in its source. Kinds without a source are left alone; false then.
absl::StatusOr<bool> SetObject(GatewayGraph& g, const ManifestObject& object);
bool EraseObject(GatewayGraph& g, const ManifestObject& object);

// Is there one that routes could be attached to?
bool HoldGateways(const std::vector<ManifestObject>& objects);
bool HoldRoutes(const std::vector<ManifestObject>& objects);

// "networking.k8s.io/v1" of "Ingress"; empty for a kind without a source.
std::string ApiVersionOf(std::string_view kind);

}  // namespace kong
