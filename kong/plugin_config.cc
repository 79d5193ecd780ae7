#include "kong/plugin_config.h"

#include <charconv>
#include <nlohmann/json.hpp>
#include <vector>

#include "engine/status_macros.h"
#include "engine/text.h"
#include "io/yaml.h"
#include "kong/json_tree.h"

namespace kong {
namespace {

using engine::Cat;
using engine::InvalidArgument;
using nlohmann::json;

constexpr size_t kDepthMax = 64;  // Of a value, so that no recursion of a library goes deep.

// Null if it is not JSON, or nested too deep to be touched.
std::optional<json> ParseBounded(std::string_view text) {
  return ParseJson(text, static_cast<int>(kDepthMax));
}

std::string Canonical(const json& value) {
  return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

// The tokens of a JSON pointer, unescaped.
absl::StatusOr<std::vector<std::string>> TokensOf(std::string_view pointer) {
  std::vector<std::string> tokens;
  if (pointer.empty()) return tokens;
  if (pointer.front() != '/')
    return InvalidArgument("configPatches: the path ", pointer, " does not begin with /");
  for (std::string_view part : engine::Split(pointer.substr(1), '/')) {
    std::string& token = tokens.emplace_back();
    for (size_t i = 0; i < part.size(); ++i) {
      const bool escaped = part[i] == '~' && i + 1 < part.size();
      if (part[i] == '~' && (!escaped || (part[i + 1] != '0' && part[i + 1] != '1')))
        return InvalidArgument("configPatches: the path ", pointer,
                               " has a ~ that escapes nothing");
      token += escaped ? (part[++i] == '0' ? '~' : '/') : part[i];
    }
  }
  if (tokens.size() > kDepthMax) return InvalidArgument("configPatches: a path is too deep");
  return tokens;
}

// The place of an array that a token names: an index up to its size, or - for its end.
std::optional<size_t> PlaceIn(const json& array, std::string_view token) {
  if (token == "-") return array.size();
  size_t index = 0;
  auto [end, error] = std::from_chars(token.data(), token.data() + token.size(), index);
  const bool whole = error == std::errc() && end == token.data() + token.size();
  const bool plain = token == "0" || (!token.empty() && token.front() != '0');
  if (!whole || !plain || index > array.size()) return std::nullopt;
  return index;
}

absl::Status AddAt(json& document, std::string_view pointer, json value) {
  ASSIGN_OR_RETURN(const std::vector<std::string> tokens, TokensOf(pointer));
  if (tokens.empty()) {
    document = std::move(value);
    return absl::OkStatus();
  }
  auto nowhere = [&] {
    return InvalidArgument("configPatches: the path ", pointer,
                           " leads nowhere in the configuration");
  };
  json* at = &document;
  for (size_t i = 0; i + 1 < tokens.size(); ++i) {
    if (at->is_null()) *at = json::object();
    if (at->is_array()) {
      std::optional<size_t> place = PlaceIn(*at, tokens[i]);
      if (!place || *place == at->size()) return nowhere();
      at = &(*at)[*place];
    } else if (at->is_object()) {
      at = &(*at)[tokens[i]];
    } else {
      return nowhere();
    }
  }
  if (at->is_null()) *at = json::object();
  if (at->is_object()) {
    (*at)[tokens.back()] = std::move(value);
    return absl::OkStatus();
  }
  std::optional<size_t> place = at->is_array() ? PlaceIn(*at, tokens.back()) : std::nullopt;
  if (!place) return nowhere();
  at->insert(at->begin() + static_cast<ptrdiff_t>(*place), std::move(value));
  return absl::OkStatus();
}

// A configuration in which nothing is said is none.
std::string Said(std::string config) { return config == "{}" || config == "null" ? "" : config; }

absl::StatusOr<const std::string*> ValueOf(const k8s::SecretKeyRef& from, engine::Symbol ns,
                                           SecretLookup find) {
  const k8s::NamespacedName id = SecretOf(from, ns);
  const k8s::Secret* secret = find(id);
  if (!secret) return engine::NotFound("Secret ", id, " not found");
  const std::string* value = secret->Find(from.key);
  if (!value) return InvalidArgument("no key '", from.key, "' in secret '", id, "'");
  return value;
}

absl::StatusOr<json> WholeConfig(const k8s::SecretKeyRef& from, engine::Symbol ns,
                                 SecretLookup find) {
  ASSIGN_OR_RETURN(const std::string* text, ValueOf(from, ns, find));
  std::optional<json> config = ParseBounded(*text);
  if (!config) {
    // What is wrong with it is not told: the words would quote it.
    absl::StatusOr<std::vector<io::YamlDocument>> documents =
        io::YamlToJson(*text, "", {.max_bytes = 4 << 20, .max_depth = kDepthMax});
    if (documents.ok() && documents->size() == 1) config = ParseBounded(documents->front().json);
  }
  if (!config || !(config->is_object() || config->is_null())) {
    return InvalidArgument("key '", from.key, "' in secret '", SecretOf(from, ns),
                           "' contains neither valid JSON nor valid YAML");
  }
  return *std::move(config);
}

}  // namespace

k8s::NamespacedName SecretOf(const k8s::SecretKeyRef& from, engine::Symbol ns) {
  return {ns ? ns : from.ns, from.name};
}

absl::StatusOr<PluginConfig> AssembleConfig(const k8s::PluginSpec& spec, engine::Symbol ns,
                                            SecretLookup find) {
  if (spec.config && spec.config_from)
    return InvalidArgument("has both Config and ConfigFrom set; only one of them may be");
  if (spec.config && !spec.config->starts_with('{') && spec.config != "null")
    return InvalidArgument("config must be an object");
  if (spec.config_patches.empty() && !spec.config_from)
    return PluginConfig{Said(spec.config.value_or("null")), false};
  json config = json::object();
  if (spec.config) config = ParseBounded(*spec.config).value_or(json::object());
  if (spec.config_from) {
    ASSIGN_OR_RETURN(config, WholeConfig(*spec.config_from, ns, find));
  }
  for (const k8s::ConfigPatch& patch : spec.config_patches) {
    ASSIGN_OR_RETURN(const std::string* text, ValueOf(patch.from, ns, find));
    std::optional<json> value = ParseBounded(*text);
    if (!value) {
      return InvalidArgument("configPatches: key '", patch.from.key, "' in secret '",
                             SecretOf(patch.from, ns), "' is not JSON; a text needs its quotes");
    }
    RETURN_IF_ERROR(AddAt(config, patch.path, *std::move(value)));
  }
  if (!config.is_object()) return InvalidArgument("the patched configuration is not an object");
  return PluginConfig{Said(Canonical(config)), true};
}

absl::StatusOr<std::string> PatchJson(std::string_view document, std::string_view pointer,
                                      std::string_view value) {
  std::optional<json> into = ParseBounded(document), put = ParseBounded(value);
  if (!into || !put) return InvalidArgument("not JSON");
  RETURN_IF_ERROR(AddAt(*into, pointer, *std::move(put)));
  return Canonical(*into);
}

}  // namespace kong
