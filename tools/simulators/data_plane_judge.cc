#include "tools/simulators/data_plane_judge.h"

#include <utility>
#include <variant>

#include "engine/text.h"
#include "io/gzip.h"
#include "tools/simulators/digest.h"

namespace simulators {
namespace {

using engine::Cat;

constexpr uint64_t kTextBytesMax = uint64_t{1} << 30;  // Kong's limit is its memory.

std::string HashAt(const Json& hashes, std::string_view section) {
  const std::string_view hash = TextAt(hashes, section);
  return std::string(hash.empty() ? kNoConfigHash : hash);
}

// As Kong combines the sections' hashes; without any, every part is rebuilt.
void CombineHashes(const Json& hashes, DataPlaneVerdict& verdict) {
  if (!hashes.is_object()) return;
  const std::string routes = HashAt(hashes, "routes"), upstreams = HashAt(hashes, "upstreams"),
                    targets = HashAt(hashes, "targets");
  if (routes != kNoConfigHash) verdict.router = Md5Hex(Cat(HashAt(hashes, "services"), routes));
  verdict.plugins = HashAt(hashes, "plugins");
  if (upstreams != kNoConfigHash || targets != kNoConfigHash) {
    verdict.balancer = Md5Hex(Cat(upstreams, targets));
  }
}

DataPlaneVerdict Refused(absl::Status why) {
  DataPlaneVerdict verdict;
  verdict.status = std::move(why);
  return verdict;
}

}  // namespace

std::shared_ptr<const KongSchemas> SharedFacts(RouterFlavor flavor) {
  static const auto compatible =
      std::make_shared<const KongSchemas>(KongSchemas::Facts(RouterFlavor::kTraditionalCompatible));
  static const auto expressions =
      std::make_shared<const KongSchemas>(KongSchemas::Facts(RouterFlavor::kExpressions));
  return flavor == RouterFlavor::kExpressions ? expressions : compatible;
}

std::shared_ptr<const DataPlaneVerdict> DataPlaneJudge::Judge(std::string_view frame) {
  if (last_verdict_ == nullptr || frame != last_frame_) {
    last_verdict_ = std::make_shared<const DataPlaneVerdict>(Read(frame));
    last_frame_ = frame;
    ++judged_;
  }
  return last_verdict_;
}

DataPlaneVerdict DataPlaneJudge::Read(std::string_view frame) const {
  const auto text = io::Gunzip(frame, kTextBytesMax);
  if (!text.ok()) return Refused(text.status());
  const std::optional<Json> push = ParseJson(*text);
  if (!push || TextAt(*push, "type") != "reconfigure" || !At(*push, "config_table").is_object()) {
    return Refused(engine::InvalidArgument("not a reconfigure message"));
  }
  Json config = At(*push, "config_table");
  // What a data plane knows and a declarative configuration of ours does not show.
  config.erase("workspaces");
  config.erase("parameters");
  uint64_t ids = 0;
  auto random_id = [&ids] { return UuidV5(kNoConfigHash, Cat("random ", ids++)); };
  auto loaded = LoadConfig(*schemas_, config, {.now_seconds = 0, .random_id = random_id});
  if (const auto* errors = std::get_if<ConfigErrors>(&loaded)) {
    return Refused(engine::InvalidArgument("bad config received from control plane: ",
                                           LuaText(PlainFields(*errors))));
  }
  DataPlaneVerdict verdict;
  verdict.entities = std::get<Entities>(std::move(loaded));
  verdict.hash = TextAt(*push, "config_hash");
  if (verdict.hash.empty()) verdict.hash = Md5Hex(DumpJson(config));
  CombineHashes(At(*push, "hashes"), verdict);
  return verdict;
}

}  // namespace simulators
