// The certificates of a listener, and with them whether it works.
//
// A Secret of another namespace is looked at only if a ReferenceGrant there allows it; what it
// holds, and whether it exists, changes nothing otherwise. A listener of a ListenerSet asks as a
// ListenerSet: it inherits no grants of its Gateway.
#include <algorithm>

#include "engine/text.h"
#include "kong/annotations.h"
#include "kong/certificate_names.h"
#include "kong/host_match.h"
#include "kong/rules/attachment_rules.h"
#include "kong/rules/reports.h"

namespace kong {
namespace {

using engine::Cat;
using SayOfListener = Emitter<AttachableListener, SniUse, UsedCertificate, WantedSecret,
                              FurtherCertificate, Condition, Problem>;

// What came of a listener's references.
struct Resolution {
  ConditionStatus status = ConditionStatus::kTrue;
  std::string_view reason = "ResolvedRefs";
  std::string message;
  std::vector<ObjectName> secrets;  // That may be read, in order.
};

void Fall(Resolution& out, std::string_view reason, std::string message) {
  if (out.status == ConditionStatus::kFalse) return;  // The first fault is told.
  out.status = ConditionStatus::kFalse;
  out.reason = reason;
  out.message = std::move(message);
}

ObjectName NameOf(const k8s::CertificateRef& ref, Symbol own_ns) {
  return {ref.ns ? ref.ns : own_ns, ref.name};
}

void ResolveCertificate(const GatewayGraph& g, const ListenerPlan& plan,
                        const k8s::CertificateRef& ref, Reader& read, Resolution& out) {
  const ObjectName secret = NameOf(ref, plan.id.parent.ns);
  if (!ref.IsSecret()) {
    return Fall(out, "InvalidCertificateRef",
                Cat("certificateRef ", secret, " is not a Secret, and nothing else is supported"));
  }
  const Referrer from{k8s::kGatewayGroup, plan.id.parent.kind.text(), plan.id.parent.ns};
  if (!MayRefer(g, read, from, {"", "Secret", secret})) {
    return Fall(out, "RefNotPermitted",
                Cat("no ReferenceGrant in the namespace ", secret.ns, " lets a ", from.kind,
                    " of the namespace ", from.ns, " refer to the Secret ", secret));
  }
  out.secrets.push_back(secret);
  if (const SecretState* state = read.Find(g.secret_states, secret)) {
    if (!state->good_pair)
      Fall(out, "InvalidCertificateRef",
           Cat("Secret ", secret, " holds no certificate in tls.crt with its key in tls.key"));
  } else if (!read.Find(g.secret_metadata, secret)) {
    Fall(out, "InvalidCertificateRef", Cat("Secret ", secret, " does not exist"));
  } else if (out.status == ConditionStatus::kTrue) {
    out.status = ConditionStatus::kUnknown;
    out.reason = "Pending";
    out.message = Cat("Secret ", secret, " was not read yet");
  }
}

Resolution Resolve(const GatewayGraph& g, const ListenerPlan& plan, Reader& read) {
  Resolution out;
  if (plan.served.tls == k8s::TlsMode::kTerminate) {
    for (const k8s::CertificateRef& ref : plan.certificates)
      ResolveCertificate(g, plan, ref, read, out);
  }
  if (plan.invalid_kinds) {
    Fall(out, "InvalidRouteKinds",
         Cat("allowedRoutes.kinds names a kind that cannot be attached to the protocol ",
             NameOf(plan.served.protocol)));
  }
  return out;
}

void SayConditions(const ListenerPlan& plan, const Resolution& refs, bool programmed,
                   SayOfListener& say) {
  if (!plan.unmanaged) return;
  auto condition = [&](std::string_view type, ConditionStatus status, std::string_view reason,
                       std::string message) {
    say.Emit(Condition{{plan.id.parent, plan.id.name, 0, Symbol(type)},
                       status,
                       Symbol(reason),
                       std::move(message),
                       plan.generation});
  };
  auto as_status = [](bool good) {
    return good ? ConditionStatus::kTrue : ConditionStatus::kFalse;
  };
  if (!plan.refusal) {
    condition("Accepted", as_status(!plan.conflict),
              plan.conflict ? plan.conflict.text() : "Accepted", "");
  } else {
    const bool port = plan.refusal.text() == "PortUnavailable";
    condition("Accepted", ConditionStatus::kFalse, plan.refusal.text(),
              Cat("no Kong listen with the requested protocol is configured",
                  port ? " for the requested port" : ""));
  }
  if (!plan.conflict) {
    condition("Conflicted", ConditionStatus::kFalse, "NoConflicts", "");
  } else {
    const bool host = plan.conflict.text() == "HostnameConflict";
    condition("Conflicted", ConditionStatus::kTrue, plan.conflict.text(),
              Cat("another listener on port ", plan.served.port,
                  host ? " has the same hostname" : " has a protocol that cannot share it"));
  }
  condition("ResolvedRefs", refs.status, refs.reason, refs.message);
  const bool pending = refs.status == ConditionStatus::kUnknown && !plan.conflict && !plan.refusal;
  condition("Programmed", as_status(programmed),
            programmed ? "Programmed"
            : pending  ? "Pending"
                       : "Invalid",
            "");
}

engine::Rank RankOfClaim(const ListenerKey& listener, int64_t created_s, uint32_t nth) {
  return {.created_s = created_s,
          .tier = listener.parent.kind.text() == "Gateway" ? 1u : 2u,  // Ingresses come first.
          .nth = nth,
          .ns = listener.parent.ns,
          .name = listener.parent.name};
}

constexpr uint32_t kCertificatesMax = 64;  // Of a listener, by the API.

void ClaimCertificates(const ListenerPlan& plan, const std::vector<ObjectName>& secrets,
                       SayOfListener& say) {
  static const Symbol kEveryHost("*");
  if (plan.hostname && !IsHostPattern(plan.hostname.text())) {
    return ReportFailure(say, plan.id.parent,
                         Cat("listener ", plan.id.name, ": hostname \"", plan.hostname,
                             "\" is not a name that a certificate can be shown for"));
  }
  for (uint32_t nth = 0; nth < secrets.size(); ++nth) {
    say.Emit(UsedCertificate{secrets[nth]});
    if (nth == 0) {
      say.Emit(SniUse{plan.hostname ? plan.hostname : kEveryHost, secrets[nth], plan.id.parent},
               RankOfClaim(plan.id, plan.created_s, plan.order * kCertificatesMax));
    } else {
      say.Emit(FurtherCertificate{plan.id, nth, plan.order, plan.created_s, plan.hostname,
                                  secrets[nth]});
    }
  }
}

// The certificate of a listener that passes TLS on decides nothing. If it may be read and holds a
// key pair it is shown where Kong ends TLS for that host, unless somebody asks for another there.
void ClaimIdleCertificate(const GatewayGraph& g, const ListenerPlan& plan, Reader& read,
                          SayOfListener& say) {
  if (plan.served.tls != k8s::TlsMode::kPassthrough || plan.certificates.empty()) return;
  Resolution out;
  ResolveCertificate(g, plan, plan.certificates.front(), read, out);
  if (out.status == ConditionStatus::kFalse || !IsHostPattern(plan.hostname.text())) return;
  const ObjectName& secret = out.secrets.front();
  say.Emit(WantedSecret{secret});
  say.Emit(UsedCertificate{secret});
  engine::Rank rank = RankOfClaim(plan.id, plan.created_s, plan.order * kCertificatesMax);
  rank.tier = 3;  // After all who need one.
  say.Emit(SniUse{plan.hostname, secret, plan.id.parent}, rank);
}

}  // namespace

void ResolveListener(const GatewayGraph& g, const ListenerPlan& plan, Reader& read,
                     SayOfListener& say) noexcept {
  const Resolution refs = Resolve(g, plan, read);
  const bool resolved = refs.status == ConditionStatus::kTrue ||
                        (refs.reason == "InvalidRouteKinds" && plan.kinds != 0);
  const bool programmed = resolved && !plan.conflict && !plan.refusal;
  for (const ObjectName& secret : refs.secrets) say.Emit(WantedSecret{secret});
  if (programmed) ClaimCertificates(plan, refs.secrets, say);
  if (programmed) ClaimIdleCertificate(g, plan, read, say);
  if (refs.status == ConditionStatus::kFalse) {
    ReportFailure(say, plan.id.parent, Cat("listener ", plan.id.name, ": ", refs.message));
  }
  say.Emit(AttachableListener{plan.id, plan.gateway, plan.order, plan.served, plan.hostname,
                              plan.kinds, plan.routes, !plan.refusal && !plan.conflict,
                              programmed});
  SayConditions(plan, refs, programmed, say);
}

void ClaimHostsOfCertificate(const GatewayGraph& g, const FurtherCertificate& certificate,
                             Reader& read, Emitter<SniUse>& say) noexcept {
  const k8s::Secret* secret = read.Find(g.secrets, certificate.secret);
  const std::string* pem = secret ? secret->Find("tls.crt") : nullptr;
  if (!pem) return;
  const uint32_t nth =
      certificate.order * kCertificatesMax + std::min(certificate.nth, kCertificatesMax - 1);
  for (const std::string& name : DnsNamesOf(*pem)) {
    std::optional<Symbol> host = Intersection(certificate.hostname, Symbol(name));
    if (!host) continue;
    say.Emit(SniUse{*host, certificate.secret, certificate.listener.parent},
             RankOfClaim(certificate.listener, certificate.created_s, nth));
  }
}

void CompareSnis(const GatewayGraph& g, const ListenerPlan& plan, Reader& read,
                 Emitter<Problem>& say) noexcept {
  const AttachableListener* listener = read.Find(g.attachment.attachable_listeners, plan.id);
  if (!listener || !listener->programmed || plan.served.tls != k8s::TlsMode::kTerminate) return;
  if (plan.certificates.empty()) return;
  const ObjectName secret = NameOf(plan.certificates.front(), plan.id.parent.ns);
  const SniUse* owner = read.Find(g.sni_uses, plan.hostname ? plan.hostname : Symbol("*"));
  if (!owner || owner->secret == secret) return;
  ReportWarning(say, plan.id.parent,
                Cat("listener ", plan.id.name, ": host ", owner->host, " has its certificate from ",
                    owner->owner.text(), ", not from Secret ", secret));
}

}  // namespace kong
