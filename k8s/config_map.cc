#include "k8s/config_map.h"

#include <algorithm>

#include "engine/status_macros.h"
#include "k8s/row_readers.h"

namespace k8s {

static absl::Status ReadData(JsonValue& json, ConfigMap& out) {
  ASSIGN_OR_RETURN(const bool null, IsNull(json));
  if (null) out.data.clear();
  if (null) return absl::OkStatus();
  return ReadMembers(json, [&](std::string_view name, JsonValue& member) -> absl::Status {
    std::string value;
    RETURN_IF_ERROR(Read(member, value));
    auto at = std::lower_bound(out.data.begin(), out.data.end(), name,
                               [](const auto& pair, std::string_view n) { return pair.first < n; });
    if (at != out.data.end() && at->first == name)
      at->second = std::move(value);
    else
      out.data.emplace(at, std::string(name), std::move(value));
    return absl::OkStatus();
  });
}

absl::Status ReadRow(JsonValue& json, const ParseOptions& options, Parsed<ConfigMap>& out) {
  MetaExtras extras;
  return ReadObject(json, options, out, extras, [&](std::string_view name, JsonValue& member) {
    return name == "data" ? ReadData(member, out.row) : absl::OkStatus();
  });
}

}  // namespace k8s
