// Where a server is: scheme, host, port and a base path. Any thread; a plain value.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace io {

// scheme://host[:port][/base]; IPv6 hosts in brackets. `path` has no trailing slash ("" for the
// root).
struct Url {
  bool tls = false;
  std::string host;  // Without brackets.
  uint16_t port = 0;
  std::string path;
  std::string Text() const;  // With an explicit port; without userinfo.
  // What a Host header says: without the port if it is the scheme's own.
  std::string Authority() const;
  static absl::StatusOr<Url> Parse(
      std::string_view text);  // http and https only; userinfo, query: error.
};

// %41 becomes A; a broken escape stays as it is. In a query a plus is a space.
std::string DecodePercent(std::string_view text, bool plus_is_space);

}  // namespace io
