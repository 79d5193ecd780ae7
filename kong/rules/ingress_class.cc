#include "engine/text.h"
#include "kong/rules/reports.h"
#include "kong/rules/rules.h"

namespace kong {
namespace {

// Where the parameters of the class are; nullopt, and why, if the reference leads nowhere.
std::optional<ObjectName> ParametersOf(const k8s::IngressClass::Parameters& reference,
                                       std::string& why) {
  if (reference.group.text() != "configuration.konghq.com" ||
      reference.kind.text() != "IngressClassParameters") {
    why = "spec.parameters must be an IngressClassParameters of the group configuration.konghq.com";
  } else if (reference.scope && reference.scope.text() != "Namespace") {
    why = "spec.parameters.scope must be Namespace";
  } else if (!reference.ns) {
    why = "spec.parameters.namespace must be set";
  } else {
    return ObjectName{reference.ns, reference.name};
  }
  return std::nullopt;
}

}  // namespace

void ReadIngressClass(
    const GatewayGraph& g, const k8s::IngressClass& ingress_class, Reader& read,
    Emitter<DefaultClass, ServiceUpstreamOn, LegacyRegexOn, Problem>& say) noexcept {
  if (ingress_class.meta.name().text() != g.options.ingress_class) return;
  const ObjectRef self = IngressClassRef(ingress_class.meta.name());
  if (read.Find(g.quarantine, self)) return;
  if (ingress_class.is_default) say.Emit(DefaultClass{});
  if (!ingress_class.parameters) return;
  std::string why;
  std::optional<ObjectName> id = ParametersOf(*ingress_class.parameters, why);
  if (!id) return ReportWarning(say, self, why + "; defaults are used");
  const k8s::IngressClassParameters* parameters = read.Find(g.ingress_class_parameters, *id);
  if (!parameters) {
    return ReportWarning(
        say, self, engine::Cat("IngressClassParameters ", *id, " not found; defaults are used"));
  }
  if (parameters->service_upstream) say.Emit(ServiceUpstreamOn{});
  if (parameters->enable_legacy_regex_detection) say.Emit(LegacyRegexOn{});
}

}  // namespace kong
