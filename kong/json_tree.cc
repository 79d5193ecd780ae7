#include "kong/json_tree.h"

#include "engine/text.h"

namespace kong {

std::optional<Json> ParseJson(std::string_view text, int max_depth) {
  // The library takes a NUL for the end of the text, whatever stands behind it.
  if (text.find('\0') != std::string_view::npos) return std::nullopt;
  bool too_deep = false;
  auto watch_depth = [&](int depth, Json::parse_event_t, Json&) {
    too_deep |= depth > max_depth;
    return !too_deep;
  };
  Json tree = Json::parse(text.begin(), text.end(), watch_depth, /*allow_exceptions=*/false);
  if (too_deep || tree.is_discarded()) return std::nullopt;
  return tree;
}

std::string DumpJson(const Json& tree) {
  return tree.dump(-1, ' ', /*ensure_ascii=*/false, Json::error_handler_t::replace);
}

const Json& At(const Json& tree, std::string_view member) {
  static const Json null;
  if (!tree.is_object()) return null;
  auto found = tree.find(member);
  return found == tree.end() ? null : *found;
}

std::string_view Text(const Json& value) {
  const std::string* text = value.get_ptr<const std::string*>();
  return text == nullptr ? std::string_view() : std::string_view(*text);
}

std::string_view TextAt(const Json& tree, std::string_view member) {
  return Text(At(tree, member));
}

bool IsSet(const Json& tree, std::string_view member) { return !At(tree, member).is_null(); }

const Json& AtPath(const Json& tree, std::string_view dotted) {
  const Json* at = &tree;
  for (std::string_view member : engine::Split(dotted, '.')) at = &At(*at, member);
  return *at;
}

bool Allows(const Json& array, const Json& value) {
  if (!array.is_array()) return false;
  for (const Json& element : array) {
    if (element == value) return true;
  }
  return false;
}

}  // namespace kong
