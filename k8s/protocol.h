// The transport of a port, as Services and EndpointSlices write it; both default to TCP.
#pragma once

#include <cstdint>
#include <string_view>

namespace k8s {

enum class Protocol : uint8_t { kTcp, kUdp, kSctp, kOther };

inline std::string_view NameOf(Protocol protocol) {
  switch (protocol) {
    case Protocol::kTcp:
      return "TCP";
    case Protocol::kUdp:
      return "UDP";
    case Protocol::kSctp:
      return "SCTP";
    case Protocol::kOther:
      break;
  }
  return "unknown";
}

}  // namespace k8s
