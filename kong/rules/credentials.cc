// Credentials: first a claim on what makes each unique in Kong, by its digest, then the entity of
// whoever has it. The others are told with whom they collide.
#include "engine/text.h"
#include "kong/annotations.h"
#include "kong/credential.h"
#include "kong/rules/consumer_rules.h"
#include "kong/rules/reports.h"

namespace kong {
namespace {

using engine::Cat;

CredentialClaim::Key ClaimOf(const Credential& credential) {
  const EntityKind kind = credential.type->kind;
  return {kind, DeriveId(Cat("unique ", ArrayName(kind)), credential.unique).bytes};
}

ObjectRef ConsumerRef(const ObjectName& id) {
  static const Symbol kKind(k8s::KongConsumer::kType.kind);
  return {kKind, id.ns, id.name};
}

}  // namespace

void ClaimCredential(const GatewayGraph& g, const CredentialUse& use, Reader& read,
                     Emitter<CredentialClaim>& say) noexcept {
  const k8s::Secret* secret = read.Find(g.secrets, use.id.secret);
  if (!secret) return;
  absl::StatusOr<Credential> credential = ParseCredential(*secret, use.of);
  if (!credential.ok()) return;
  // The older consumer keeps it; of one consumer, the older Secret.
  say.Emit(CredentialClaim{ClaimOf(*credential), use.id},
           {.created_s = use.created_s,
            .ns = use.id.consumer.ns,
            .name = Symbol(
                Cat(use.id.consumer.name, '/', secret->meta.created_s, '/', use.id.secret.name))});
}

void RenderCredential(const GatewayGraph& g, const CredentialUse& use, Reader& read,
                      Emitter<Entity, Problem>& say) noexcept {
  const ObjectRef consumer = ConsumerRef(use.id.consumer), self = SecretRef(use.id.secret);
  auto fail = [&](std::string_view why) {
    ReportFailure(say, consumer, Cat("credential \"", use.id.secret.name, "\" failure: ", why));
  };
  const k8s::Secret* secret = read.Find(g.secrets, use.id.secret);
  if (!secret) {
    if (!read.Find(g.secret_metadata, use.id.secret))
      fail(Cat("Secret ", use.id.secret, " not found"));
    return;
  }
  absl::StatusOr<Credential> credential = ParseCredential(*secret, use.of);
  if (!credential.ok()) {
    fail(engine::MessageOf(credential.status()));
    return ReportFailure(say, self,
                         Cat("credential failure: ", engine::MessageOf(credential.status())));
  }
  const CredentialUse::Key& owner =
      read.Find(g.consumers.credential_claims, ClaimOf(*credential))->use;
  if (owner != use.id) {
    if (credential->type->unique.empty()) return;  // The same thing said twice.
    std::string with = Cat(SecretRef(owner.secret).text(), " of the older ",
                           ConsumerRef(owner.consumer).text(), " has the same one and keeps it");
    ReportFailure(say, self,
                  Cat("Secret has conflicting credential: conflict detected in \"",
                      credential->type->conflict, "\" index: ", with));
    return ReportFailure(
        say, consumer,
        Cat("Consumer has conflicting credentials: conflict detected in \"",
            credential->type->conflict, "\" index: ", with, "; ", self.text(), " is left out"));
  }
  for (const std::string& complaint : credential->complaints) fail(complaint);
  Findings findings;
  const EntityId id = DeriveId(ArrayName(credential->type->kind), credential->own_id);
  say.Emit(Entity{credential->type->kind,
                  id,
                  credential->type->needs,
                  "",
                  CredentialFragment(*credential, id, use.of,
                                     TagsOfObject(k8s::Secret::kType, secret->meta,
                                                  ParseTags(secret->meta.annotations, findings))),
                  {consumer, self},
                  true});
}

}  // namespace kong
