// What to do next about one gateway: the decisions of delivery, without any I/O.
//
// The idea: a gateway is a cache whose content has a name, the hash that /status shows. What we
// want it to have has a hash too. So the state is two names and a few reasons to wait, and there is
// one question:
//
//   Do next = state.Next(now);     // ask something, or sleep until
//   …                              // the runner (gateway.h) does it, one request at a time
//   state.On…(answer, now);
//
// Rules, each for a reason in kong/README.md:
// - One request at a time, so never two pushes at once, and none while the outcome of one is
// unknown.
// - Never a push of what the gateway shows already, nor of what it refused.
// - A push that got no answer is unknown, not failed: /status decides, or that it never could have
// lasted
//   so long; a 429 says that it still goes on.
// - The newest wins: what is to be pushed is asked for at the moment when it can be pushed.
// - Only a leader pushes. A follower knows everything and is not surprised by what the leader does.
// - No ticks: the first change after a pause goes out at once; the least time between two pushes
// counts
//   from the begin of the last.
//
// Pure; times are io::Clock::Uptime. O(1) a call.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "engine/table.h"
#include "kong/gateway_identity.h"

namespace kong {

struct GatewayTimes {
  absl::Duration push_timeout_least = absl::Seconds(30);  // --proxy-timeout-seconds
  absl::Duration push_timeout_most = absl::Minutes(15);
  absl::Duration push_spacing;  // --proxy-sync-seconds
  absl::Duration status_interval = absl::Seconds(10);
  absl::Duration status_timeout = absl::Seconds(5);
  absl::Duration retry_first = absl::Seconds(1);  // After a failure; doubles up to retry_most.
  absl::Duration retry_most = absl::Seconds(30);
  absl::Duration refused_retry = absl::Minutes(5);  // The same refused payload again.
  absl::Duration load_longest = absl::Seconds(60);  // Kong's own lock lasts no longer.
  absl::Duration foreign_window = absl::Minutes(10);
  absl::Duration foreign_pause = absl::Minutes(10);
  int foreign_limit = 3;
};

// What a gateway should have.
struct Wanted {
  engine::Version version = 0;
  std::string hash;
  size_t bytes = 0;
};

enum class Ask {
  kNothing,   // Sleep until `at`.
  kIdentity,  // GET /
  kStatus,    // GET /status
  kPayload,   // The newest payload of the class, from the engine.
  kPush,      // POST /config with what is wanted.
  kReadBack,  // GET /config: never by itself, but when somebody wants to know.
};
struct Do {
  Ask ask = Ask::kNothing;
  absl::Duration timeout;
  absl::Duration at = absl::InfiniteDuration();
};

// How a push ended.
enum class PushEnd {
  kLoaded,     // 201
  kUnchanged,  // 304: it had it already.
  kRefused,    // 400 and 413: the same bytes will be refused again.
  kRepeat,     // Refused for reasons that the same bytes, asked for otherwise, will show.
  kBusy,       // 429: another load is under way.
  kFailed,     // It was not taken, and may be another time: 500, 503, 401, …
  kUnknown,    // No answer, or 504.
};

class GatewayState {
 public:
  enum class Event {
    kFound,         // It is identified and can be configured.
    kLost,          // It does not answer, or cannot be configured: see `trouble`.
    kAcknowledged,  // It has what is wanted.
    kFresh,         // It shows no configuration: it was started anew.
    kDrifted,       // It shows a configuration that is not ours.
    kLeftAlone,     // That happened too often.
    kSlow,          // Loads take so long that whole configurations are the wrong way.
  };

  explicit GatewayState(GatewayTimes times) : times_(times) {}

  Do Next(absl::Duration now) const;

  // A version was published; whether it changes anything for this gateway is not known yet.
  void Stale(engine::Version version);
  // The answer to kPayload, or a trial, which has version 0 and comes first. Pushed if the gateway
  // shows another hash.
  void Want(Wanted wanted);
  // Another gateway of the class refused this payload.
  void Hold(std::string_view hash, absl::Duration now);

  // Whether this replica may push; at first it may. Whoever begins to lead looks first.
  void Lead(bool leads, absl::Duration now);

  void PayloadAsked() { payload_asked_ = true; }
  void PushBegan(absl::Duration now);
  void OnIdentity(GatewayIdentity identity, absl::Status fit, absl::Duration now);
  void OnShown(std::string_view hash, absl::Duration now);
  void OnNoAnswer(std::string_view why, absl::Duration now);  // Of GET / and GET /status.
  void OnPushEnd(PushEnd end, absl::Duration retry_after, absl::Duration now);

  // What happened since the last call, for logs and metrics.
  std::vector<Event> TakeEvents() { return std::exchange(events_, {}); }

  const std::optional<GatewayIdentity>& identity() const { return identity_; }
  bool usable() const { return identity_ && trouble_.empty(); }
  const std::string& trouble() const { return trouble_; }  // Why it is not usable.
  const std::string& shown() const { return shown_; }      // Empty: not known.
  const std::optional<Wanted>& wanted() const { return wanted_; }
  engine::Version acknowledged() const { return acknowledged_; }
  bool outcome_unknown() const { return outcome_unknown_; }
  bool in_sync() const { return wanted_ && shown_ == wanted_->hash; }
  // Whether what is wanted was refused, so that it is not sent again soon.
  bool refuses(absl::Duration now) const {
    return wanted_ && wanted_->hash == refused_ && now < refused_until_;
  }
  absl::Duration PushTimeout(size_t bytes) const;

 private:
  bool Due() const { return stale_ > 0 || (wanted_ && !in_sync()); }
  void Acknowledge();
  void Drift(absl::Duration now);
  void Retry(absl::Duration now);
  void LoadedAfter(absl::Duration took);
  void Settle(std::string_view hash, absl::Duration now);
  void Lose(std::string_view why);
  double PaceOf(absl::Duration took) const;

  const GatewayTimes times_;
  std::optional<GatewayIdentity> identity_;
  std::string trouble_ = "it was not asked yet";
  bool identity_due_ = true;

  std::string shown_;         // The hash that it has, as far as we know; empty: ask.
  std::string confirmed_;     // The hash of ours that it had for certain, until it shows another.
  absl::Duration status_at_;  // When to look at it again.

  std::optional<Wanted> wanted_;
  bool at_hand_ = false;  // The payload that is wanted need not be asked for.
  bool payload_asked_ = false;
  engine::Version published_ = 0;
  engine::Version stale_ = 0;  // A version that may change what is wanted; 0: none.
  engine::Version acknowledged_ = 0;

  std::string pushed_;  // The hash of the last push.
  size_t pushed_bytes_ = 0;
  absl::Duration pushed_at_ = -absl::InfiniteDuration();
  std::string shown_before_;  // When that push began.
  std::string shown_since_;   // After its outcome became unknown.
  bool outcome_unknown_ = false;
  absl::Duration settled_at_;  // When an unknown outcome cannot change any more.
  std::string refused_;
  absl::Duration refused_until_;

  absl::Duration not_before_;  // Nothing is asked earlier.
  absl::Duration retry_delay_;
  std::deque<absl::Duration> foreign_;  // When it showed what is not ours.
  absl::Duration left_alone_until_;
  bool leads_ = true;
  double seconds_per_byte_ =
      1.1e-6;  // What a load costs; at first Kong's usual pace, then measured.
  bool slow_ = false;
  std::vector<Event> events_;
};

}  // namespace kong
