// The proof that nothing reads across a namespace without being allowed to.
//
// Every evaluation leaves a footprint: which rows and groups it looked at, also those that are not
// there. A rule that runs for an object of one namespace and looks at something of another must
// have found a Grant between the two in the same evaluation. The same holds for what it says: a
// row whose key lies in another namespace (a Secret that is wanted, say) needs a Grant. What may be
// read by everybody is listed, with its reason, in tenants.cc.
#pragma once

#include "absl/status/status.h"
#include "engine/graph.h"

namespace kong {

// Names the rule, the domain and what it looked at. O(footprints).
absl::Status CheckTenants(const engine::Graph& graph);

}  // namespace kong
