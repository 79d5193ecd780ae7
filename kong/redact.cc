#include "kong/redact.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <string_view>

namespace kong {
namespace {

constexpr std::string_view kBegin = "-----BEGIN ";
constexpr std::string_view kEnd = "-----END ";
constexpr std::string_view kTail = "PRIVATE KEY-----";
constexpr size_t kLongestType = 24;  // "ENCRYPTED ", "EC ", and whatever comes.

// Where the header line that starts at `begin` ends if it is a private key's; else npos.
size_t EndOfHeader(std::string_view text, size_t begin) {
  const size_t tail = text.find(kTail, begin + kBegin.size());
  if (tail == std::string_view::npos || tail > begin + kBegin.size() + kLongestType)
    return std::string_view::npos;
  return tail + kTail.size();
}

// Members that tell an entity apart, or say what kind of secret it has.
constexpr std::array<std::string_view, 15> kShown = {
    "algorithm", "consumer",      "consumer_group", "enabled",  "group",
    "id",        "instance_name", "name",           "ordering", "prefix",
    "protocols", "route",         "service",        "tags",     "username"};

}  // namespace

std::string ShownJson(const Entity& entity) {
  if (!entity.secret) return entity.json;
  nlohmann::json shown = nlohmann::json::parse(entity.json, nullptr, false);
  if (!shown.is_object()) return "<redacted>";
  for (auto& [member, value] : shown.items()) {
    if (std::find(kShown.begin(), kShown.end(), member) == kShown.end()) value = "<redacted>";
  }
  return shown.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string WithoutPrivateKeys(std::string text) {
  if (text.find(kTail) == std::string::npos) return text;
  std::string out;
  size_t done = 0;
  for (size_t begin = text.find(kBegin); begin != std::string::npos;
       begin = text.find(kBegin, begin)) {
    const size_t header = EndOfHeader(text, begin);
    if (header == std::string::npos) {
      begin += kBegin.size();
      continue;
    }
    out.append(text, done, begin - done);
    out += "<private key>";
    const size_t end = text.find(kEnd, header);
    const size_t tail = end == std::string::npos ? end : text.find(kTail, end);
    if (tail == std::string::npos) return out;
    done = begin = tail + kTail.size();
  }
  return out.append(text, done);
}

}  // namespace kong
