// Requests to the Kubernetes API: whose they are, where they go, and what they accept.
//
// One per API server, over an HttpClient that the caller owns. A token file is read again at most
// ten seconds after it was rotated. Answers are asked for without compression, because they come
// over a cluster's own network and our time is dearer. Clock thread only; outlives the calls that
// it makes.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "io/clock.h"
#include "io/http_client.h"
#include "io/rotating_file.h"
#include "k8s/resource_type.h"

namespace k8s {

// Who we are, beside a client certificate (which belongs to the TLS context). At most one is set.
struct Credentials {
  std::string token;
  std::string token_file;
};

struct ApiRequest {
  ResourceType type;
  std::string ns;    // Empty: all namespaces, or an object of the cluster.
  std::string name;  // Empty: the collection.
  std::vector<std::pair<std::string, std::string>> query;  // Not yet percent-encoded.
  bool metadata_only = false;
  bool watch = false;  // Says what `metadata_only` names: events of objects, or a list.
};

// Letters, digits and -._~ stay; every other byte becomes %XX.
std::string PercentEncode(std::string_view text);

class ApiClient {
 public:
  ApiClient(io::HttpClient& http, io::Clock& clock, Credentials credentials, std::string user_agent)
      : http_(http),
        clock_(clock),
        credentials_(std::move(credentials)),
        user_agent_(std::move(user_agent)) {
    if (!credentials_.token_file.empty()) token_file_.emplace(clock, credentials_.token_file);
  }

  // As HttpClient::Fetch; that the token cannot be read comes through on_done too.
  [[nodiscard]] std::unique_ptr<io::HttpCall> Get(const ApiRequest& request,
                                                  io::HttpDeadlines deadlines,
                                                  io::HttpCallbacks callbacks);

  // The same for writes: of a new object into the collection, and of some fields of an object. What
  // the server has afterwards is the answer.
  [[nodiscard]] std::unique_ptr<io::HttpCall> Create(const ApiRequest& request, std::string json,
                                                     io::HttpDeadlines deadlines,
                                                     io::HttpCallbacks callbacks);
  [[nodiscard]] std::unique_ptr<io::HttpCall> MergePatch(const ApiRequest& request,
                                                         std::string json,
                                                         io::HttpDeadlines deadlines,
                                                         io::HttpCallbacks callbacks);

  static std::string Target(const ApiRequest& request);  // Path and query.

 private:
  std::unique_ptr<io::HttpCall> Send(const ApiRequest& request, io::HttpRequest http,
                                     io::HttpDeadlines deadlines, io::HttpCallbacks callbacks);
  absl::StatusOr<std::string> Token();

  io::HttpClient& http_;
  io::Clock& clock_;
  const Credentials credentials_;
  const std::string user_agent_;
  std::optional<io::RotatingFile> token_file_;
};

}  // namespace k8s
