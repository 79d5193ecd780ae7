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
constexpr size_t kDashes = 5;
constexpr size_t kLongestType = 24;  // "ENCRYPTED ", "EC ", and whatever comes.

// Where the first or last line of a private key that starts at `at` with `word` ends; npos if it is
// none. The type has no dashes: a broken line must not borrow the end of the next, nor one that
// lies behind a key that was hidden.
size_t EndOfLine(std::string_view text, size_t at, std::string_view word) {
  const size_t type = at + word.size();
  const size_t tail = text.find(kTail, type);
  if (tail == std::string_view::npos || tail > type + kLongestType) return std::string_view::npos;
  const bool whole = text.substr(type, tail - type).find_first_of("-<") == std::string_view::npos;
  return whole ? tail + kTail.size() : std::string_view::npos;
}

// Where the last line of the key ends whose first one ends at `from`; npos if it never does.
size_t EndOfKey(std::string_view text, size_t from) {
  for (size_t at = text.find(kEnd, from); at != std::string_view::npos;
       at = text.find(kEnd, at + kEnd.size())) {
    if (const size_t end = EndOfLine(text, at, kEnd); end != std::string_view::npos) return end;
  }
  return std::string_view::npos;
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
    const size_t header = EndOfLine(text, begin, kBegin);
    if (header == std::string::npos) {
      begin += kBegin.size();
      continue;
    }
    if (begin > done) out.append(text, done, begin - done);
    out += "<private key>";
    const size_t end = EndOfKey(text, header);
    if (end == std::string::npos) return out;
    done = end;
    begin = end - kDashes;  // A next key may begin with the dashes that this one ends with.
  }
  return out.append(text, done);
}

}  // namespace kong
