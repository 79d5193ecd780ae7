// A plugin's configuration, put together: its own, or that of a Secret, and patches from Secrets.
//
// A value of a Secret is JSON (a whole configuration also YAML). A patch puts a value at a JSON
// pointer, as the operation "add" of RFC 6902 does, and makes the objects that lead there; the
// empty pointer stands for the whole. Errors name the Secret and the key, never the value. Pure;
// any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "k8s/kong_plugin.h"
#include "k8s/secret.h"

namespace kong {

// The Secret of that name; null if there is none.
using SecretLookup = absl::FunctionRef<const k8s::Secret*(const k8s::NamespacedName&)>;

struct PluginConfig {
  std::string json;     // Canonical; empty: not said.
  bool secret = false;  // Some of it comes from a Secret.
};

// `ns` is the plugin's, empty for a cluster plugin.
absl::StatusOr<PluginConfig> AssembleConfig(const k8s::PluginSpec& spec, engine::Symbol ns,
                                            SecretLookup find);

// The Secret that holds a part of the configuration of a plugin of namespace `ns`.
k8s::NamespacedName SecretOf(const k8s::SecretKeyRef& from, engine::Symbol ns);

// Exposed for tests: `value` is put at `pointer` of `document`, both JSON.
absl::StatusOr<std::string> PatchJson(std::string_view document, std::string_view pointer,
                                      std::string_view value);

}  // namespace kong
