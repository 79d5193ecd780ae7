#include "engine/text.h"
#include "io/json_writer.h"
#include "kong/annotations.h"
#include "kong/rules/reports.h"
#include "kong/rules/rules.h"

namespace kong {
namespace {

using engine::Cat;

// The certificate of the Secret, or why it cannot be used.
absl::StatusOr<CaCertificate> CertificateOf(const k8s::Secret& secret, const Now* now) {
  const std::string* pem = secret.Find("cert");
  if (!pem) pem = secret.Find("ca.crt");
  if (!pem) {
    return engine::InvalidArgument("invalid secret CA certificate ", secret.key(),
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

}  // namespace

void RenderCaCertificate(const GatewayGraph& g, const CaSecret& ca, Reader& read,
                         Emitter<Entity, Problem>& say) noexcept {
  ObjectRef self = SecretRef(ca.id);
  if (read.Find(g.quarantine, self)) return;
  if (read.Find(g.ca_owners, ca.ca_id)->secret != ca.id) {
    return ReportFailure(say, self,
                         "invalid secret CA certificate: duplicate 'id' field in multiple objects");
  }
  const k8s::Secret& secret = *read.Find(g.secrets, ca.id);
  absl::StatusOr<CaCertificate> certificate = CertificateOf(secret, read.Find(g.now, {}));
  if (!certificate.ok())
    return ReportFailure(say, self, std::string(engine::MessageOf(certificate.status())));
  std::optional<EntityId> id = EntityId::Parse(ca.ca_id.text());
  if (!id) return ReportFailure(say, self, "invalid secret CA certificate: its 'id' is not a UUID");

  Findings findings;
  std::string json;
  io::JsonWriter(json)
      .BeginObject()
      .Member("cert", certificate->pem)
      .Member("id", id->text())
      .Member("tags", TagsOfObject(k8s::Secret::kType, secret.meta,
                                   ParseTags(secret.meta.annotations, findings)))
      .EndObject();
  ReportAll(say, self, findings);
  say.Emit(Entity{EntityKind::kCaCertificate, *id, 0, "", std::move(json), {self}});
}

}  // namespace kong
