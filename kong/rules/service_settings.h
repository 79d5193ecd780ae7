// What the Services behind a Kong service make of it together: the settings of their annotations,
// the certificates, the tags.
//
// Several Services must agree in every annotation of konghq.com, as the Kong Ingress Controller
// asks; the first of them then speaks for all. Pure; called by the rule that renders services.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "kong/annotations.h"
#include "kong/plugin_tables.h"
#include "kong/rules/service_backends.h"

namespace kong {

struct CommonSettings {
  ServiceSettings settings;
  UpstreamSettings upstream;
  std::vector<std::string> tags;
  std::optional<EntityId> client_certificate;
  std::vector<std::string> ca_certificates;
  std::vector<PluginRef> plugins;
  bool contradictory = false;  // The Services were told.
};

// Who is told of what concerns the whole Kong service: its first Service, or else its parent.
ObjectRef OriginOf(const ServiceUse& use, const std::vector<FoundBackend>& backends);

// Those of the Service, and over them those of the facade.
k8s::TextMap AnnotationsOf(const k8s::Service& service, const k8s::KongServiceFacade& facade);

CommonSettings SettingsOf(const GatewayGraph& g, const ServiceUse& use,
                          const std::vector<FoundBackend>& backends, Reader& read, ServiceSay& say);

}  // namespace kong
