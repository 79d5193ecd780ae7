// What a v1 data plane makes of a pushed frame: entities and hashes, or why it is refused.
//
// A frame is inflated, read and judged like a POST /config (declarative_config.h). Planes that
// share a judge share its verdicts, so that a fleet of hundreds costs one judgement a payload and
// one copy of the entities. One thread.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "tools/simulators/declarative_config.h"
#include "tools/simulators/kong_schema.h"

namespace simulators {

struct DataPlaneVerdict {
  absl::Status status;  // Not OK: the plane logs it and keeps what it has.
  std::string hash;     // `config_hash`, or the plane's own where there is none.
  // The hashes that decide what a worker rebuilds; empty: always.
  std::string router, plugins, balancer;
  Entities entities;
};

class DataPlaneJudge {
 public:
  explicit DataPlaneJudge(std::shared_ptr<const KongSchemas> schemas)
      : schemas_(std::move(schemas)) {}
  std::shared_ptr<const DataPlaneVerdict> Judge(std::string_view frame);
  uint64_t judged() const { return judged_; }  // Frames that were not known yet.

 private:
  DataPlaneVerdict Read(std::string_view frame) const;

  std::shared_ptr<const KongSchemas> schemas_;
  std::string last_frame_;
  std::shared_ptr<const DataPlaneVerdict> last_verdict_;
  uint64_t judged_ = 0;
};

inline constexpr std::string_view kNoConfigHash = "00000000000000000000000000000000";
std::shared_ptr<const KongSchemas> SharedFacts(RouterFlavor flavor);  // Made once a process.

}  // namespace simulators
