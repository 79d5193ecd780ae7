#include "kong/gateway_tables.h"

#include <iterator>

#include "kong/condition.h"

namespace kong {

uint32_t RouteKindBit(std::string_view kind) {
  for (size_t i = 0; i < std::size(kRouteKinds); ++i) {
    if (kRouteKinds[i] == kind) return uint32_t{1} << i;
  }
  return 0;
}

uint32_t KindsCarriedBy(k8s::ListenerProtocol protocol) {
  switch (protocol) {
    case k8s::ListenerProtocol::kHttp:
    case k8s::ListenerProtocol::kHttps:
      return RouteKindBit("HTTPRoute") | RouteKindBit("GRPCRoute");
    case k8s::ListenerProtocol::kTls:
      return RouteKindBit("TLSRoute");
    case k8s::ListenerProtocol::kTcp:
      return RouteKindBit("TCPRoute");
    case k8s::ListenerProtocol::kUdp:
      return RouteKindBit("UDPRoute");
    case k8s::ListenerProtocol::kOther:
      break;
  }
  return 0;
}

std::string_view NameOf(ConditionStatus status) {
  switch (status) {
    case ConditionStatus::kTrue:
      return "True";
    case ConditionStatus::kFalse:
      return "False";
    case ConditionStatus::kUnknown:
      break;
  }
  return "Unknown";
}

}  // namespace kong
