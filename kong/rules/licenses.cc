// The licence: the newest one that is enabled.
#include "io/json_writer.h"
#include "kong/rules/consumer_rules.h"
#include "kong/rules/reports.h"

namespace kong {
namespace {

ObjectRef LicenseRef(Symbol name) {
  static const Symbol kKind(k8s::KongLicense::kType.kind);
  return {kKind, {}, name};
}

}  // namespace

void ChooseLicense(const GatewayGraph& g, const k8s::KongLicense& license, Reader& read,
                   Emitter<ChosenLicense>& say) noexcept {
  const Symbol name = license.meta.name();
  if (!license.enabled || read.Find(g.quarantine, LicenseRef(name))) return;
  say.Emit(ChosenLicense{name}, {.created_s = -license.meta.created_s, .name = name});
}

void RenderLicense(const GatewayGraph& g, const ChosenLicense& chosen, Reader& read,
                   Emitter<Entity>& say) noexcept {
  const k8s::KongLicense& license = *read.Find(g.consumers.licenses, {{}, chosen.license});
  const EntityId id = LicenseId(chosen.license.text());
  std::string json;
  io::JsonWriter(json)
      .BeginObject()
      .Member("id", id.text())
      .Member("payload", license.text.bytes())
      .EndObject();
  say.Emit(Entity{EntityKind::kLicense,
                  id,
                  kNeedsEnterprise,
                  "",
                  std::move(json),
                  {LicenseRef(chosen.license)},
                  true});
}

}  // namespace kong
