// The parts that HTTP requests and answers share: headers, and how a head is written.
//
// Plain values; any thread.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"

namespace io {

// In the order in which they came. Names compare without case.
class Headers {
 public:
  void Add(std::string name, std::string value) {
    all_.emplace_back(std::move(name), std::move(value));
  }
  void Set(std::string name, std::string value);       // Replaces all of that name.
  std::string_view Find(std::string_view name) const;  // The first of that name, or empty.
  const std::vector<std::pair<std::string, std::string>>& all() const { return all_; }

 private:
  std::vector<std::pair<std::string, std::string>> all_;
};

struct HttpHead {
  int status = 0;
  Headers headers;
};

// OK if every name is a token and no value could end its line; the error never shows a value.
absl::Status CheckHeaders(const Headers& headers);

// Appends `Name: value` lines, leaving out those that frame the message, which are the caller's
// own: Connection, Content-Length, Transfer-Encoding and Host.
void AppendHeaderLines(std::string& out, const Headers& headers);

bool IsToken(std::string_view text);  // What a method and a header name are made of.

}  // namespace io
