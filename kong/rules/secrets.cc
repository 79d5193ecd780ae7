// What others need to know of a Secret. A Secret is fetched, and so in the table, because somebody
// refers to it or because its label makes it a CA certificate.
#include "engine/text.h"
#include "kong/rules/reports.h"
#include "kong/rules/rules.h"

namespace kong {
namespace {

constexpr std::string_view kCaLabel = "konghq.com/ca-cert";

std::optional<PairDigest> PairOf(const k8s::Secret& secret) {
  const std::string* cert = secret.Find("tls.crt");
  const std::string* key = secret.Find("tls.key");
  if (!cert || !key) return std::nullopt;
  auto pair = CheckKeyPair(*cert, *key);
  return pair.ok() ? std::optional(*pair) : std::nullopt;
}

}  // namespace

void ReadSecret(const GatewayGraph&, const k8s::Secret& secret, Reader&,
                Emitter<SecretState, SecretFacts, CaSecret, CaOwner, Problem>& say) noexcept {
  ObjectName id = secret.key();
  const std::string* ca_id = secret.Find("id");
  SecretFacts facts{id, secret.meta.uid, secret.meta.created_s, PairOf(secret), std::nullopt};
  if (ca_id) facts.ca_id = *ca_id;
  say.Emit(SecretState{id, facts.pair.has_value()});
  say.Emit(std::move(facts));
  if (!secret.meta.labels.Has(kCaLabel, "true")) return;
  if (!ca_id) {
    return ReportFailure(say, SecretRef(id),
                         "invalid secret CA certificate: missing 'id' field in data");
  }
  say.Emit(CaSecret{id, Symbol(*ca_id)});
  say.Emit(CaOwner{Symbol(engine::Lower(*ca_id)), SecretRef(id)}, RankOf(secret.meta));
}

}  // namespace kong
