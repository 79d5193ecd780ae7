#include "engine/text.h"
#include "kong/rules/policy_rules.h"
#include "kong/rules/reports.h"

namespace kong {
namespace {

constexpr std::string_view kCaLabel = "konghq.com/ca-cert";

}  // namespace

void ReadConfigMap(const GatewayGraph&, const k8s::ConfigMap& config_map, Reader&,
                   Emitter<CaConfigMap, CaOwner, Problem>& say) noexcept {
  // The controller watches none without the label; files may hold any.
  if (!config_map.meta.labels.Has(kCaLabel, "true")) return;
  const ObjectName id = config_map.key();
  const std::string* ca_id = config_map.Find("id");
  say.Emit(CaConfigMap{id, ca_id ? std::optional(*ca_id) : std::nullopt});
  if (!ca_id) {
    return ReportFailure(say, ConfigMapRef(id),
                         "invalid secret CA certificate: missing 'id' field in data");
  }
  say.Emit(CaOwner{Symbol(engine::Lower(*ca_id)), ConfigMapRef(id)}, RankOf(config_map.meta, 0, 1));
}

}  // namespace kong
