// Whether a Kong service speaks TLS to its upstream, and so may have a client certificate and CAs.
#pragma once

#include <algorithm>
#include <array>
#include <string_view>

#include "kong/annotations.h"

namespace kong {

// Few Services name Secrets; this tells them apart before anything is parsed.
inline bool NamesSecrets(const k8s::TextMap& annotations) {
  return annotations.Find("konghq.com/client-cert") != nullptr ||
         annotations.Find("konghq.com/ca-certificates-secrets") != nullptr;
}

// Without a usable protocol of its own a service speaks http.
inline std::string_view ProtocolOf(const ServiceSettings& settings) {
  return settings.protocol ? std::string_view(*settings.protocol) : "http";
}

inline bool SpeaksTls(const ServiceSettings& settings) {
  constexpr std::array<std::string_view, 6> kPlain = {"http", "grpc", "tcp", "tls_passthrough",
                                                      "udp",  "ws"};
  return std::find(kPlain.begin(), kPlain.end(), ProtocolOf(settings)) == kPlain.end();
}

}  // namespace kong
