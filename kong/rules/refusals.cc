#include "kong/rules/reports.h"
#include "kong/rules/rules.h"

namespace kong {

void ReportRefusal(const GatewayGraph&, const RefusedEntity& refused, Reader&,
                   Emitter<Problem>& say) noexcept {
  if (refused.object == ObjectRef{}) return;
  Report(say, refused.object,
         {Severity::kFailure,
          engine::Cat("gateways refuse what became of it, so it is left out until it changes: ",
                      refused.message)});
}

}  // namespace kong
