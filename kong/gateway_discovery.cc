#include "kong/gateway_discovery.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "engine/text.h"
#include "io/log.h"

namespace kong {
namespace {

using engine::Cat;

k8s::ReflectorScope ScopeOf(const DiscoveryOptions& options) {
  k8s::ReflectorScope scope;
  scope.plan.type = k8s::EndpointSlice::kType;
  scope.plan.seed = options.seed;
  scope.plan.times = options.times;
  scope.ns = options.service.ns.text();
  scope.label_selector = Cat("kubernetes.io/service-name=", options.service.name);
  return scope;
}

// Empty if the parts make no URL.
std::string AddressOf(std::string_view host, int32_t port) {
  const bool ipv6 = host.find(':') != std::string_view::npos;
  absl::StatusOr<io::Url> url =
      io::Url::Parse(Cat("https://", ipv6 ? "[" : "", host, ipv6 ? "]" : "", ':', port));
  return url.ok() && url->path.empty() ? url->Text() : "";
}

}  // namespace

std::set<std::string> AdminAddressesOf(const k8s::EndpointSlice& slice,
                                       const std::vector<std::string>& port_names) {
  std::set<std::string> addresses;
  for (const k8s::SlicePort& port : slice.ports) {
    const bool wanted =
        port.number && port.protocol == k8s::Protocol::kTcp &&
        std::find(port_names.begin(), port_names.end(), port.name.text()) != port_names.end();
    for (size_t i = 0; wanted && i < slice.endpoints.size(); ++i) {
      const k8s::Endpoint endpoint = slice.endpoints[i];
      if (endpoint.terminating) continue;
      if (std::string address = AddressOf(endpoint.address, *port.number); !address.empty())
        addresses.insert(std::move(address));
    }
  }
  return addresses;
}

std::string AdminServerName(const k8s::NamespacedName& service) {
  return Cat("pod.", service.name, '.', service.ns, ".svc");
}

GatewayDiscovery::GatewayDiscovery(k8s::ApiClient& api, io::Clock& clock, DiscoveryOptions options,
                                   DiscoveryHooks hooks)
    : options_(std::move(options)), hooks_(std::move(hooks)) {
  k8s::Changes<k8s::EndpointSlice> changes;
  changes.replace = [this](std::vector<k8s::EndpointSlice> slices) { Replace(slices); };
  changes.set = [this](k8s::EndpointSlice slice) {
    slices_[slice.key()] = AdminAddressesOf(slice, options_.port_names);
    Update();
  };
  changes.erase = [this](const k8s::NamespacedName& key) {
    slices_.erase(key);
    Update();
  };
  changes.bad = [](const k8s::BadObject& bad) {
    io::Warning("an EndpointSlice of the gateways cannot be read and counts as absent",
                {{"error", bad.why}});
  };
  reflector_ = std::make_unique<k8s::Reflector<k8s::EndpointSlice>>(
      api, clock, ScopeOf(options_), k8s::ParseOptions{}, std::move(changes));
}

void GatewayDiscovery::Replace(const std::vector<k8s::EndpointSlice>& slices) {
  slices_.clear();
  for (const k8s::EndpointSlice& slice : slices)
    slices_[slice.key()] = AdminAddressesOf(slice, options_.port_names);
  Update();
}

void GatewayDiscovery::Update() {
  std::set<std::string> all;
  for (const auto& [key, addresses] : slices_) all.insert(addresses.begin(), addresses.end());
  const std::set<std::string> before = std::exchange(addresses_, std::move(all));
  std::vector<std::string> gone, found;
  std::set_difference(before.begin(), before.end(), addresses_.begin(), addresses_.end(),
                      std::back_inserter(gone));
  std::set_difference(addresses_.begin(), addresses_.end(), before.begin(), before.end(),
                      std::back_inserter(found));
  for (const std::string& address : gone) hooks_.gone(address);
  for (const std::string& address : found) hooks_.found(address);
}

std::string GatewayDiscovery::Trouble() const {
  const k8s::ReflectorState& state = reflector_->state();
  const std::string of = Cat("the EndpointSlices of the Service ", options_.service);
  if (!state.error().ok()) return Cat(of, ": ", engine::MessageOf(state.error()));
  if (!state.synced()) return Cat(of, " are not listed yet");
  if (!addresses_.empty()) return {};
  std::string ports;
  for (const std::string& name : options_.port_names) ports += Cat(ports.empty() ? "" : ", ", name);
  return Cat("no gateway is found: ", of, " have no endpoint with a port named ", ports,
             "; does the Service exist, and is its selector right?");
}

}  // namespace kong
