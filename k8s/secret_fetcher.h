// Keeps exactly the Secrets that somebody refers to, each as new as its metadata says.
//
// Secrets are watched as metadata only, because a cluster may hold a gigabyte of them that concern
// nobody. The caller says which are wanted and passes on what the metadata watch says; the fetcher
// gets each wanted Secret once, and again when its resource version moves past the one it has.
// Until the first answer a Secret is neither there nor missing, and nothing is said about it.
//
// Facts may come in any order: an answer may be newer than the watch (then the watch's news is
// old), and a Secret may change while it is fetched (then it is fetched again). At most
// `flights_max` requests are under way; failures are retried for ever, each key with its own
// back-off. Callbacks come on the clock's thread, never from within Want or Unwant. Memory:
// O(wanted); contents pass through.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "io/backoff.h"
#include "io/clock.h"
#include "io/http_client.h"
#include "k8s/api_client.h"
#include "k8s/parse.h"
#include "k8s/secret.h"

namespace k8s {

struct SecretNews {
  absl::AnyInvocable<void(Secret)> found;                   // The first time, and when it changed.
  absl::AnyInvocable<void(const NamespacedName&)> missing;  // There is none of that name.
  // It could not be fetched or read; the text names the Secret. What was found before stays.
  absl::AnyInvocable<void(const NamespacedName&, const absl::Status&)> failed;
};

struct SecretFetcherOptions {
  size_t flights_max = 8;
  absl::Duration backoff_first = absl::Seconds(1);
  absl::Duration backoff_cap = absl::Seconds(60);
  uint64_t seed = 0;
};

class SecretFetcher {
 public:
  SecretFetcher(ApiClient& api, io::Clock& clock, SecretFetcherOptions options, ParseOptions parse,
                SecretNews news);
  SecretFetcher(const SecretFetcher&) = delete;
  SecretFetcher& operator=(const SecretFetcher&) = delete;

  void Want(const NamespacedName& key);
  void Unwant(const NamespacedName& key);  // Nothing more is said about it.
  // News of the metadata watch; of keys that are not wanted it costs a look.
  void Seen(const NamespacedName& key, std::string_view resource_version);
  void Gone(const NamespacedName& key);

  size_t wanted() const { return entries_.size(); }
  size_t flying() const { return flying_; }
  // Wanted Secrets about which nothing is known yet.
  size_t unanswered() const { return unanswered_; }
  bool Unanswered(const NamespacedName& key) const {
    const auto at = entries_.find(key);
    return at != entries_.end() && !at->second->answered;
  }

 private:
  struct Entry {
    std::string seen;     // The newest version that the watch spoke of; empty if it has not.
    std::string fetched;  // The version of the last answer; empty if missing.
    bool answered = false;
    bool stale = true;  // Must be fetched; also while it flies, if it changed meanwhile.
    bool queued = false;
    std::unique_ptr<io::HttpCall> call;
    int http_status = 0;
    std::string body;
    std::string retry_after;
    std::unique_ptr<io::Backoff> backoff;  // Only after a failure.
    io::Timer retry;
  };
  using Entries = absl::flat_hash_map<NamespacedName, std::unique_ptr<Entry>>;

  void Enqueue(const NamespacedName& key, Entry& entry);
  void Launch();  // As many as may fly.
  void LaunchSoon();
  void Fly(const NamespacedName& key, Entry& entry);
  void Land(const NamespacedName& key, absl::Status status);
  void Answer(const NamespacedName& key, Entry& entry);
  void TellFound(const NamespacedName& key, Entry& entry, std::string body);
  void TellMissing(const NamespacedName& key, Entry& entry);
  void Fail(const NamespacedName& key, Entry& entry, absl::Status status);
  void MarkAnswered(Entry& entry);

  ApiClient& api_;
  io::Clock& clock_;
  const SecretFetcherOptions options_;
  const ParseOptions parse_;
  SecretNews news_;
  Entries entries_;
  std::deque<NamespacedName> queue_;  // May hold keys that are no longer wanted.
  io::Timer launch_;
  size_t flying_ = 0;
  size_t unanswered_ = 0;
};

}  // namespace k8s
