// Reads a Kong's Admin API from a command: one request after the other, each waited for.
//
// For programs that end when they have what they came for; the controller never waits like this.
// Single thread; owns its loop. Errors name the URL, and never show a header.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "io/http_client.h"
#include "io/loop.h"
#include "kong/database/admin_calls.h"
#include "tools/kdelta/flags.h"

namespace kdelta {

class AdminReader {
 public:
  // `url` is of the Admin API, with a path if it stands behind one; the flags say the rest
  // (DeclareAdminFlags).
  static absl::StatusOr<std::unique_ptr<AdminReader>> Open(std::string_view url,
                                                           const Flags& flags);
  // The body of the answer if its status is 200; NotFound if it is 404 or 405. Of the workspace, or
  // of what belongs to none.
  absl::StatusOr<std::string> Get(const std::string& target) { return Get(target, false); }
  absl::StatusOr<std::string> GetOfAll(const std::string& target) { return Get(target, true); }
  std::string Text() const { return url_.Text(); }
  // What is read of a database has all of these; empty: everything is.
  const std::vector<std::string>& tags() const { return tags_; }

 private:
  explicit AdminReader(io::Url url) : url_(std::move(url)) {}
  absl::StatusOr<std::string> Get(const std::string& target, bool of_all);

  io::Url url_;
  std::vector<std::string> tags_;
  io::Loop loop_;
  std::unique_ptr<io::HttpClient> client_;
  std::unique_ptr<kong::AdminCalls> calls_;
};

bool IsUrl(std::string_view text);

}  // namespace kdelta
