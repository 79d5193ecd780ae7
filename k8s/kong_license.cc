#include "k8s/kong_license.h"

#include "k8s/row_readers.h"

namespace k8s {

absl::Status ReadRow(JsonValue& json, const ParseOptions& options, Parsed<KongLicense>& out) {
  MetaExtras extras;
  std::string text;
  RETURN_IF_ERROR(
      ReadObject(json, options, out, extras, [&](std::string_view name, JsonValue& member) {
        if (name == "enabled") return Read(member, out.row.enabled);
        if (name == "rawLicenseString") return Read(member, text);
        return absl::OkStatus();
      }));
  out.row.text = SecretBytes(std::move(text));
  return absl::OkStatus();
}

}  // namespace k8s
