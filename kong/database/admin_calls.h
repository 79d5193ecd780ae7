// Calls to the Admin API of one Kong, as many at a time as are asked for.
//
// Adds what every call needs: headers, the token, the workspace's prefix, deadlines. A call lives
// until it was answered; when this is destroyed nothing is called back. Loop thread only.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "io/http_client.h"

namespace kong {

struct AdminOptions {
  io::Headers headers;                       // --kong-admin-header; never shown.
  std::function<std::string()> admin_token;  // Asked before each call; null: there is none.
  std::string workspace;                     // --kong-workspace; empty: the default one.
  absl::Duration timeout = absl::Seconds(10);
  size_t answer_bytes_max = 64 << 20;  // A page of 1,000 large rows.
};

struct AdminCall {
  std::string method = "GET";
  std::string target = "/";  // Without the workspace.
  std::string body;          // JSON; empty: none.
  bool of_all = false;       // Of no workspace, as what Kong is.
};

class AdminCalls {
 public:
  using Then = absl::AnyInvocable<void(absl::StatusOr<io::HttpResponse>)>;

  explicit AdminCalls(AdminOptions options) : options_(std::move(options)) {}
  // What was under way with another is forgotten.
  void Use(io::HttpClient* client);
  void Send(AdminCall call, Then then);
  const std::string& workspace() const { return options_.workspace; }

 private:
  const AdminOptions options_;
  io::HttpClient* client_ = nullptr;
  uint64_t next_ = 0;
  std::map<uint64_t, std::unique_ptr<io::HttpCall>> calls_;
};

}  // namespace kong
