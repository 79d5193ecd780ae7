#include "k8s/access_review.h"

#include <openssl/sha.h>

#include <optional>

#include "engine/status_macros.h"
#include "engine/text.h"
#include "io/json_writer.h"
#include "k8s/json_reader.h"
#include "k8s/parse.h"

namespace k8s {
namespace {

using engine::Cat;

constexpr ResourceType kTokenReview{"authentication.k8s.io", "v1", "tokenreviews", "TokenReview",
                                    false};
constexpr ResourceType kAccessReview{"authorization.k8s.io", "v1", "subjectaccessreviews",
                                     "SubjectAccessReview", false};
constexpr absl::Duration kPatience = absl::Seconds(10);
constexpr absl::Duration kKeepAllowed = absl::Minutes(1);
constexpr absl::Duration kKeepRefused = absl::Seconds(10);
constexpr size_t kReviewsMost = 16;  // At once.
constexpr size_t kKeptMost = 1024;
constexpr size_t kAnswerBytesMost = 1 << 20;

std::string KeyOf(std::string_view token, std::string_view path) {
  unsigned char digest[SHA256_DIGEST_LENGTH];
  SHA256(reinterpret_cast<const unsigned char*>(token.data()), token.size(), digest);
  return Cat(std::string_view(reinterpret_cast<const char*>(digest), sizeof digest), path);
}

// Calls `read` with each member of `status`.
absl::Status ReadStatus(std::string_view json, MemberReader read) {
  return ReadDocument(json, [&](JsonValue& document) {
    return ReadMembers(document, [&](std::string_view name, JsonValue& member) {
      return name == "status" ? ReadMembers(member, read) : absl::OkStatus();
    });
  });
}

absl::Status ReadUser(JsonValue& json, ReviewedUser& user) {
  return ReadMembers(json, [&](std::string_view name, JsonValue& member) {
    if (name == "username") return Read(member, user.name);
    if (name == "uid") return Read(member, user.uid);
    if (name == "groups") return Read(member, user.groups);
    if (name != "extra") return absl::OkStatus();
    return ReadMembers(member, [&](std::string_view key, JsonValue& values) {
      return Read(values, user.extra.emplace_back(key, std::vector<std::string>()).second);
    });
  });
}

io::JsonWriter& Begin(io::JsonWriter& json, const ResourceType& type) {
  json.BeginObject();
  json.Member("apiVersion", Cat(type.group, "/", type.version)).Member("kind", type.kind);
  json.Key("spec").BeginObject();
  return json;
}

}  // namespace

absl::StatusOr<ReviewedUser> ParseTokenReview(std::string_view json) {
  ReviewedUser user;
  RETURN_IF_ERROR(ReadStatus(json, [&](std::string_view name, JsonValue& member) {
    if (name == "authenticated") return Read(member, user.authenticated);
    return name == "user" ? ReadUser(member, user) : absl::OkStatus();
  }));
  return user;
}

absl::StatusOr<bool> ParseAccessReview(std::string_view json) {
  bool allowed = false, denied = false;
  RETURN_IF_ERROR(ReadStatus(json, [&](std::string_view name, JsonValue& member) {
    if (name == "denied") return Read(member, denied);
    return name == "allowed" ? Read(member, allowed) : absl::OkStatus();
  }));
  return allowed && !denied;
}

std::string TokenReviewText(std::string_view token) {
  std::string text;
  io::JsonWriter json(text);
  Begin(json, kTokenReview).Member("token", token);
  json.EndObject().EndObject();
  return text;
}

std::string AccessReviewText(const ReviewedUser& user, std::string_view path) {
  std::string text;
  io::JsonWriter json(text);
  Begin(json, kAccessReview);
  json.Key("extra").BeginObject();
  for (const auto& [name, values] : user.extra) json.Member(name, values);
  json.EndObject();
  json.Member("groups", user.groups);
  json.Key("nonResourceAttributes").BeginObject();
  json.Member("path", path).Member("verb", "get").EndObject();
  json.Member("uid", user.uid).Member("user", user.name);
  json.EndObject().EndObject();
  return text;
}

struct AccessReviewer::Review {
  std::string key, path;
  Verdict then;
  std::optional<ReviewedUser> user;  // Once it is known.
  std::unique_ptr<io::HttpCall> call;
  int http_status = 0;
  std::string body;
};

AccessReviewer::AccessReviewer(ApiClient& api, io::Clock& clock) : api_(api), clock_(clock) {}

AccessReviewer::~AccessReviewer() = default;

void AccessReviewer::MayGet(std::string_view token, std::string_view path, Verdict then) {
  if (token.empty()) return then(absl::UnauthenticatedError("no bearer token"));
  std::string key = KeyOf(token, path);
  if (auto found = kept_.find(key); found != kept_.end()) {
    if (found->second.until > clock_.Uptime()) return then(absl::Status(found->second.verdict));
    kept_.erase(found);
  }
  if (reviews_.size() >= kReviewsMost) {
    return then(absl::UnavailableError("too many tokens at once; come again"));
  }
  const uint64_t id = ++next_;
  auto review = std::make_unique<Review>();
  review->key = std::move(key);
  review->path = path;
  review->then = std::move(then);
  reviews_.emplace(id, std::move(review));
  Ask(id, kTokenReview, TokenReviewText(token));
}

void AccessReviewer::Ask(uint64_t id, const ResourceType& type, std::string json) {
  Review& review = *reviews_.at(id);
  review.http_status = 0;
  review.body.clear();
  ApiRequest request;
  request.type = type;
  io::HttpCallbacks callbacks{
      .on_head = [&review](const io::HttpHead& head) { review.http_status = head.status; },
      .on_body =
          [&review](std::string_view piece) {
            if (review.body.size() < kAnswerBytesMost) review.body += piece;
          },
      .on_done = [this, id](const absl::Status& status) { OnAnswer(id, status); }};
  review.call = api_.Create(request, std::move(json),
                            {.connect = kPatience, .head = kPatience, .idle = kPatience},
                            std::move(callbacks));
}

void AccessReviewer::OnAnswer(uint64_t id, const absl::Status& status) {
  Review& review = *reviews_.at(id);
  // Lives until its callback returns.
  const std::unique_ptr<io::HttpCall> call = std::move(review.call);
  if (!status.ok()) {
    return Finish(id,
                  engine::Unavailable("the API server was not asked: ", engine::MessageOf(status)));
  }
  const ResourceType& type = review.user ? kAccessReview : kTokenReview;
  if (review.http_status == 403) {
    return Finish(id, engine::Unavailable("kdelta may not ask: grant it the verb create on ",
                                          type.RbacName()));
  }
  if (review.http_status / 100 != 2) {
    return Finish(id, engine::Unavailable("the API server answered ", review.http_status, ": ",
                                          ParseApiStatus(review.http_status, review.body).message));
  }
  if (review.user) {
    const absl::StatusOr<bool> allowed = ParseAccessReview(review.body);
    if (!allowed.ok()) return Finish(id, engine::Unavailable(engine::MessageOf(allowed.status())));
    return Finish(id, *allowed ? absl::OkStatus()
                               : absl::PermissionDeniedError(engine::ToAbsl(
                                     Cat("the cluster lets this user not get ", review.path))));
  }
  absl::StatusOr<ReviewedUser> user = ParseTokenReview(review.body);
  if (!user.ok()) return Finish(id, engine::Unavailable(engine::MessageOf(user.status())));
  if (!user->authenticated)
    return Finish(id, absl::UnauthenticatedError("the cluster does not know this token"));
  review.user = *std::move(user);
  Ask(id, kAccessReview, AccessReviewText(*review.user, review.path));
}

void AccessReviewer::Finish(uint64_t id, absl::Status verdict) {
  auto review = std::move(reviews_.extract(id).mapped());
  Keep(review->key, verdict);
  review->then(verdict);
}

// What nobody could say is asked again.
void AccessReviewer::Keep(const std::string& key, const absl::Status& verdict) {
  if (absl::IsUnavailable(verdict)) return;
  if (kept_.size() >= kKeptMost) kept_.clear();
  kept_[key] = {verdict, clock_.Uptime() + (verdict.ok() ? kKeepAllowed : kKeepRefused)};
}

}  // namespace k8s
