#include "kong/schema_value.h"

#include <re2/re2.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/status_macros.h"
#include "engine/text.h"
#include "io/json_writer.h"
#include "kong/entity.h"
#include "kong/fragment.h"
#include "kong/validity.h"

namespace kong {
namespace {

using engine::Cat;
using engine::InvalidArgument;
using simdjson::dom::element;
using simdjson::dom::element_type;

constexpr double kWholeMax = 9007199254740992.0;  // 2^53: beyond it doubles skip integers.

bool IsEmptyList(element value) {
  return (value.is_array() && value.get_array().value_unsafe().size() == 0) ||
         (value.is_object() && value.get_object().value_unsafe().size() == 0);
}

std::string_view TextOf(element value) {
  std::string_view text;
  return value.get_string().get(text) == simdjson::SUCCESS ? text : std::string_view();
}

std::vector<std::pair<std::string_view, element>> MembersOf(simdjson::dom::object object) {
  std::vector<std::pair<std::string_view, element>> members;
  members.reserve(object.size());
  for (simdjson::dom::key_value_pair member : object)
    members.emplace_back(member.key, member.value);
  auto before = [](const auto& a, const auto& b) { return a.first < b.first; };
  if (!std::is_sorted(members.begin(), members.end(), before))
    std::stable_sort(members.begin(), members.end(), before);
  return members;
}

void AppendNumber(std::string& out, double value) {
  if (std::floor(value) == value && std::abs(value) < kWholeMax) {
    engine::Append(out, static_cast<int64_t>(value));
  } else {
    io::AppendJsonDouble(out, value);
  }
}

std::string Listed(const std::vector<std::string>& texts) {
  std::string out;
  for (const std::string& text : texts) out += Cat(out.empty() ? "" : ", ", text);
  return out;
}

std::string Shown(double number) {
  std::string out;
  AppendNumber(out, number);
  return out;
}

// Numbers by value, everything else by its text.
bool Before(const std::string& a, const std::string& b) {
  const auto x = engine::ParseInt(a), y = engine::ParseInt(b);
  return x && y ? *x < *y : a < b;
}

bool Finds(const SchemaPattern& pattern, std::string_view text) {
  return pattern.twin == nullptr ||
         RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), *pattern.twin);
}

bool IsVaultReference(std::string_view text) {
  return text.starts_with("{vault://") && text.ends_with('}');
}

// Who stores an entity keeps these.
bool IsKeepersOwn(std::string_view name) {
  return name == "created_at" || name == "updated_at" || name == "ws_id";
}

}  // namespace

template <class... Parts>
absl::Status SchemaWriter::Fault(const Parts&... parts) const {
  std::string path;
  for (std::string_view name : path_) path += Cat(path.empty() ? "" : ".", name);
  return InvalidArgument(path.empty() ? "" : "field ", path, path.empty() ? "" : " ", parts...);
}

absl::Status SchemaWriter::WriteEntity(const SchemaRecord& schema, simdjson::dom::object given,
                                       const std::vector<DerivedField>& derived) {
  derived_ = &derived;
  return WriteRecord(schema, MembersOf(given));
}

absl::Status SchemaWriter::Unknown(const Member& member) const {
  if (!judges_ || (path_.empty() && IsKeepersOwn(member.first))) return absl::OkStatus();
  return Fault("has a member ", member.first,
               ", which Kong's schema does not know: remove it, or make a bundle of the schemas of "
               "the Kong that knows it (kdelta schemas)");
}

absl::Status SchemaWriter::WriteRecord(const SchemaRecord& schema, const Members& members) {
  auto next = members.begin();
  char separator = '{';
  for (const SchemaField& field : schema.fields) {
    for (; next != members.end() && next->first < field.name; ++next)
      RETURN_IF_ERROR(Unknown(*next));
    const element* given = nullptr;
    for (; next != members.end() && next->first == field.name; ++next) given = &next->second;
    if (field.transient) continue;
    out_ += separator;
    separator = ',';
    io::AppendJsonString(out_, field.name);
    out_ += ':';
    path_.push_back(field.name);
    RETURN_IF_ERROR(WriteField(field, given));
    path_.pop_back();
  }
  for (; next != members.end(); ++next) RETURN_IF_ERROR(Unknown(*next));
  out_ += separator == '{' ? "{}" : "}";
  return absl::OkStatus();
}

absl::Status SchemaWriter::WriteField(const SchemaField& field, const element* given) {
  const DerivedField* derived = nullptr;
  if (path_.size() == 1 && derived_ != nullptr) {
    for (const DerivedField& one : *derived_) derived = one.name == field.name ? &one : derived;
  }
  const size_t start = out_.size();
  if (given != nullptr) {
    RETURN_IF_ERROR(WriteValue(field, *given));
  } else if (derived == nullptr) {
    RETURN_IF_ERROR(WriteAbsent(field));
  }
  if (derived != nullptr) out_.replace(start, std::string::npos, derived->json);
  return absl::OkStatus();
}

absl::Status SchemaWriter::WriteAbsent(const SchemaField& field) {
  if (!field.absent_json.empty()) return out_ += field.absent_json, absl::OkStatus();
  if (!judges_) return out_ += "null", absl::OkStatus();
  if (field.random)
    return Fault(
        "is missing: Kong would make up a random value, and every gateway another; set it");
  if (field.record != nullptr) return WriteRecord(*field.record, {});
  return Fault("is missing: it is required; set it");
}

absl::Status SchemaWriter::WriteValue(const SchemaField& field, element given) {
  if (given.is_null()) {
    if (judges_ && field.required) return Fault("is null: it is required; set it, or leave it out");
    return out_ += "null", absl::OkStatus();
  }
  const size_t start = out_.size();
  RETURN_IF_ERROR(WriteGiven(field, given));
  return judges_ ? JudgeChoice(field, std::string_view(out_).substr(start)) : absl::OkStatus();
}

absl::Status SchemaWriter::WriteGiven(const SchemaField& field, element given) {
  switch (field.type) {
    case FieldType::kString:
      return WriteString(field, given);
    case FieldType::kInteger:
    case FieldType::kNumber:
      return WriteNumber(field, given);
    case FieldType::kBoolean:
      if (!given.is_bool()) return Fault("must be true or false");
      return out_ += given.get_bool().value_unsafe() ? "true" : "false", absl::OkStatus();
    case FieldType::kArray:
    case FieldType::kSet:
      return WriteList(field, given);
    case FieldType::kMap:
      return WriteMap(field, given);
    case FieldType::kForeign:
      return WriteForeign(field, given);
    case FieldType::kRecord:
      if (!given.is_object() && !IsEmptyList(given)) return Fault("must be a map of fields");
      if (field.record == nullptr) break;
      return WriteRecord(*field.record, given.is_object()
                                            ? MembersOf(given.get_object().value_unsafe())
                                            : Members());
    case FieldType::kAny:
    case FieldType::kJson:
      break;
  }
  AppendCanonical(out_, given);
  return absl::OkStatus();
}

absl::Status SchemaWriter::WriteString(const SchemaField& field, element given) {
  std::string_view text;
  if (given.get_string().get(text) != simdjson::SUCCESS) return Fault("must be a string");
  io::AppendJsonString(out_, text);
  if (!judges_ || (field.referenceable && IsVaultReference(text))) return absl::OkStatus();
  return JudgeText(field, text);
}

absl::Status SchemaWriter::WriteNumber(const SchemaField& field, element given) {
  if (!given.is_number()) return Fault("must be a number");
  int64_t whole = 0;
  double number = given.get_double().value_unsafe();
  if (given.get_int64().get(whole) == simdjson::SUCCESS) {
    engine::Append(out_, whole);
    number = static_cast<double>(whole);
  } else {
    AppendNumber(out_, number);
  }
  if (!judges_) return absl::OkStatus();
  if (field.type == FieldType::kInteger && std::floor(number) != number)
    return Fault("must be a whole number");
  if ((field.least && number < *field.least) || (field.most && number > *field.most)) {
    return Fault("must be between ", Shown(field.least.value_or(0)), " and ",
                 Shown(field.most.value_or(std::numeric_limits<double>::infinity())));
  }
  if (field.above && number <= *field.above) return Fault("must be above ", Shown(*field.above));
  return absl::OkStatus();
}

absl::Status SchemaWriter::WriteList(const SchemaField& field, element given) {
  if (!given.is_array() && !IsEmptyList(given)) return Fault("must be a list");
  std::vector<std::string> texts;
  if (given.is_array()) {
    const simdjson::dom::array list = given.get_array().value_unsafe();
    for (element one : list) {
      const size_t start = out_.size();
      RETURN_IF_ERROR(WriteValue(*field.element, one));
      texts.push_back(out_.substr(start));
      out_.resize(start);
    }
  }
  if (field.type == FieldType::kSet) {
    std::sort(texts.begin(), texts.end(), Before);
    texts.erase(std::unique(texts.begin(), texts.end()), texts.end());
  }
  if (judges_) {
    RETURN_IF_ERROR(JudgeLength(field, texts.size(), 0));
    RETURN_IF_ERROR(JudgeSubsets(field, texts));
  }
  out_ += '[';
  for (size_t at = 0; at < texts.size(); ++at) out_.append(at == 0 ? "" : ",").append(texts[at]);
  out_ += ']';
  return absl::OkStatus();
}

absl::Status SchemaWriter::WriteMap(const SchemaField& field, element given) {
  if (!given.is_object() && !IsEmptyList(given)) return Fault("must be a map");
  const Members members =
      given.is_object() ? MembersOf(given.get_object().value_unsafe()) : Members();
  if (judges_) RETURN_IF_ERROR(JudgeLength(field, members.size(), 0));
  out_ += '{';
  for (const Member& member : members) {
    if (&member != &members.front()) out_ += ',';
    path_.push_back(member.first);
    io::AppendJsonString(out_, member.first);
    out_ += ':';
    if (judges_ && field.key != nullptr) RETURN_IF_ERROR(JudgeText(*field.key, member.first));
    if (field.value == nullptr) {
      AppendCanonical(out_, member.second);
    } else {
      RETURN_IF_ERROR(WriteValue(*field.value, member.second));
    }
    path_.pop_back();
  }
  out_ += '}';
  return absl::OkStatus();
}

absl::Status SchemaWriter::WriteForeign(const SchemaField& field, element given) {
  std::string_view text = TextOf(given);
  element id, name;
  if (given.is_object() && given.at_key("id").get(id) == simdjson::SUCCESS) {
    text = TextOf(id);
  } else if (given.is_object() && given.at_key("name").get(name) == simdjson::SUCCESS) {
    text = TextOf(name);
  }
  if (text.empty()) return Fault("must say which of the ", field.foreign, " is meant, by its id");
  out_ += R"({"id":)";
  const auto parsed = EntityId::Parse(text);
  io::AppendJsonString(out_, parsed ? parsed->text() : DeriveId(field.foreign, text).text());
  out_ += '}';
  return absl::OkStatus();
}

absl::Status SchemaWriter::JudgeText(const SchemaField& field, std::string_view text) const {
  RETURN_IF_ERROR(JudgeLength(field, text.size(), 1));
  if (!text.starts_with(field.start)) return Fault("must start with ", field.start);
  if (field.uuid && !EntityId::Parse(text)) return Fault("must be a UUID");
  for (const SchemaPattern& pattern : field.all) {
    if (!Finds(pattern, text)) return Fault("must match the Lua pattern ", pattern.lua);
  }
  for (const SchemaPattern& pattern : field.none) {
    if (pattern.twin != nullptr && Finds(pattern, text))
      return Fault("must not match the Lua pattern ", pattern.lua);
  }
  if (!field.any.empty() &&
      std::none_of(field.any.begin(), field.any.end(),
                   [&](const SchemaPattern& pattern) { return Finds(pattern, text); })) {
    return Fault("must match the Lua pattern ", field.any.front().lua, " or one of ",
                 field.any.size() - 1, " others");
  }
  if (field.regex && !JudgeRegex(text).empty()) return Fault("must be a regular expression");
  return absl::OkStatus();
}

absl::Status SchemaWriter::JudgeLength(const SchemaField& field, size_t length,
                                       size_t least) const {
  least = field.length_min.value_or(least);
  if (length < least) return Fault("is too short: at least ", least, " of what it is made of");
  if (field.length_max && length > *field.length_max)
    return Fault("is too long: at most ", *field.length_max, " of what it is made of");
  if (field.length && length != *field.length)
    return Fault("must have a length of ", *field.length);
  return absl::OkStatus();
}

absl::Status SchemaWriter::JudgeChoice(const SchemaField& field, std::string_view json) const {
  auto lists = [&](const std::vector<std::string>& texts) {
    return std::find(texts.begin(), texts.end(), json) != texts.end();
  };
  if (!field.one_of.empty() && !lists(field.one_of))
    return Fault("must be one of ", Listed(field.one_of));
  if (lists(field.not_of)) return Fault("must not be one of ", Listed(field.not_of));
  if (!field.equal.empty() && json != field.equal) return Fault("must be ", field.equal);
  return absl::OkStatus();
}

absl::Status SchemaWriter::JudgeSubsets(const SchemaField& field,
                                        const std::vector<std::string>& values) const {
  const auto touched = std::count_if(
      field.exclusive.begin(), field.exclusive.end(), [&](const std::vector<std::string>& subset) {
        return std::find_first_of(values.begin(), values.end(), subset.begin(), subset.end()) !=
               values.end();
      });
  return touched > 1 ? Fault("holds values that exclude each other") : absl::OkStatus();
}

void AppendCanonical(std::string& out, element value) {
  if (value.is_object()) {
    out += '{';
    bool first = true;
    for (const auto& [name, member] : MembersOf(value.get_object().value_unsafe())) {
      if (!first) out += ',';
      first = false;
      io::AppendJsonString(out, name);
      out += ':';
      AppendCanonical(out, member);
    }
    out += '}';
  } else if (value.is_array()) {
    out += '[';
    bool first = true;
    const simdjson::dom::array list = value.get_array().value_unsafe();
    for (element one : list) {
      if (!first) out += ',';
      first = false;
      AppendCanonical(out, one);
    }
    out += ']';
  } else if (value.is_string()) {
    io::AppendJsonString(out, value.get_string().value_unsafe());
  } else if (value.is_double()) {
    AppendNumber(out, value.get_double().value_unsafe());
  } else {
    out += simdjson::minify(value);
  }
}

absl::StatusOr<element> ParseValue(std::string_view json, std::string_view what) {
  thread_local simdjson::dom::parser parser;
  if (parser.max_depth() != kFragmentDepthMax &&
      parser.allocate(4096, kFragmentDepthMax) != simdjson::SUCCESS)
    return engine::Internal("no memory for a JSON parser");
  element root;
  if (auto error = parser.parse(json.data(), json.size()).get(root))
    return InvalidArgument(what, " is not JSON: ", simdjson::error_message(error));
  return root;
}

absl::Status SettleAbsent(SchemaField& field) {
  std::string out;
  SchemaWriter writer(out, SchemaWriter::Input::kWritten);
  const bool made = field.automatic && field.default_json.empty();
  if (field.random || (made && field.type == FieldType::kString)) {
    field.random = !field.uuid && field.name != "id";
    return absl::OkStatus();
  }
  if (!field.default_json.empty()) {
    ASSIGN_OR_RETURN(element value, ParseValue(field.default_json, "the default"));
    RETURN_IF_ERROR(SchemaWriter(out, SchemaWriter::Input::kStored).WriteValue(field, value));
    field.absent_json = std::move(out);
  } else if (field.type == FieldType::kRecord && field.required && field.record != nullptr) {
    const absl::Status status = writer.WriteValue(field, *ParseValue("{}", ""));
    if (status.ok()) field.absent_json = std::move(out);
  } else if (!field.required) {
    field.absent_json = "null";
  }
  return absl::OkStatus();
}

}  // namespace kong
