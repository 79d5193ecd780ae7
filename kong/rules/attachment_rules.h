// The rules of Gateways: one function each, pure, defined in the file of its name. As rules.h says.
#pragma once

#include "engine/emitter.h"
#include "engine/reader.h"
#include "kong/gateway_graph.h"

namespace kong {

using engine::Emitter;
using engine::Reader;

// Every pair of a `from` and a `to` is one permission.
void ReadReferenceGrant(const GatewayGraph& g, const k8s::ReferenceGrant& grant, Reader& read,
                        Emitter<Grant>& say) noexcept;

}  // namespace kong
