#include "kong/rules/upstream_sources.h"

#include "engine/text.h"
#include "kong/rules/reports.h"

namespace kong {
namespace {

using engine::Cat;

// Routes of the Gateway API do not see KongIngresses.
bool IsOfGatewayApi(const ServiceUse& use) {
  switch (use.id.naming) {
    case ServiceNaming::kPort:
    case ServiceNaming::kUdpPort:
    case ServiceNaming::kTcpPort:
    case ServiceNaming::kFacade:
      return false;
    default:
      return true;
  }
}

class Layers {
 public:
  Layers(const GatewayGraph& g, const std::vector<FoundBackend>& backends, Reader& read,
         ServiceSay& say)
      : g_(g), backends_(backends), read_(read), say_(say) {}

  void AddKongIngress(const std::string& name) {
    Tell({Severity::kWarning,
          "Service uses deprecated konghq.com/override annotation and KongIngress, migrate to "
          "konghq.com/upstream-policy and KongUpstreamPolicy"});
    const ObjectName id = Named(name);
    if (const UpstreamOverride* found = read_.Find(g_.policies.upstream_overrides, id))
      LayOver(settings_, found->settings);
    else
      Tell({Severity::kFailure, Cat("failed to get KongIngress: KongIngress ", id, " not found")});
  }

  void AddHostHeader(const std::string& host) { settings_.host_header = host; }

  void AddPolicy(const std::string& name) {
    const ObjectName id = Named(name);
    const UpstreamPolicy* found = read_.Find(g_.policies.upstream_settings, id);
    if (!found) {
      return Tell(
          {Severity::kFailure,
           Cat("failed fetching KongUpstreamPolicy: KongUpstreamPolicy ", id, " not found")});
    }
    if (found->settings.sticky() && !g_.options.sticky_sessions) {
      return Tell({Severity::kFailure,
                   Cat("sticky sessions algorithm specified in KongUpstreamPolicy '", name,
                       "' is not supported with Kong Gateway versions < 3.11.0")});
    }
    LayOver(settings_, found->settings);
  }

  UpstreamSettings Settle() {
    Findings findings;
    SettleHashing(settings_, findings);
    for (const Finding& finding : findings) Tell(finding);
    return std::move(settings_);
  }

 private:
  ObjectName Named(const std::string& name) const {
    return {backends_.front().service->meta.ns(), Symbol(name)};
  }
  void Tell(const Finding& finding) {
    for (const FoundBackend& each : backends_)
      Report(say_, ServiceRef(each.service->key()), finding);
  }

  const GatewayGraph& g_;
  const std::vector<FoundBackend>& backends_;
  Reader& read_;
  ServiceSay& say_;
  UpstreamSettings settings_;
};

}  // namespace

UpstreamSettings UpstreamSettingsOf(const GatewayGraph& g, const ServiceUse& use,
                                    const std::vector<FoundBackend>& backends,
                                    const ServiceSettings& settings, Reader& read,
                                    ServiceSay& say) {
  if (backends.empty()) return {};
  Layers layers(g, backends, read, say);
  if (!settings.override_name.empty() && !IsOfGatewayApi(use))
    layers.AddKongIngress(settings.override_name);
  if (settings.host_header) layers.AddHostHeader(*settings.host_header);
  if (settings.upstream_policy) layers.AddPolicy(*settings.upstream_policy);
  return layers.Settle();
}

}  // namespace kong
