// Kong routes of one Ingress that would take each other's requests, taken apart.
//
// The expressions flavour gives a route one priority, that of its longest path, which all its paths
// share. So in an Ingress with "/" and "/assets/images" for one Service and "/api" for another,
// "/" would outweigh "/api". Where a shorter path of a route outweighs a longer one of another
// route of the same host, the route becomes one a length. The part with its longest paths keeps its
// name and priority; the others are called name, "~", length. All other routes stay whole, as the
// Kong Ingress Controller has them. Pure; any thread. Costs nothing for routes of one length, else
// the product of the paths of two routes.
#pragma once

#include "kong/ingress_plan.h"

namespace kong {

void SplitMisleadingRoutes(IngressPlan& plan);

}  // namespace kong
