#include "k8s/secret.h"

#include <algorithm>

#include "engine/status_macros.h"
#include "k8s/row_readers.h"

namespace k8s {
namespace {

using Data = std::vector<std::pair<std::string, SecretBytes>>;

absl::Status ReadData(JsonValue& json, bool encoded, Data& out) {
  return ReadMembers(json, [&](std::string_view name, JsonValue& member) -> absl::Status {
    std::string bytes;
    RETURN_IF_ERROR(encoded ? ReadBase64(member, bytes) : Read(member, bytes));
    bytes.shrink_to_fit();
    out.emplace_back(name, SecretBytes(std::move(bytes)));
    return absl::OkStatus();
  });
}

// `stringData` goes over `data`, as the API server does it on a write, and of equal keys the last
// stays.
void Merge(Data& data, Data text) {
  std::move(text.begin(), text.end(), std::back_inserter(data));
  std::stable_sort(data.begin(), data.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  auto last = std::unique(data.rbegin(), data.rend(),
                          [](const auto& a, const auto& b) { return a.first == b.first; });
  data.erase(data.begin(), last.base());
  data.shrink_to_fit();
}

}  // namespace

absl::Status ReadRow(JsonValue& json, const ParseOptions& options, Parsed<Secret>& out) {
  MetaExtras extras;
  Data text;
  auto rest = [&](std::string_view name, JsonValue& member) {
    if (name == "type") return Read(member, out.row.type);
    if (name == "data") return ReadData(member, true, out.row.data);
    if (name == "stringData") return ReadData(member, false, text);
    return absl::OkStatus();
  };
  RETURN_IF_ERROR(ReadObject(json, options, out, extras, rest));
  Merge(out.row.data, std::move(text));
  return absl::OkStatus();
}

}  // namespace k8s
