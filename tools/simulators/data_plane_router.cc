#include "tools/simulators/data_plane_router.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "kong/validity.h"

namespace simulators {
namespace {

bool HasProtocol(const Json& route, std::initializer_list<std::string_view> protocols) {
  const Json& own = At(route, "protocols");
  return std::any_of(own.begin(), own.end(), [&](const Json& one) {
    return std::find(protocols.begin(), protocols.end(), Text(one)) != protocols.end();
  });
}

bool IsStream(const Json& route) {
  return HasProtocol(route, {"tcp", "tls", "udp", "tls_passthrough"});
}

bool HasBadRegex(const Json& route) {
  const Json& paths = At(route, "paths");
  return std::any_of(paths.begin(), paths.end(), [](const Json& path) {
    const std::string_view text = Text(path);
    return text.starts_with('~') && !kong::JudgeRegex(text.substr(1)).empty();
  });
}

double UpdatedAt(const Json& route) { return At(route, "updated_at").get<double>(); }

double Newest(const DataPlaneRouter::Routes& routes) {
  double newest = 0;
  for (const auto& [id, route] : routes) newest = std::max(newest, UpdatedAt(route));
  return newest;
}

}  // namespace

bool LacksUpdatedAt(const Json& route) { return !At(route, "updated_at").is_number(); }

void DataPlaneRouter::RebuildWhole(const Routes& held) { Rebuild(held, true); }
void DataPlaneRouter::RebuildChanged(const Routes& held) { Rebuild(held, false); }

void DataPlaneRouter::Rebuild(const Routes& held, bool whole) {
  if (dead_) return;
  current_ = false;
  const double newest = Newest(http_);
  Routes http, stream;
  for (const auto& [id, route] : held) {
    if (LacksUpdatedAt(route)) {
      dead_ = true;
      return;
    }
    if (At(route, "paths").is_string()) return;
    if (IsStream(route)) stream.emplace(id, route);
    if (IsStream(route) || HasBadRegex(route)) continue;
    const auto old = http_.find(id);
    const bool keeps_old = !whole && old != http_.end() &&
                           UpdatedAt(old->second) == UpdatedAt(route) && UpdatedAt(route) < newest;
    http.emplace(id, keeps_old ? old->second : route);
  }
  http_ = std::move(http);
  if (whole) stream_ = std::move(stream);
  current_ = true;
}

void DataPlaneRouter::Reset() { *this = DataPlaneRouter(); }

}  // namespace simulators
