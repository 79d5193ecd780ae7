// configuration.konghq.com/v1beta1 TCPIngress: streams by port and SNI, and the certificates that
// end their TLS.
//
// Plain values.
#pragma once

#include <tuple>
#include <vector>

#include "k8s/ingress.h"
#include "k8s/object_meta.h"
#include "k8s/resource_type.h"
#include "k8s/stream_rule.h"

namespace k8s {

struct TcpIngress {
  using Key = NamespacedName;
  static constexpr ResourceType kType{"configuration.konghq.com", "v1beta1", "tcpingresses",
                                      "TCPIngress", true};

  ObjectMeta meta;
  std::vector<StreamRule> rules;
  std::vector<IngressTls> tls;

  Key key() const { return meta.id; }
  auto fields() const { return std::tie(meta, rules, tls); }
};

}  // namespace k8s
