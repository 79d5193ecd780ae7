// Oracle: whatever the bytes, a kubeconfig is read or refused, and a refusal never shows the token,
// password or key that was planted in each of its users.
#include <string>

#include "engine/assert.h"
#include "engine/text.h"
#include "fuzz/bytes.h"
#include "io/yaml.h"
#include "k8s/kubeconfig.h"
#include "nlohmann/json.hpp"

namespace {

constexpr std::string_view kCanary = "c4n4ry";

// The same with a secret in each user; nothing if it has none, or speaks of the canary itself.
std::string Planted(std::string_view text) {
  const auto documents = io::YamlToJson(text, "kubeconfig");
  if (!documents.ok() || documents->empty()) return {};
  if (documents->front().json.find(kCanary) != std::string::npos) return {};
  auto tree = nlohmann::json::parse(documents->front().json, nullptr, false);
  if (!tree.is_object() || !tree.contains("users") || !tree["users"].is_array()) return {};
  for (auto& named : tree["users"]) {
    if (!named.is_object() || !named["user"].is_object()) continue;
    for (const char* member : {"token", "password", "client-key-data"})
      if (named["user"].contains(member)) named["user"][member] = kCanary;
  }
  return tree.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text = fuzz::TextOf(data, size);
  (void)k8s::ParseKubeconfig(text, "/nowhere/config", "").ok();
  const std::string planted = Planted(text);
  if (planted.empty()) return 0;
  const auto access = k8s::ParseKubeconfig(planted, "/nowhere/config", "");
  if (!access.ok())
    CHECK(engine::MessageOf(access.status()).find(kCanary) == std::string::npos,
          "an error shows a secret");
  return 0;
}
