// A rule of a TCPIngress or UDPIngress: what comes in at a port goes to a port of a Service.
//
// Plain values.
#pragma once

#include <cstdint>
#include <tuple>

#include "engine/symbol.h"

namespace k8s {

struct StreamRule {
  engine::Symbol host;  // The SNI; empty: any. UDPIngress has none.
  int32_t port = 0;     // Of the gateway; 0: not said.
  engine::Symbol service;
  int32_t service_port = 0;
  auto fields() const { return std::tie(host, port, service, service_port); }
};

}  // namespace k8s
