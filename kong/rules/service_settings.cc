#include "kong/rules/service_settings.h"

#include <algorithm>
#include <set>
#include <tuple>

#include "engine/text.h"
#include "kong/plugin_attachments.h"
#include "kong/rules/backend_tls.h"
#include "kong/rules/reports.h"
#include "kong/rules/upstream_sources.h"
#include "kong/service_tls.h"

namespace kong {
namespace {

using engine::Cat;

constexpr std::string_view kOurPrefix = "konghq.com";

// Annotations of ours that some of the Services lack, or give another value.
std::set<std::string_view> Contradictions(const std::vector<FoundBackend>& backends) {
  std::set<std::string_view> names;
  for (const FoundBackend& a : backends) {
    for (const auto& [name, value] : a.annotations()) {
      if (!name.text().starts_with(kOurPrefix)) continue;
      for (const FoundBackend& b : backends) {
        const std::string* other = b.annotations().Find(name);
        if (!other || *other != value) names.insert(name.text());
      }
    }
  }
  return names;
}

// Must some of the Services be spoken to by other TLS than the first? A Kong service has one way to
// speak, and traffic of a Service with a policy must not go without it.
bool TlsDiffers(const GatewayGraph& g, const std::vector<FoundBackend>& backends,
                ServiceProtocol protocol, Reader& read) {
  auto tls_of = [&](const FoundBackend& backend) {
    ServiceSettings settings;
    ApplyBackendTls(g, backend, protocol, read, settings);
    return std::tuple(settings.protocol, settings.host_header, settings.ca_certificates_secrets,
                      settings.ca_certificates_configmaps, settings.tls_verify_depth);
  };
  const auto first = tls_of(backends.front());
  return std::any_of(backends.begin() + 1, backends.end(),
                     [&](const FoundBackend& each) { return tls_of(each) != first; });
}

// The certificates that one Service names.
class CertificateFinder {
 public:
  CertificateFinder(const GatewayGraph& g, const k8s::Service& service,
                    const ServiceSettings& settings, Reader& read, ServiceSay& say,
                    CommonSettings& out)
      : g_(g), service_(service), settings_(settings), read_(read), say_(say), out_(out) {}

  void Find() {
    FindClientCertificate();
    FindCaCertificates();
    if (SpeaksTls(settings_) || !(settings_.tls_verify || settings_.tls_verify_depth)) return;
    ReportWarning(say_, origin(),
                  Cat("konghq.com/tls-verify and konghq.com/tls-verify-depth are ignored: the "
                      "protocol ",
                      ProtocolOf(settings_), " has no TLS; konghq.com/protocol may be https"));
  }

 private:
  ObjectRef origin() const { return ServiceRef(service_.key()); }

  // Is the Secret absent? One that exists and was not fetched yet is not.
  bool IsMissing(const ObjectName& secret) { return !read_.Find(g_.secret_metadata, secret); }

  void FindClientCertificate() {
    if (settings_.client_cert.empty()) return;
    ObjectName secret{service_.meta.ns(), Symbol(settings_.client_cert)};
    const SecretFacts* facts = read_.Find(g_.secret_facts, secret);
    if (!facts) {
      if (!IsMissing(secret)) return;
      return ReportFailure(
          say_, origin(),
          Cat("Failed to fetch secret '", secret, "': Secret ", secret, " not found"));
    }
    if (!SpeaksTls(settings_)) {
      return ReportFailure(say_, origin(),
                           Cat("Client certificate requested for incompatible service protocol '",
                               ProtocolOf(settings_), "'"));
    }
    if (!facts->pair)
      return ReportFailure(say_, origin(), "failed to construct certificate from secret");
    if (auto* owner = read_.Find(g_.certificate_owners, *facts->pair))
      out_.client_certificate = owner->id;
  }

  void FindCaCertificates() {
    if (settings_.ca_certificates_secrets.empty() && settings_.ca_certificates_configmaps.empty())
      return;
    if (!settings_.tls_verify.value_or(false)) {
      return ReportFailure(
          say_, origin(), "CA certificates requested for service without TLS verification enabled");
    }
    if (!SpeaksTls(settings_)) {
      return ReportFailure(say_, origin(),
                           Cat("CA certificates requested for incompatible service protocol '",
                               ProtocolOf(settings_), "'"));
    }
    for (const std::string& name : settings_.ca_certificates_secrets)
      FindCaSecret({service_.meta.ns(), Symbol(name)});
    for (const std::string& name : settings_.ca_certificates_configmaps)
      FindCaConfigMap({service_.meta.ns(), Symbol(name)});
  }

  void FindCaSecret(const ObjectName& secret) {
    const SecretFacts* facts = read_.Find(g_.secret_facts, secret);
    if (!facts) {
      if (!IsMissing(secret)) return;
      return ReportFailure(say_, origin(),
                           Cat("Failed to fetch secret for CA Certificate '", secret, "': Secret ",
                               secret, " not found"));
    }
    AddCaCertificate(SecretRef(secret), facts->ca_id);
  }

  // Those without the label of CA certificates are not watched, and so not known.
  void FindCaConfigMap(const ObjectName& config_map) {
    const CaConfigMap* found = read_.Find(g_.policies.ca_config_maps, config_map);
    if (found) return AddCaCertificate(ConfigMapRef(config_map), found->ca_id);
    ReportFailure(
        say_, origin(),
        Cat("Failed to fetch configmap for CA Certificate '", config_map, "': ConfigMap ",
            config_map, " not found, or it is not labelled konghq.com/ca-cert: \"true\""));
  }

  void AddCaCertificate(const ObjectRef& object, const std::optional<std::string>& id) {
    const ObjectName name{object.ns, object.name};
    if (!id) {
      std::string text = Cat("Invalid CA certificate '", name, "': missing 'id' field in data");
      ReportFailure(say_, origin(), text);
      return ReportFailure(say_, object, text);
    }
    if (!EntityId::Parse(*id)) {
      return ReportFailure(say_, origin(),
                           Cat("Invalid CA certificate '", name, "': its 'id' is not a UUID"));
    }
    auto& ids = out_.ca_certificates;
    if (std::find(ids.begin(), ids.end(), *id) == ids.end()) ids.push_back(*id);
  }

  const GatewayGraph& g_;
  const k8s::Service& service_;
  const ServiceSettings& settings_;
  Reader& read_;
  ServiceSay& say_;
  CommonSettings& out_;
};

// One Service, or its facade, lends its tags; several take those of the object that leads to them.
std::vector<std::string> TagsOfServices(const ServiceUse& use,
                                        const std::vector<FoundBackend>& backends,
                                        const ServiceSettings& settings) {
  if (backends.empty()) return PlaceholderTags();
  if (use.backends.size() > 1 && backends.size() > 1) return use.parent_tags;
  if (const k8s::KongServiceFacade* facade = backends[0].facade) {
    Findings reported_with_the_others;
    return TagsOfObject(k8s::KongServiceFacade::kType, facade->meta,
                        ParseTags(facade->meta.annotations, reported_with_the_others));
  }
  return TagsOfObject(k8s::Service::kType, backends[0].service->meta, settings.tags);
}

}  // namespace

k8s::TextMap AnnotationsOf(const k8s::Service& service, const k8s::KongServiceFacade& facade) {
  k8s::TextMap out = service.meta.annotations;
  for (const auto& [name, value] : facade.meta.annotations) out.Set(name, value);
  return out;
}

ObjectRef OriginOf(const ServiceUse& use, const std::vector<FoundBackend>& backends) {
  return backends.empty() ? use.parent : ServiceRef(backends[0].service->key());
}

CommonSettings SettingsOf(const GatewayGraph& g, const ServiceUse& use,
                          const std::vector<FoundBackend>& backends, Reader& read,
                          ServiceSay& say) {
  CommonSettings out;
  if (backends.size() > 1) {
    for (std::string_view name : Contradictions(backends)) {
      out.contradictory = true;
      std::string text = Cat("Service has inconsistent ", name,
                             " annotation and is used in multi-Service backend ", use.id.KongName(),
                             ". This annotation must have the same value across all Services in "
                             "the backend.");
      for (const FoundBackend& each : backends) {
        ReportFailure(say, ServiceRef(each.service->key()), text);
      }
    }
    if (!out.contradictory && TlsDiffers(g, backends, use.form.protocol, read)) {
      out.contradictory = true;
      for (const FoundBackend& each : backends) {
        ReportFailure(say, ServiceRef(each.service->key()),
                      Cat("Services of the multi-Service backend ", use.id.KongName(),
                          " have different BackendTLSPolicies, or only some have one; Kong speaks "
                          "to all in one way, so they need equal ones"));
      }
    }
    if (out.contradictory) return out;
  }
  for (const FoundBackend& each : backends) {
    Findings findings;
    ServiceSettings settings = ParseServiceSettings(each.annotations(), findings);
    ReportAll(say, ServiceRef(each.service->key()), findings);
    ApplyBackendTls(g, each, use.form.protocol, read, settings);
    CertificateFinder(g, *each.service, settings, read, say, out).Find();
    if (&each != &backends.front()) continue;
    out.settings = std::move(settings);
    out.plugins = PluginsOf(each.annotations(), each.service->meta.ns());
  }
  out.upstream = UpstreamSettingsOf(g, use, backends, out.settings, read, say);
  out.tags = TagsOfServices(use, backends, out.settings);
  return out;
}

}  // namespace kong
