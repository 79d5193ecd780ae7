// Whether a Kong service speaks TLS to its upstream, and so may have a client certificate and CAs.
#pragma once

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

// Kong takes certificates and their verification of services of these protocols only; for the
// controller of Kong grpcs and wss count as well, and Kong refuses what it sends.
inline bool SpeaksTls(const ServiceSettings& settings) {
  return ProtocolOf(settings) == "https" || ProtocolOf(settings) == "tls";
}

}  // namespace kong
