#include "k8s/selector.h"

#include <algorithm>
#include <cctype>

#include "engine/status_macros.h"
#include "engine/text.h"
#include "k8s/listener_reader.h"

namespace k8s {

using Operator = LabelRequirement::Operator;

static absl::Status Read(JsonValue& json, Operator& out) {
  std::optional<std::string_view> text;
  RETURN_IF_ERROR(ReadText(json, text));
  out = !text                     ? Operator::kInvalid
        : *text == "In"           ? Operator::kIn
        : *text == "NotIn"        ? Operator::kNotIn
        : *text == "Exists"       ? Operator::kExists
        : *text == "DoesNotExist" ? Operator::kDoesNotExist
                                  : Operator::kInvalid;
  return absl::OkStatus();
}

static absl::Status Read(JsonValue& json, LabelRequirement& out) {
  RETURN_IF_ERROR(ReadMembers(json, [&](std::string_view name, JsonValue& member) {
    if (name == "key") return Read(member, out.key);
    if (name == "operator") return Read(member, out.is);
    if (name == "values") return Read(member, out.values);
    return absl::OkStatus();
  }));
  std::sort(out.values.begin(), out.values.end());
  return absl::OkStatus();
}

static std::string TextOf(const LabelRequirement& requirement) {
  std::string values;
  for (const std::string& value : requirement.values) {
    if (!values.empty()) values += ',';
    values += value;
  }
  switch (requirement.is) {
    case Operator::kIn:
      return engine::Cat(requirement.key, " in (", values, ')');
    case Operator::kNotIn:
      return engine::Cat(requirement.key, " notin (", values, ')');
    case Operator::kExists:
      return std::string(requirement.key.text());
    case Operator::kDoesNotExist:
      return engine::Cat('!', requirement.key);
    case Operator::kInvalid:
      break;
  }
  return "(invalid)";
}

static bool IsLabelText(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](unsigned char c) {
    return std::isalnum(c) || c == '-' || c == '_' || c == '.' || c == '/';
  });
}

static bool IsValid(const LabelRequirement& requirement) {
  const bool sets = requirement.is == Operator::kIn || requirement.is == Operator::kNotIn;
  return requirement.is != Operator::kInvalid && requirement.key &&
         sets != requirement.values.empty() && IsLabelText(requirement.key.text()) &&
         std::all_of(requirement.values.begin(), requirement.values.end(), IsLabelText);
}

// A list replaces what an earlier member of its name said; labels and expressions stand side by
// side.
absl::Status Read(JsonValue& json, LabelSelector& out) {
  std::vector<LabelRequirement> labels, expressions;
  RETURN_IF_ERROR(ReadMembers(json, [&](std::string_view name, JsonValue& member) {
    if (name == "matchExpressions") return Read(member, expressions);
    if (name != "matchLabels") return absl::OkStatus();
    return ReadMembers(member, [&](std::string_view key, JsonValue& value) -> absl::Status {
      LabelRequirement& label = labels.emplace_back();
      label.key = engine::Symbol(key);
      label.is = Operator::kIn;
      return Read(value, label.values.emplace_back());
    });
  }));
  out.requirements = std::move(labels);
  for (LabelRequirement& expression : expressions)
    out.requirements.push_back(std::move(expression));
  out.valid = std::all_of(out.requirements.begin(), out.requirements.end(), IsValid);
  if (!out.valid) out.requirements.clear();
  std::sort(out.requirements.begin(), out.requirements.end(),
            [](const auto& a, const auto& b) { return TextOf(a) < TextOf(b); });
  return absl::OkStatus();
}

static bool IsMet(const LabelRequirement& requirement, const TextMap& labels) {
  const std::string* value = labels.Find(requirement.key);
  const bool listed = value && std::find(requirement.values.begin(), requirement.values.end(),
                                         *value) != requirement.values.end();
  switch (requirement.is) {
    case Operator::kIn:
      return listed;
    case Operator::kNotIn:
      return !listed;  // Also without the label.
    case Operator::kExists:
      return value != nullptr;
    case Operator::kDoesNotExist:
      return value == nullptr;
    case Operator::kInvalid:
      break;
  }
  return false;
}

bool LabelSelector::Selects(const TextMap& labels) const {
  return valid && std::all_of(requirements.begin(), requirements.end(),
                              [&](const auto& each) { return IsMet(each, labels); });
}

std::string LabelSelector::Text() const {
  std::string text = valid ? "" : "(invalid)";
  for (const LabelRequirement& requirement : requirements) {
    if (!text.empty()) text += ',';
    text += TextOf(requirement);
  }
  return text;
}

}  // namespace k8s
