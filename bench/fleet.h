// A fleet of rows from a count: N Ingresses of two paths, N Services, N EndpointSlices of four
// endpoints.
//
// Ingress i leads to Services i and i+1. Names have the same length at every size, so that the cost
// of a change at 1,000 and at 50,000 objects can be compared to the instruction. Plain functions;
// no state.
#pragma once

#include <cstdint>
#include <string>

#include "k8s/endpoint_slice.h"
#include "k8s/ingress.h"
#include "k8s/service.h"
#include "kong/gateway_graph.h"

namespace bench {

// Sizes up to 999,999; a hundred objects a namespace.
k8s::NamespacedName NameOf(std::string_view prefix,
                           size_t i);  // ns "team-004200/…", name "PREFIX-042000"
k8s::Ingress MakeIngress(size_t i, size_t of);
k8s::Service MakeService(size_t i);
k8s::EndpointSlice MakeSlice(size_t i,
                             uint32_t generation = 0);  // Another generation: one address differs.

// Puts a fleet of n into the sources, with the IngressClass that owns it.
void Fill(kong::GatewayGraph& graph, size_t n);

}  // namespace bench
