// CA certificates. The object that may be one is a Secret or a ConfigMap; what it must hold is the
// same.
#include "engine/text.h"
#include "io/json_writer.h"
#include "kong/annotations.h"
#include "kong/rules/policy_rules.h"
#include "kong/rules/reports.h"
#include "kong/rules/rules.h"

namespace kong {
namespace {

using engine::Cat;

// The certificate of the object, or why it cannot be used.
template <class Object>
absl::StatusOr<CaCertificate> CertificateOf(const Object& object, const Now* now) {
  const std::string* pem = object.Find("cert");
  if (!pem) pem = object.Find("ca.crt");
  if (!pem) {
    return engine::InvalidArgument("invalid secret CA certificate ", object.key(),
                                   ", neither \"cert\" nor \"ca.crt\" key exist");
  }
  absl::StatusOr<CaCertificate> certificate = ParseCaCertificate(*pem);
  if (!certificate.ok())
    return engine::Annotate(certificate.status(), "invalid secret CA certificate");
  if (now && now->unix_s > certificate->not_after_s) {
    return engine::InvalidArgument("invalid secret CA certificate: expired");
  }
  return certificate;
}

template <class Object>
void Render(const GatewayGraph& g, const Object& object, const ObjectRef& self, Symbol ca_id,
            Reader& read, Emitter<Entity, Problem>& say) {
  if (read.Find(g.ca_owners, Symbol(engine::Lower(ca_id.text())))->object != self) {
    return ReportFailure(say, self,
                         "invalid secret CA certificate: duplicate 'id' field in multiple objects");
  }
  absl::StatusOr<CaCertificate> certificate = CertificateOf(object, read.Find(g.now, {}));
  if (!certificate.ok())
    return ReportFailure(say, self, std::string(engine::MessageOf(certificate.status())));
  std::optional<EntityId> id = EntityId::Parse(ca_id.text());
  if (!id) return ReportFailure(say, self, "invalid secret CA certificate: its 'id' is not a UUID");

  Findings findings;
  std::string json;
  io::JsonWriter(json)
      .BeginObject()
      .Member("cert", certificate->pem)
      .Member("id", ca_id.text())  // As it is written: plugins may name it in their configuration.
      .Member("tags", TagsOfObject(Object::kType, object.meta,
                                   ParseTags(object.meta.annotations, findings)))
      .EndObject();
  ReportAll(say, self, findings);
  say.Emit(Entity{EntityKind::kCaCertificate, *id, 0, "", std::move(json), {self}});
}

}  // namespace

void RenderCaCertificate(const GatewayGraph& g, const CaSecret& ca, Reader& read,
                         Emitter<Entity, Problem>& say) noexcept {
  const ObjectRef self = SecretRef(ca.id);
  if (read.Find(g.quarantine, self)) return;
  Render(g, *read.Find(g.secrets, ca.id), self, ca.ca_id, read, say);
}

void RenderCaConfigMap(const GatewayGraph& g, const CaConfigMap& ca, Reader& read,
                       Emitter<Entity, Problem>& say) noexcept {
  const ObjectRef self = ConfigMapRef(ca.id);
  if (!ca.ca_id || read.Find(g.quarantine, self)) return;
  Render(g, *read.Find(g.policies.config_maps, ca.id), self, Symbol(*ca.ca_id), read, say);
}

}  // namespace kong
