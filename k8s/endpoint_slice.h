// discovery.k8s.io/v1 EndpointSlice: some of the addresses behind a Service, and the ports they
// serve.
//
// The endpoints of a slice are packed: all addresses in one text, and eight bytes each. Of an
// endpoint's addresses the first is kept, as the API asks consumers to do; one without addresses is
// left out. Conditions are resolved as the API defines them: unset `ready` is true, unset `serving`
// is `ready`, unset `terminating` is false. Plain values. About 20 bytes an IPv4 endpoint.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "engine/symbol.h"
#include "k8s/object_meta.h"
#include "k8s/protocol.h"
#include "k8s/resource_type.h"

namespace k8s {

enum class AddressType : uint8_t { kIpv4, kIpv6, kFqdn, kOther };

struct Endpoint {
  std::string_view address;  // Valid as long as the slice.
  bool ready = true;
  bool serving = true;
  bool terminating = false;
};

class PackedEndpoints {
 public:
  void Add(const Endpoint& endpoint) {
    addresses_ += endpoint.address;
    const uint32_t flags = (endpoint.ready ? kReady : 0) | (endpoint.serving ? kServing : 0) |
                           (endpoint.terminating ? kTerminating : 0);
    packed_.push_back({static_cast<uint32_t>(addresses_.size()), flags});
  }
  size_t size() const { return packed_.size(); }
  bool empty() const { return packed_.empty(); }
  Endpoint operator[](size_t i) const {
    const uint32_t begin = i == 0 ? 0 : packed_[i - 1].end;
    const auto [end, flags] = packed_[i];
    return {std::string_view(addresses_).substr(begin, end - begin), (flags & kReady) != 0,
            (flags & kServing) != 0, (flags & kTerminating) != 0};
  }
  void Reserve(size_t endpoints) { packed_.reserve(endpoints); }
  void Clear() {
    addresses_.clear();
    packed_.clear();
  }
  void ShrinkToFit() {
    addresses_.shrink_to_fit();
    packed_.shrink_to_fit();
  }
  auto fields() const { return std::tie(addresses_, packed_); }

 private:
  static constexpr uint32_t kReady = 1, kServing = 2, kTerminating = 4;
  struct Packed {
    uint32_t end = 0;  // Of its address in addresses_.
    uint32_t flags = 0;
    auto fields() const { return std::tie(end, flags); }
  };
  std::string addresses_;
  std::vector<Packed> packed_;
};

struct SlicePort {
  engine::Symbol name;  // Empty if unset.
  Protocol protocol = Protocol::kTcp;
  std::optional<int32_t> number;  // Unset: the slice does not restrict ports.
  auto fields() const { return std::tie(name, protocol, number); }
};

struct EndpointSlice {
  using Key = NamespacedName;
  static constexpr ResourceType kType{"discovery.k8s.io", "v1", "endpointslices", "EndpointSlice",
                                      true};

  ObjectMeta meta;
  engine::Symbol service;  // The label kubernetes.io/service-name; empty if there is none.
  AddressType address_type = AddressType::kIpv4;
  PackedEndpoints endpoints;
  std::vector<SlicePort> ports;

  NamespacedName service_key() const { return {meta.id.ns, service}; }
  const SlicePort* FindPort(engine::Symbol name, Protocol protocol) const {
    for (const SlicePort& port : ports) {
      if (port.name == name && port.protocol == protocol) return &port;
    }
    return nullptr;
  }

  Key key() const { return meta.id; }
  auto fields() const { return std::tie(meta, service, address_type, endpoints, ports); }
};

}  // namespace k8s
