#include "k8s/kong_cluster_plugin.h"

#include "k8s/plugin_spec_reader.h"
#include "k8s/row_readers.h"

namespace k8s {

absl::Status ReadRow(JsonValue& json, const ParseOptions& options, Parsed<KongClusterPlugin>& out) {
  MetaExtras extras;
  RETURN_IF_ERROR(
      ReadObject(json, options, out, extras, [&](std::string_view name, JsonValue& member) {
        return ReadPluginMember(name, member, out.row.spec);
      }));
  out.row.global = extras.global;
  return absl::OkStatus();
}

}  // namespace k8s
