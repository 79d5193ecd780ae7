#include "k8s/kong_plugin.h"

#include "k8s/plugin_spec_reader.h"
#include "k8s/row_readers.h"

namespace k8s {

absl::Status ReadRow(JsonValue& json, const ParseOptions& options, Parsed<KongPlugin>& out) {
  MetaExtras extras;
  return ReadObject(json, options, out, extras, [&](std::string_view name, JsonValue& member) {
    return ReadPluginMember(name, member, out.row.spec);
  });
}

}  // namespace k8s
