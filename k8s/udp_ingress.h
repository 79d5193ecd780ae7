// configuration.konghq.com/v1beta1 UDPIngress: datagrams by port.
//
// Plain values.
#pragma once

#include <tuple>
#include <vector>

#include "k8s/object_meta.h"
#include "k8s/resource_type.h"
#include "k8s/stream_rule.h"

namespace k8s {

struct UdpIngress {
  using Key = NamespacedName;
  static constexpr ResourceType kType{"configuration.konghq.com", "v1beta1", "udpingresses",
                                      "UDPIngress", true};

  ObjectMeta meta;
  std::vector<StreamRule> rules;

  Key key() const { return meta.id; }
  auto fields() const { return std::tie(meta, rules); }
};

}  // namespace k8s
