// What a BackendTLSPolicy asks for: TLS to the ports of Services that it names, with a name and
// authorities to check them by.
#include <optional>

#include "engine/text.h"
#include "kong/annotations.h"
#include "kong/rules/policy_rules.h"
#include "kong/rules/reports.h"

namespace kong {
namespace {

using engine::Cat;

constexpr std::string_view kDepthOption = "tls-verify-depth";
constexpr int64_t kDepthMost = 64;  // In Kong.

bool IsCore(Symbol group) { return group.empty() || group.text() == "core"; }

// What all of its targets get, and what is wrong with the rest.
BackendTls SettingsOf(const k8s::BackendTlsPolicy& policy, Findings& findings) {
  BackendTls out;
  out.policy = policy.key();
  out.hostname = policy.hostname;
  for (const k8s::LocalReference& ref : policy.ca_certificates) {
    if (IsCore(ref.group) && ref.kind.text() == "Secret")
      out.ca_secrets.emplace_back(ref.name.text());
    else if (IsCore(ref.group) && ref.kind.text() == "ConfigMap")
      out.ca_config_maps.emplace_back(ref.name.text());
    else
      Fail(findings, "CACertificateRefs must reference ConfigMaps or Secrets in the core group");
  }
  if (policy.subject_alt_names > 0) {
    Fail(findings,
         "spec.validation.subjectAltNames is not supported: the certificate of the backend must be "
         "for spec.validation.hostname");
  }
  for (const auto& [name, value] : policy.options) {
    if (name != kDepthOption) continue;
    std::optional<int64_t> depth = engine::ParseInt(value);
    if (depth && *depth >= 0 && *depth <= kDepthMost)
      out.verify_depth = depth;
    else
      Warn(findings, Cat("spec.options[", name, "]: \"", value,
                         "\" is ignored, expected an integer from 0 to ", kDepthMost));
  }
  return out;
}

bool IsService(const k8s::LocalReference& target) {
  return IsCore(target.group) && target.kind.text() == "Service";
}

void Claim(const GatewayGraph& g, const k8s::BackendTlsPolicy& policy, uint32_t nth, Reader& read,
           Emitter<BackendTls, WantedSecret>& say) {
  const ObjectName id = policy.key();
  if (read.Find(g.quarantine, BackendTlsPolicyRef(id))) return;
  Findings reported_by_another_rule;
  BackendTls claim = SettingsOf(policy, reported_by_another_rule);
  if (!IsHostName(claim.hostname)) return;
  for (const std::string& secret : claim.ca_secrets)
    say.Emit(WantedSecret{{id.ns, Symbol(secret)}});
  for (const k8s::LocalReference& target : policy.targets) {
    if (!IsService(target)) continue;
    claim.target = {id.ns, target.name, target.section};
    say.Emit(claim, RankOf(policy.meta, 0, nth));
  }
}

// The CA certificates that do not exist, or that only the API server knows.
void FindMissingCas(const GatewayGraph& g, Symbol ns, const BackendTls& settings, Reader& read,
                    Findings& findings) {
  for (const std::string& name : settings.ca_config_maps) {
    const ObjectName id{ns, Symbol(name)};
    if (!read.Find(g.policies.ca_config_maps, id)) {
      Fail(findings, Cat("failed getting ConfigMap ", id,
                         " set as CACertificateRef: not found, or not labelled "
                         "konghq.com/ca-cert: \"true\""));
    }
  }
  for (const std::string& name : settings.ca_secrets) {
    const ObjectName id{ns, Symbol(name)};
    if (!read.Find(g.secret_metadata, id))
      Fail(findings, Cat("failed getting Secret ", id, " set as CACertificateRef: not found"));
  }
}

// The older policies that have some of its targets.
void FindConflicts(const GatewayGraph& g, const k8s::BackendTlsPolicy& policy, Reader& read,
                   Findings& findings) {
  const ObjectName id = policy.key();
  for (const k8s::LocalReference& target : policy.targets) {
    if (!IsService(target)) continue;
    const BackendTls* owner =
        read.Find(g.policies.backend_tls, {id.ns, target.name, target.section});
    if (!owner || owner->policy == id) continue;
    Fail(findings,
         Cat("multiple BackendTLSPolicies target Service ", ObjectName{id.ns, target.name},
             "; the older ", BackendTlsPolicyRef(owner->policy).text(), " has it"));
  }
}

// Accepted, or the failures that say why not.
Condition AcceptedOf(const k8s::BackendTlsPolicy& policy, const Findings& conflicts,
                     const Findings& findings) {
  static const Symbol kAccepted("Accepted"), kConflicted("Conflicted"), kInvalid("Invalid");
  Condition out{.id = {.object = BackendTlsPolicyRef(policy.key()),
                       .listener = {},
                       .parent = 0,
                       .type = kAccepted},
                .status = ConditionStatus::kTrue,
                .reason = kAccepted,
                .message = "",
                .observed_generation = policy.meta.generation};
  const Findings& all = conflicts.empty() ? findings : conflicts;
  for (const Finding& each : all) {
    if (each.severity != Severity::kFailure) continue;
    out.status = ConditionStatus::kFalse;
    out.reason = conflicts.empty() ? kInvalid : kConflicted;
    out.message += out.message.empty() ? each.text : Cat(" - ", each.text);
  }
  return out;
}

void Judge(const GatewayGraph& g, const k8s::BackendTlsPolicy& policy, uint32_t nth, Reader& read,
           Emitter<Problem, Condition>& say) {
  const ObjectRef self = BackendTlsPolicyRef(policy.key());
  if (read.Find(g.quarantine, self)) return;
  Findings findings, conflicts;
  BackendTls settings = SettingsOf(policy, findings);
  FindMissingCas(g, policy.meta.ns(), settings, read, findings);
  FindConflicts(g, policy, read, conflicts);
  if (!IsHostName(settings.hostname)) {
    Fail(findings, Cat("spec.validation.hostname: \"", settings.hostname,
                       "\" is not a host name, so the policy has no effect"));
  }
  ReportAll(say, self, findings);
  ReportAll(say, self, conflicts);
  say.Emit(AcceptedOf(policy, conflicts, findings), RankOf(policy.meta, 0, nth));
}

}  // namespace

void ClaimBackendTls(const GatewayGraph& g, const k8s::BackendTlsPolicy& policy, Reader& read,
                     Emitter<BackendTls, WantedSecret>& say) noexcept {
  Claim(g, policy, 0, read, say);
}

void ClaimOldBackendTls(const GatewayGraph& g, const k8s::BackendTlsPolicy& policy, Reader& read,
                        Emitter<BackendTls, WantedSecret>& say) noexcept {
  Claim(g, policy, 1, read, say);
}

void JudgeBackendTls(const GatewayGraph& g, const k8s::BackendTlsPolicy& policy, Reader& read,
                     Emitter<Problem, Condition>& say) noexcept {
  Judge(g, policy, 0, read, say);
}

void JudgeOldBackendTls(const GatewayGraph& g, const k8s::BackendTlsPolicy& policy, Reader& read,
                        Emitter<Problem, Condition>& say) noexcept {
  Judge(g, policy, 1, read, say);
}

}  // namespace kong
