// Certificates and the host names that are served with them. Ingresses and Services say which
// Secrets they use; Secrets with the same key pair share one Kong certificate, whose id is the
// oldest Secret's UID.
#include "engine/text.h"
#include "io/json_writer.h"
#include "kong/annotations.h"
#include "kong/rules/reports.h"
#include "kong/rules/rules.h"

namespace kong {

void ClaimCertificate(const GatewayGraph& g, const UsedCertificate& used, Reader& read,
                      Emitter<CertificateOwner, Problem>& say) noexcept {
  const SecretFacts* facts = read.Find(g.secret_facts, used.id);
  if (!facts) return;  // Missing, which its users report, or not fetched yet.
  if (!facts->pair)
    return ReportFailure(say, SecretRef(used.id), "failed to construct certificate from secret");
  if (read.Find(g.quarantine, SecretRef(used.id))) return;
  std::optional<EntityId> uid = EntityId::Parse(facts->uid);
  EntityId id = uid ? *uid : DeriveId("certificates", used.id.Text());
  say.Emit(
      CertificateOwner{*facts->pair, id, used.id},
      {.created_s = facts->created_s, .ns = Symbol(facts->uid), .name = Symbol(used.id.Text())});
}

void RenderCertificate(const GatewayGraph& g, const CertificateOwner& owner, Reader& read,
                       Emitter<Entity>& say) noexcept {
  const k8s::Secret& secret = *read.Find(g.secrets, owner.secret);
  Findings findings;
  std::string json;
  io::JsonWriter(json)
      .BeginObject()
      .Member("cert", TrimPem(*secret.Find("tls.crt")))
      .Member("id", owner.id.text())
      .Member("key", TrimPem(*secret.Find("tls.key")))
      .Member("tags", TagsOfObject(k8s::Secret::kType, secret.meta,
                                   ParseTags(secret.meta.annotations, findings)))
      .EndObject();
  say.Emit(Entity{
      EntityKind::kCertificate, owner.id, 0, "", std::move(json), {SecretRef(owner.secret)}});
}

void RenderSni(const GatewayGraph& g, const SniUse& use, Reader& read,
               Emitter<Entity>& say) noexcept {
  const SecretFacts* facts = read.Find(g.secret_facts, use.secret);
  if (!facts || !facts->pair) return;
  const CertificateOwner* owner = read.Find(g.certificate_owners, *facts->pair);
  if (!owner) return;
  EntityId id = SniId(use.host.text());
  std::string json;
  io::JsonWriter(json)
      .BeginObject()
      .Member("certificate", owner->id.text())
      .Member("id", id.text())
      .Member("name", use.host.text())
      .EndObject();
  say.Emit(
      Entity{EntityKind::kSni, id, 0, std::string(use.host.text()), std::move(json), {use.owner}});
}

}  // namespace kong
