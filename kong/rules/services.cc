// A Kong service and the upstream that it names as its host. Both exist also when the Kubernetes
// Service does not, or has no such port: Kong then answers 503 where it would otherwise answer 404
// or with another route's service.
#include <algorithm>

#include "engine/text.h"
#include "io/json_writer.h"
#include "kong/annotations.h"
#include "kong/rules/reports.h"
#include "kong/rules/rules.h"
#include "kong/service_tls.h"

namespace kong {
namespace {

using engine::Cat;
using Say = Emitter<Entity, UpstreamPort, Problem>;

struct FoundPort {
  const k8s::ServicePort* port = nullptr;  // Null for an ExternalName, which declares none.
  int32_t number = 0;
};

absl::StatusOr<FoundPort> FindPort(const k8s::Service& service, const ServiceUse& use) {
  bool external = service.type == k8s::ServiceType::kExternalName;
  if (external && use.port_number) return FoundPort{nullptr, use.port_number};
  if (external)
    return engine::NotFound("rules with an ExternalName service must specify numeric ports");
  bool implicit = use.port_number == 0 && use.id.port.text() == "implicitPort";
  for (const k8s::ServicePort& port : service.ports) {
    bool same = use.port_number ? port.number == use.port_number
                                : port.name == use.id.port || port.target_name == use.id.port;
    if (same) return FoundPort{&port, port.number};
  }
  if (implicit && service.ports.size() == 1)
    return FoundPort{&service.ports[0], service.ports[0].number};
  if (implicit) {
    return engine::NotFound("in implicit mode, service must have exactly 1 port, has ",
                            service.ports.size());
  }
  return engine::NotFound("no suitable port found");
}

// Collects what the entity of one service is made of, and reports on the way.
class ServiceMaker {
 public:
  ServiceMaker(const GatewayGraph& g, const ServiceUse& use, Reader& read, Say& say)
      : g_(g),
        use_(use),
        read_(read),
        say_(say),
        service_(read.Find(g.services, use.id.service_name())) {}

  void Make() {
    tags_ = PlaceholderTags();
    if (service_)
      ReadService();
    else
      ReportMissing();
    EmitService();
    EmitUpstream();
  }

 private:
  ObjectRef parent() const { return IngressRef(use_.parent); }
  ObjectRef origin() const { return service_ ? ServiceRef(service_->key()) : parent(); }

  void ReportMissing() {
    ObjectName id = use_.id.service_name();
    ReportFailure(say_, parent(),
                  Cat("failed to resolve Kubernetes Service for backend: failed to fetch Service ",
                      id, ": Service ", id, " not found"));
    ReportFailure(say_, parent(),
                  Cat("can't add target for backend ", id.name, ": no kubernetes service found"));
  }

  void ReadService() {
    Findings findings;
    settings_ = ParseServiceSettings(service_->meta.annotations, findings);
    ReportAll(say_, origin(), findings);
    tags_ = TagsOfObject(k8s::Service::kType, service_->meta, settings_.tags);
    FindClientCertificate();
    FindCaCertificates();
    absl::StatusOr<FoundPort> port = FindPort(*service_, use_);
    if (!port.ok()) {
      std::string text =
          Cat("can't find port for backend kubernetes service: ", engine::MessageOf(port.status()));
      ReportFailure(say_, origin(), text);
      ReportFailure(say_, parent(), text);
      return;
    }
    port_ = port->number;
    PointAtTargets(*port);
  }

  // Is the Secret absent? One that exists and was not fetched yet is not.
  bool IsMissing(const ObjectName& secret) { return !read_.Find(g_.secret_metadata, secret); }

  void FindClientCertificate() {
    if (settings_.client_cert.empty()) return;
    ObjectName secret{use_.id.ns, Symbol(settings_.client_cert)};
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
      client_certificate_ = owner->id;
  }

  void FindCaCertificates() {
    if (settings_.ca_certificates_secrets.empty()) return;
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
      FindCaCertificate({use_.id.ns, Symbol(name)});
  }

  void FindCaCertificate(const ObjectName& secret) {
    const SecretFacts* facts = read_.Find(g_.secret_facts, secret);
    if (!facts) {
      if (!IsMissing(secret)) return;
      return ReportFailure(say_, origin(),
                           Cat("Failed to fetch secret for CA Certificate '", secret, "': Secret ",
                               secret, " not found"));
    }
    if (!facts->ca_id) {
      std::string text = Cat("Invalid CA certificate '", secret, "': missing 'id' field in data");
      ReportFailure(say_, origin(), text);
      return ReportFailure(say_, SecretRef(secret), text);
    }
    if (!EntityId::Parse(*facts->ca_id)) {
      return ReportFailure(say_, origin(),
                           Cat("Invalid CA certificate '", secret, "': its 'id' is not a UUID"));
    }
    ca_certificates_.push_back(*facts->ca_id);
  }

  // One target that is known now, or the endpoints of slices, which another rule turns into
  // targets.
  void PointAtTargets(const FoundPort& port) {
    if (settings_.service_upstream || read_.Find(g_.service_upstream_on, {})) {
      std::string name = Cat(use_.id.service, '.', use_.id.ns, ".svc");
      if (!g_.options.cluster_domain.empty()) name += Cat('.', g_.options.cluster_domain);
      only_target_ = Cat(name, ':', port.number);
    } else if (!port.port) {
      only_target_ = Cat(service_->external_name, ':', port.number);
    } else {
      auto bit = [](k8s::Protocol protocol) {
        return static_cast<uint8_t>(1 << static_cast<int>(protocol));
      };
      uint8_t protocols = bit(k8s::Protocol::kTcp);
      for (const k8s::ServicePort& each : service_->ports) protocols |= bit(each.protocol);
      say_.Emit(
          UpstreamPort{use_.id, UpstreamId(use_.id.UpstreamName()), port.port->name, protocols});
    }
  }

  void EmitService() {
    std::string name = use_.id.KongName();
    std::string json;
    io::JsonWriter out(json);
    out.BeginObject();
    if (!ca_certificates_.empty()) out.Member("ca_certificates", ca_certificates_);
    if (client_certificate_) out.Member("client_certificate", client_certificate_->text());
    out.Member("connect_timeout", settings_.connect_timeout.value_or(60000));
    out.Member("host", use_.id.UpstreamName());
    out.Member("id", ServiceId(name).text());
    out.Member("name", name);
    std::string_view protocol = ProtocolOf(settings_);
    if (protocol != "grpc" && protocol != "grpcs") {
      if (settings_.path)
        out.Member("path", *settings_.path);
      else if (use_.by_rule)
        out.Member("path", "/");
    }
    out.Member("port", port_);
    out.Member("protocol", protocol);
    out.Member("read_timeout", settings_.read_timeout.value_or(60000));
    out.Member("retries", settings_.retries.value_or(5));
    out.Member("tags", tags_);
    if (settings_.tls_verify) out.Member("tls_verify", *settings_.tls_verify);
    if (settings_.tls_verify_depth) out.Member("tls_verify_depth", *settings_.tls_verify_depth);
    out.Member("write_timeout", settings_.write_timeout.value_or(60000));
    out.EndObject();
    EntityId id = ServiceId(name);
    say_.Emit(Entity{EntityKind::kService, id, 0, std::move(name), std::move(json), {origin()}});
  }

  void EmitUpstream() {
    std::string name = use_.id.UpstreamName();
    EntityId id = UpstreamId(name);
    std::string json;
    io::JsonWriter out(json);
    out.BeginObject().Member("algorithm", "round-robin");
    if (settings_.host_header) out.Member("host_header", *settings_.host_header);
    out.Member("id", id.text()).Member("name", name).Member("tags", tags_).EndObject();
    say_.Emit(Entity{EntityKind::kUpstream, id, 0, std::move(name), std::move(json), {origin()}});
    if (!only_target_.empty()) say_.Emit(TargetEntity(id, only_target_, false, origin()));
  }

  const GatewayGraph& g_;
  const ServiceUse& use_;
  Reader& read_;
  Say& say_;
  const k8s::Service* service_;
  ServiceSettings settings_;
  std::vector<std::string> tags_;
  std::optional<EntityId> client_certificate_;
  std::vector<std::string> ca_certificates_;
  std::string only_target_;
  int32_t port_ = 80;
};

}  // namespace

void RenderService(const GatewayGraph& g, const ServiceUse& use, Reader& read,
                   Emitter<Entity, UpstreamPort, Problem>& say) noexcept {
  ServiceMaker(g, use, read, say).Make();
}

}  // namespace kong
