// Which routes a simulated data plane serves, which is not the same as which it holds.
//
// As seen on a running Kong 3.9: an incremental rebuild keeps a route whose `updated_at` did not
// change; a route without `updated_at` ends all rebuilding, for good, while the plane goes on to
// acknowledge; `paths` that are a string stop it until they are corrected; an invalid regex costs
// its own route. Stream routes follow full syncs only. One thread; a rebuild is O(routes).
#pragma once

#include <map>
#include <string>

#include "tools/simulators/json.h"

namespace simulators {

class DataPlaneRouter {
 public:
  using Routes = std::map<std::string, Json, std::less<>>;  // By id.

  // After a full sync, or at a start.
  void RebuildWhole(const Routes& held);
  void RebuildChanged(const Routes& held);
  void Reset();  // A new process: nothing is served, nothing is broken.

  const Routes& http() const { return http_; }
  const Routes& stream() const { return stream_; }
  bool dead() const { return dead_; }        // No rebuild will ever end again in this process.
  bool current() const { return current_; }  // The last rebuild came to its end.

 private:
  void Rebuild(const Routes& held, bool whole);

  Routes http_, stream_;
  bool dead_ = false;
  bool current_ = true;
};

bool LacksUpdatedAt(const Json& route);

}  // namespace simulators
