#include "io/http_message.h"

#include <algorithm>
#include <array>

#include "engine/text.h"

namespace io {
namespace {

constexpr std::array<std::string_view, 4> kFraming = {"Connection", "Content-Length",
                                                      "Transfer-Encoding", "Host"};

bool IsFraming(std::string_view name) {
  return std::any_of(kFraming.begin(), kFraming.end(), [name](std::string_view framing) {
    return engine::EqualIgnoringCase(name, framing);
  });
}

bool IsTokenCharacter(char c) {
  const bool alphanumeric =
      (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  return alphanumeric || std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

}  // namespace

void Headers::Set(std::string name, std::string value) {
  std::erase_if(all_,
                [&](const auto& entry) { return engine::EqualIgnoringCase(entry.first, name); });
  Add(std::move(name), std::move(value));
}

std::string_view Headers::Find(std::string_view name) const {
  for (const auto& [key, value] : all_) {
    if (engine::EqualIgnoringCase(key, name)) return value;
  }
  return {};
}

bool IsToken(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), IsTokenCharacter);
}

absl::Status CheckHeaders(const Headers& headers) {
  for (const auto& [name, value] : headers.all()) {
    if (!IsToken(name)) return engine::InvalidArgument("a header name is not a token");
    if (value.find_first_of(std::string_view("\r\n\0", 3)) != std::string::npos) {
      return engine::InvalidArgument("header ", name, " holds a line break or a NUL");
    }
  }
  return absl::OkStatus();
}

void AppendHeaderLines(std::string& out, const Headers& headers) {
  for (const auto& [name, value] : headers.all()) {
    if (IsFraming(name)) continue;
    out += name;
    out += ": ";
    out += value;
    out += "\r\n";
  }
}

}  // namespace io
