// A synthetic fleet from one seed: Ingresses, Services, EndpointSlices and TLS Secrets, and what
// happens to them.
//
// Object i is a function of the seed, of i and of the edits made so far, so a fleet costs a few
// words an object until it is asked for one. Names, hosts, paths and addresses have one length
// each, whatever the size of the fleet, so that costs at two sizes can be compared. Ingress i has
// two paths, to Service i and to another one of its namespace; Service i has one EndpointSlice.
//
// Objects are as a server shows them (uid, times, revisions), to feed parsers; an API server given
// them by Apply sets those itself. Edits return what to do, in order. Single thread.
#pragma once

#include <cstdint>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "tools/simulators/json.h"

namespace simulators {

struct ClusterOptions {
  uint64_t seed = 1;
  size_t ingresses = 12;
  size_t services = 0;  // 0: as many as Ingresses.
  size_t namespaces = 4;
  size_t endpoints = 4;   // Of each slice.
  size_t tls_every = 10;  // Each such Ingress has a certificate of its own; 0: none.
  std::string ingress_class = "kong";
};

// One thing to do at the API server.
struct ClusterChange {
  enum class What { kApply, kDelete };
  What what = What::kApply;
  Json object;
};
using ClusterChanges = std::vector<ClusterChange>;

class Cluster {
 public:
  explicit Cluster(ClusterOptions options);

  size_t ingresses() const { return options_.ingresses; }
  size_t services() const { return services_.size(); }
  std::vector<std::string> Addresses(size_t service) const;  // Of its pods.
  bool HasTls(size_t ingress) const;

  Json Namespace(size_t index) const;
  Json IngressClass() const;
  Json Ingress(size_t index) const;
  Json Service(size_t index) const;
  Json EndpointSlice(size_t service) const;
  Json TlsSecret(size_t ingress) const;
  // Every object, each after those that it needs.
  void ForEach(absl::FunctionRef<void(Json)> see) const;
  // A whole LIST answer of one kind ("Ingress", …), as a server sends it; for parsers.
  std::string ListText(std::string_view kind) const;

  // Edits.
  ClusterChange ScaleOut(size_t service);         // One endpoint more.
  ClusterChange ReplaceEndpoint(size_t service);  // One pod gone, one come, in one write.
  ClusterChange ScaleToZero(size_t service);      // All its pods gone, in one write.
  ClusterChanges RollOut(size_t service);         // Each endpoint replaced, one write each.
  ClusterChange SetRetries(size_t service, int retries);
  ClusterChange ChangePath(size_t ingress);
  ClusterChange BreakPath(size_t ingress);  // A path that no gateway takes; ChangePath mends it.
  ClusterChange RotateCertificate(size_t ingress);  // It must have TLS.
  ClusterChanges Recreate(size_t ingress);          // Deleted, and made again under the same name.
  ClusterChanges RandomEdit();

 private:
  struct ServiceState {
    std::vector<uint32_t> pods;
    int retries = -1;  // Negative: no annotation.
    uint32_t edits = 0;
  };
  struct IngressState {
    uint32_t paths = 0;  // How often its first path changed.
    bool broken = false;
    uint32_t certificates = 0;
    uint32_t births = 0;
    uint32_t edits = 0;
  };

  std::string SpaceOf(size_t index) const;
  size_t FirstService(size_t ingress) const;
  size_t SecondService(size_t ingress) const;
  IngressState StateOf(size_t ingress) const;
  Json Metadata(std::string_view kind, size_t index, std::string_view space, uint32_t edits) const;
  Json Rule(size_t ingress) const;
  size_t Pick(size_t count);

  ClusterOptions options_;
  std::mt19937_64 random_;
  std::vector<ServiceState> services_;
  std::map<size_t, IngressState> edited_;  // Only those that something happened to.
  uint32_t pods_ = 0;
};

}  // namespace simulators
