// Finds the gateways of a fleet: the endpoints of the Service in front of their Admin APIs.
//
// Its EndpointSlices are followed by a reflector of their own, narrowed to the Service by label and
// namespace, so that gateways are found whatever else is watched. Each port of a wanted name makes,
// with each endpoint, one address. An endpoint need not be ready, for a gateway without a
// configuration is not: only one that terminates is let go. The address is a gateway's identity:
// one that goes and comes back is new. While the API server cannot be reached, the gateways that
// are known stay.
//
// Lives on the clock's thread; hooks are called from there, never from within Start. Cost: all
// addresses, whenever one slice changes.
#pragma once

#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/container/btree_map.h"
#include "io/clock.h"
#include "io/http_client.h"
#include "io/url.h"
#include "k8s/api_client.h"
#include "k8s/endpoint_slice.h"
#include "k8s/reflector.h"

namespace kong {

// Always https, as "https://10.1.2.3:8444"; sorted, each once.
std::set<std::string> AdminAddressesOf(const k8s::EndpointSlice& slice,
                                       const std::vector<std::string>& port_names);

// The name that certificates of the Service's Admin APIs have: "pod.kong-admin.kong.svc".
std::string AdminServerName(const k8s::NamespacedName& service);

struct DiscoveryOptions {
  k8s::NamespacedName service;
  std::vector<std::string> port_names;
  std::function<std::unique_ptr<io::HttpClient>(const io::Url&)> connect;
  k8s::ReflectorTimes times;
  uint64_t seed = 0;  // Of jitter.
};

struct DiscoveryHooks {
  std::function<void(const std::string& address)> found;
  std::function<void(const std::string& address)> gone;
};

class GatewayDiscovery {
 public:
  GatewayDiscovery(k8s::ApiClient& api, io::Clock& clock, DiscoveryOptions options,
                   DiscoveryHooks hooks);
  GatewayDiscovery(const GatewayDiscovery&) = delete;
  GatewayDiscovery& operator=(const GatewayDiscovery&) = delete;

  void Start() { reflector_->Start(); }
  const std::set<std::string>& addresses() const { return addresses_; }
  std::string Trouble() const;  // Empty while gateways are found; else a sentence.

 private:
  void Replace(const std::vector<k8s::EndpointSlice>& slices);
  void Update();

  const DiscoveryOptions options_;
  DiscoveryHooks hooks_;
  absl::btree_map<k8s::NamespacedName, std::set<std::string>> slices_;
  std::set<std::string> addresses_;
  std::unique_ptr<k8s::Reflector<k8s::EndpointSlice>> reflector_;
};

}  // namespace kong
