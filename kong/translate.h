// From Kubernetes' objects to a declarative configuration, once and without a cluster.
//
// The whole graph, fed once. The document is in Kong's nested form, as people write it: routes
// under services, targets under upstreams, SNIs under certificates; sections and their entities are
// sorted by name. What the controller sends is the flat form of the same entities. Single thread.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "kong/gateway_graph.h"
#include "kong/manifest.h"

namespace kong {

struct TranslateRequest {
  Options options;
  Needs offers = 0;                   // Of the gateway to translate for; see OffersOf.
  std::vector<ObjectRef> quarantine;  // Objects that count as refused.
  int64_t now_unix_s = 0;             // For the expiry of CA certificates.
};

struct Translation {
  std::string document;                 // JSON.
  std::vector<std::string> conditions;  // JSON; see condition_report.h.
  std::vector<Problem> problems;        // Failures first, then by object and text.
  size_t entities = 0;
};

// Sets the sources and steps once. What cannot be parsed is added to `problems` and costs nothing
// else. Namespaces that the objects are in exist, also if they are not among them.
void Feed(engine::Graph& graph, GatewayGraph& g, const std::vector<ManifestObject>& objects,
          const TranslateRequest& request, std::vector<Problem>& problems);

// An object that cannot be parsed is a failure of its own, and costs nothing else.
Translation Translate(const std::vector<ManifestObject>& objects, const TranslateRequest& request);

// The document of the entities that fit the gateway. A configuration without any gets one upstream
// that nothing uses, as Kong does not report ready on an empty one.
std::string DocumentOf(const engine::Table<Entity>& entities, Needs offers);

}  // namespace kong
