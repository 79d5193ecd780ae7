#include "k8s/canonical_json.h"

#include <map>

#include "engine/status_macros.h"
#include "engine/text.h"
#include "io/json_writer.h"

namespace k8s {
namespace {

namespace od = simdjson::ondemand;

absl::Status Append(JsonValue& json, int depth, std::string& out);

absl::Status AppendArray(JsonValue& json, int depth, std::string& out) {
  out += '[';
  bool first = true;
  RETURN_IF_ERROR(ReadElements(json, [&](JsonValue& element) {
    if (!first) out += ',';
    first = false;
    return Append(element, depth, out);
  }));
  out += ']';
  return absl::OkStatus();
}

absl::Status AppendObject(JsonValue& json, int depth, std::string& out) {
  std::map<std::string, std::string, std::less<>> members;
  RETURN_IF_ERROR(ReadMembers(json, [&](std::string_view name, JsonValue& member) {
    std::string& text = members[std::string(name)];
    text.clear();
    return Append(member, depth, text);
  }));
  out += '{';
  for (const auto& [name, text] : members) {
    if (out.back() != '{') out += ',';
    io::AppendJsonString(out, name);
    out += ':';
    out += text;
  }
  out += '}';
  return absl::OkStatus();
}

// A number, true, false or null, as it is written. The parser does not look at it until it is
// asked.
absl::Status AppendToken(JsonValue& json, od::json_type type, std::string& out) {
  const std::string_view token = engine::Trim(json.value.raw_json_token());
  bool yes = false;
  od::number number;
  const bool good = type == od::json_type::null      ? token == "null"
                    : type == od::json_type::boolean ? !json.value.get_bool().get(yes)
                                                     : !json.value.get_number().get(number);
  if (!good) return Complain(json.place, "expected a value");
  out += token;
  return absl::OkStatus();
}

absl::Status Append(JsonValue& json, int depth, std::string& out) {
  od::json_type type;
  if (json.value.type().get(type)) return absl::DataLossError("broken JSON");
  const bool nested = type == od::json_type::object || type == od::json_type::array;
  if (nested && depth >= kCanonicalDepthMax) {
    return Complain(json.place, engine::Cat("nested deeper than ", kCanonicalDepthMax, " levels"));
  }
  if (type == od::json_type::object) return AppendObject(json, depth + 1, out);
  if (type == od::json_type::array) return AppendArray(json, depth + 1, out);
  if (type == od::json_type::string) {
    std::string text;
    RETURN_IF_ERROR(Read(json, text));
    io::AppendJsonString(out, text);
    return absl::OkStatus();
  }
  return AppendToken(json, type, out);
}

}  // namespace

absl::Status ReadCanonical(JsonValue& json, std::string& out) {
  out.clear();
  ASSIGN_OR_RETURN(const bool null, IsNull(json));
  if (null) return absl::OkStatus();
  RETURN_IF_ERROR(Append(json, 0, out));
  out.shrink_to_fit();
  return absl::OkStatus();
}

}  // namespace k8s
