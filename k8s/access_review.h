// Whether the cluster lets the bearer of a token read a page of ours: authentication by a
// TokenReview, authorization by a SubjectAccessReview on the path.
//
// That is what kube-rbac-proxy and controller-runtime's metrics filter ask. A verdict is kept for a
// minute, a refusal for ten seconds, so a scraper costs two calls a minute; who floods with tokens
// is told to come later, because the API server is everybody's. Tokens are kept as digests and
// never shown. Clock thread only; the page that asks lives shorter.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "io/clock.h"
#include "k8s/api_client.h"

namespace k8s {

// Who a token belongs to, as the API server says it.
struct ReviewedUser {
  bool authenticated = false;
  std::string name, uid;
  std::vector<std::string> groups;
  std::vector<std::pair<std::string, std::vector<std::string>>> extra;
};

absl::StatusOr<ReviewedUser> ParseTokenReview(std::string_view json);
absl::StatusOr<bool> ParseAccessReview(std::string_view json);
std::string TokenReviewText(std::string_view token);
std::string AccessReviewText(const ReviewedUser& user, std::string_view path);

class AccessReviewer {
 public:
  // Ok; Unauthenticated: nobody the cluster knows; PermissionDenied: it may not GET the path;
  // Unavailable: nobody could say, and the message says why.
  using Verdict = absl::AnyInvocable<void(const absl::Status&)>;

  AccessReviewer(ApiClient& api, io::Clock& clock);
  ~AccessReviewer();  // What is still asked is never answered.

  // May be called back before it returns.
  void MayGet(std::string_view token, std::string_view path, Verdict then);

 private:
  struct Review;
  struct Kept {
    absl::Status verdict;
    absl::Duration until;
  };

  void Ask(uint64_t id, const ResourceType& type, std::string json);
  void OnAnswer(uint64_t id, const absl::Status& status);
  void Finish(uint64_t id, absl::Status verdict);
  void Keep(const std::string& key, const absl::Status& verdict);

  ApiClient& api_;
  io::Clock& clock_;
  uint64_t next_ = 0;
  std::map<uint64_t, std::unique_ptr<Review>> reviews_;  // Under way.
  absl::flat_hash_map<std::string, Kept> kept_;          // By digest of token and path.
};

}  // namespace k8s
