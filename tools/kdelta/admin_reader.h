// Reads a Kong's Admin API from a command: one request after the other, each waited for.
//
// For programs that end when they have what they came for; the controller never waits like this.
// Single thread; owns its loop. Errors name the URL, and never show a header.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "io/http_client.h"

namespace kdelta {

class AdminReader {
 public:
  // `url` is of the Admin API, with a path if it stands behind one; `token` goes into the header
  // Kong-Admin-Token if it is not empty.
  static absl::StatusOr<std::unique_ptr<AdminReader>> Open(std::string_view url,
                                                           std::string token = "");
  // The body of the answer if its status is 200; NotFound if it is 404 or 405.
  absl::StatusOr<std::string> Get(const std::string& target);
  std::string Text() const { return url_.Text(); }

 private:
  AdminReader(io::Url url, std::string token) : url_(std::move(url)), token_(std::move(token)) {}
  io::Url url_;
  std::string token_;
  io::Loop loop_;
  std::unique_ptr<io::HttpClient> client_;
};

bool IsUrl(std::string_view text);

}  // namespace kdelta
