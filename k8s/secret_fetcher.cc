#include "k8s/secret_fetcher.h"

#include <algorithm>
#include <optional>

#include "engine/text.h"

namespace k8s {
namespace {

using engine::Cat;

constexpr size_t kBodyBytesMax = size_t{16} << 20;  // A Secret holds 1 MiB, its JSON a third more.

// Whether the watch's version asks for another look. Versions are compared where both are numbers.
bool NewerThan(std::string_view seen, std::string_view fetched) {
  if (seen == fetched) return false;
  const std::optional<int64_t> a = engine::ParseInt(seen), b = engine::ParseInt(fetched);
  return !a || !b || *a > *b;
}

}  // namespace

SecretFetcher::SecretFetcher(ApiClient& api, io::Clock& clock, SecretFetcherOptions options,
                             ParseOptions parse, SecretNews news)
    : api_(api),
      clock_(clock),
      options_(options),
      parse_(std::move(parse)),
      news_(std::move(news)) {}

void SecretFetcher::Want(const NamespacedName& key) {
  auto [at, fresh] = entries_.try_emplace(key);
  if (!fresh) return;
  at->second = std::make_unique<Entry>();
  ++unanswered_;
  Enqueue(key, *at->second);
}

void SecretFetcher::Unwant(const NamespacedName& key) {
  auto at = entries_.find(key);
  if (at == entries_.end()) return;
  if (at->second->call != nullptr) --flying_;
  if (!at->second->answered) --unanswered_;
  entries_.erase(at);
  LaunchSoon();
}

void SecretFetcher::Seen(const NamespacedName& key, std::string_view resource_version) {
  auto at = entries_.find(key);
  if (at == entries_.end()) return;
  Entry& entry = *at->second;
  if (entry.seen == resource_version) return;
  entry.seen = resource_version;
  if (entry.answered && !NewerThan(entry.seen, entry.fetched)) return;
  Enqueue(key, entry);
}

// An answer that is still under way was asked for before: it is not believed.
void SecretFetcher::Gone(const NamespacedName& key) {
  auto at = entries_.find(key);
  if (at == entries_.end()) return;
  Entry& entry = *at->second;
  entry.seen.clear();
  if (entry.call != nullptr || entry.queued) return Enqueue(key, entry);
  entry.retry.Cancel();
  entry.stale = false;
  const bool known = entry.answered && entry.fetched.empty();
  if (!known) TellMissing(key, entry);
}

void SecretFetcher::Enqueue(const NamespacedName& key, Entry& entry) {
  entry.stale = true;
  if (entry.queued || entry.call != nullptr) return;
  entry.retry.Cancel();
  entry.queued = true;
  queue_.push_back(key);
  LaunchSoon();
}

void SecretFetcher::LaunchSoon() {
  if (queue_.empty()) return;
  launch_ = clock_.After(absl::ZeroDuration(), [this] { Launch(); });
}

void SecretFetcher::Launch() {
  while (flying_ < options_.flights_max && !queue_.empty()) {
    const NamespacedName key = queue_.front();
    queue_.pop_front();
    auto at = entries_.find(key);
    if (at != entries_.end() && at->second->queued) Fly(key, *at->second);
  }
}

void SecretFetcher::Fly(const NamespacedName& key, Entry& entry) {
  entry.queued = entry.stale = false;
  entry.http_status = 0;
  entry.body.clear();
  entry.retry_after.clear();
  ++flying_;
  const ApiRequest request{
      Secret::kType, std::string(key.ns.text()), std::string(key.name.text()), {}, false, false};
  Entry* const mine = &entry;  // The call belongs to the entry, so it never outlives it.
  entry.call = api_.Get(request, {},
                        {[mine](const io::HttpHead& head) {
                           mine->http_status = head.status;
                           mine->retry_after = head.headers.Find("Retry-After");
                         },
                         [mine](std::string_view piece) {
                           if (mine->body.size() <= kBodyBytesMax) mine->body += piece;
                         },
                         [this, key](absl::Status status) { Land(key, std::move(status)); }});
}

void SecretFetcher::Land(const NamespacedName& key, absl::Status status) {
  Entry& entry = *entries_.at(key);
  const std::unique_ptr<io::HttpCall> call = std::move(entry.call);
  --flying_;
  LaunchSoon();
  if (entry.stale) {  // Something changed since it was asked for.
    Enqueue(key, entry);
  } else if (!status.ok()) {
    Fail(key, entry, std::move(status));
  } else {
    Answer(key, entry);
  }
}

void SecretFetcher::Answer(const NamespacedName& key, Entry& entry) {
  std::string body = std::exchange(entry.body, {});
  if (body.size() > kBodyBytesMax)
    return Fail(key, entry, engine::InvalidArgument("the answer is too large"));
  if (entry.http_status == 200) return TellFound(key, entry, std::move(body));
  if (entry.http_status == 404) return TellMissing(key, entry);
  const ApiStatus status = ParseApiStatus(entry.http_status, body);
  std::string text =
      Cat("HTTP status ", status.code, status.message.empty() ? "" : ": ", status.message);
  if (status.code == 403) text += "; grant the verb get on secrets to kdelta's user";
  Fail(key, entry,
       absl::Status(status.code == 403 ? absl::StatusCode::kPermissionDenied
                                       : absl::StatusCode::kUnavailable,
                    engine::ToAbsl(text)));
}

void SecretFetcher::TellFound(const NamespacedName& key, Entry& entry, std::string body) {
  absl::StatusOr<Parsed<Secret>> parsed = ParseObject<Secret>(body, parse_);
  if (!parsed.ok() && absl::IsDataLoss(parsed.status())) return Fail(key, entry, parsed.status());
  entry.backoff.reset();
  MarkAnswered(entry);
  if (!parsed.ok()) {  // It will not become better by asking again.
    entry.fetched = entry.seen;
    return news_.failed(key, parsed.status());
  }
  if (parsed->row.key() != key)
    return Fail(key, entry, engine::Internal("the API server answered with ", parsed->row.key()));
  entry.fetched = std::move(parsed->resource_version);
  news_.found(std::move(parsed->row));
}

void SecretFetcher::TellMissing(const NamespacedName& key, Entry& entry) {
  entry.backoff.reset();
  MarkAnswered(entry);
  entry.fetched.clear();
  news_.missing(key);
}

void SecretFetcher::Fail(const NamespacedName& key, Entry& entry, absl::Status status) {
  if (entry.backoff == nullptr) {
    entry.backoff = std::make_unique<io::Backoff>(
        options_.backoff_first, options_.backoff_cap,
        options_.seed ^ (uint64_t{key.ns.number()} << 32 | key.name.number()));
  }
  absl::Duration delay = entry.backoff->Next();
  const std::optional<int64_t> told = engine::ParseInt(entry.retry_after);
  if (told && *told > 0) delay = std::max(delay, absl::Seconds(std::min<int64_t>(*told, 300)));
  entry.retry = clock_.After(delay, [this, key] { Enqueue(key, *entries_.at(key)); });
  news_.failed(key, engine::Annotate(status, Cat("secret ", key)));
}

void SecretFetcher::MarkAnswered(Entry& entry) {
  if (!std::exchange(entry.answered, true)) --unanswered_;
}

}  // namespace k8s
