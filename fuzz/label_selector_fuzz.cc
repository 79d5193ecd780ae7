// Oracle: a label selector as JSON selects what a model over a second parser's tree selects, its
// text does not depend on the order in which it is written, and it is valid as Kubernetes has it.
#include <algorithm>
#include <optional>
#include <string>

#include "engine/assert.h"
#include "engine/text.h"
#include "fuzz/bytes.h"
#include "k8s/json_reader.h"
#include "k8s/listener_reader.h"
#include "nlohmann/json.hpp"

namespace {

using Tree = nlohmann::json;

bool AllTexts(const Tree& tree) {
  return std::all_of(tree.begin(), tree.end(), [](const Tree& each) { return each.is_string(); });
}

// Has every member the type that Kubernetes gives it?
bool Typed(const Tree& tree) {
  if (!tree.is_object()) return false;
  const auto labels = tree.find("matchLabels");
  if (labels != tree.end() && (!labels->is_object() || !AllTexts(*labels))) return false;
  const auto expressions = tree.find("matchExpressions");
  if (expressions == tree.end()) return true;
  return expressions->is_array() &&
         std::all_of(expressions->begin(), expressions->end(), [](const Tree& each) {
           return each.is_object() && each.contains("key") && each["key"].is_string() &&
                  each.contains("operator") && each["operator"].is_string() &&
                  (!each.contains("values") ||
                   (each["values"].is_array() && AllTexts(each["values"])));
         });
}

// Whether the labels {"a": "1", "b": "2"} are meant, if the selector is valid.
bool Means(const Tree& tree) {
  const Tree labels = {{"a", "1"}, {"b", "2"}};
  auto is = [&](const std::string& key, const Tree& value) {
    return labels.contains(key) && labels[key] == value;
  };
  bool all = true;
  if (tree.contains("matchLabels"))
    for (const auto& [key, value] : tree["matchLabels"].items()) all = all && is(key, value);
  if (!tree.contains("matchExpressions")) return all;
  for (const Tree& each : tree["matchExpressions"]) {
    const std::string key = each["key"], what = each["operator"];
    const Tree values = each.contains("values") ? each["values"] : Tree::array();
    const bool in = std::any_of(values.begin(), values.end(),
                                [&](const Tree& value) { return is(key, value); });
    all = all && (what == "In"       ? in
                  : what == "NotIn"  ? !in
                  : what == "Exists" ? labels.contains(key)
                                     : !labels.contains(key));
  }
  return all;
}

absl::Status Read(const Tree& tree, k8s::LabelSelector& out) {
  return k8s::ReadDocument(
      tree.dump(-1, ' ', false, Tree::error_handler_t::replace),
      [&](k8s::JsonValue& json) { return k8s::Read(json, out); });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text = fuzz::TextOf(data, size);
  k8s::LabelSelector selector, turned;
  (void)k8s::ReadDocument(text, [&](k8s::JsonValue& json) { return k8s::Read(json, selector); })
      .ok();
  Tree tree = Tree::parse(text, nullptr, false);
  if (tree.is_discarded() || !Typed(tree)) return 0;
  selector = {};
  CHECK(Read(tree, selector).ok(), "a selector is not read");
  k8s::TextMap labels;
  labels.all = {{engine::Symbol("a"), "1"}, {engine::Symbol("b"), "2"}};
  CHECK(selector.Selects(labels) == (selector.valid && Means(tree)), selector.Text());
  if (tree.contains("matchExpressions")) {
    auto& expressions = tree["matchExpressions"];
    std::reverse(expressions.begin(), expressions.end());
    for (Tree& each : expressions)
      if (each.contains("values")) std::reverse(each["values"].begin(), each["values"].end());
  }
  CHECK(Read(tree, turned).ok() && turned.Text() == selector.Text(),
        engine::Cat("one selector, two texts: ", selector.Text(), " and ", turned.Text()));
  return 0;
}
