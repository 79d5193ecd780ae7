// What to ask the API server next, for one kind: the whole of LIST and WATCH as decisions without
// I/O.
//
// The idea: everything that can happen is an input, everything to be done is an action, and time is
// a number that comes with the input. So every fault has a test, and the runner (reflector.h) has
// no ifs.
//
//   start ──▶ list (streamed, or in pages) ──commit──▶ watch ──ends──▶ watch from the last version
//               ▲                                        │
//               └── 410, versions that go back, a watch that cannot be resumed
//
// Rules, where they are not those of client-go:
//   Lists ask for the most recent state (no resourceVersion), never for version "0": what has been
//   acted upon is never replaced by something older, and a limit is honoured. A list that is older
//   all the same is refused twice and believed the third time, for a cluster may have been restored
//   from a backup. A list is streamed (`sendInitialEvents`) first. A server that refuses that
//   answers 400 or 422; one that is too old ignores it and never says that the initial events are
//   over: then silence, or a limit in all, leads to pages. The kind is listed in pages from then
//   on. A continue token that expired leads to one list without pages, which cannot expire. Silence
//   on a watch (half-open connection) is no error: it is opened again from the last version. A 404
//   means that the kind is not served. For an optional kind that is an empty and complete list,
//   asked again now and then; if there were rows, it must be said three times.
//   Retry-After is a floor under the back-off. 429 and 5xx never cause a list by themselves.
//
// Between two commits the staged rows belong to the list under way; kDiscard drops them. One
// thread. Every action sequence contains at most one of kFetch and kWait for a request, and both
// replace what was under way. Cost: O(1) an input, no allocation for an ordinary event.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "io/backoff.h"
#include "k8s/parse.h"
#include "k8s/resource_type.h"

namespace k8s {

enum class RelistReason : uint8_t {
  kInitial,
  kExpired,          // 410 on the watch: the version is no longer known.
  kContinueExpired,  // 410 on a later page.
  kWentBack,         // An event older than the last one.
  kUnresumable,      // The watch failed several times without any progress, or the kind went away.
  kReturned,         // The kind was not served, and now is.
};
inline constexpr size_t kRelistReasons = 6;
std::string_view NameOf(RelistReason reason);

struct ReflectorTimes {
  absl::Duration backoff_first = absl::Milliseconds(800);
  absl::Duration backoff_cap = absl::Seconds(30);
  absl::Duration watch_least =
      absl::Seconds(300);  // timeoutSeconds is uniform in [least, 2 * least].
  absl::Duration watch_spacing = absl::Seconds(1);  // Between the starts of two watches.
  absl::Duration stable =
      absl::Seconds(30);  // A watch that lived so long forgives what was before.
  absl::Duration stream_silence =
      absl::Seconds(10);  // Without an event: the server ignores streaming.
  absl::Duration stream_in_all = absl::Seconds(120);
  absl::Duration absent_poll =
      absl::Seconds(30);  // How often a kind that is not served is asked for.
};

struct ReflectorPlan {
  ResourceType type;      // If its version is not served, its other versions are asked for in turn.
  bool optional = false;  // A kind that may not be installed: 404 is then no error.
  // A kind that the Kong Ingress Controller does not know, so its role does not grant it: 403 is
  // then no error either.
  bool forbidden_is_absent = false;
  bool streaming = true;  // Try streamed lists first.
  int64_t page_size = 500;
  uint64_t seed = 0;  // Of jitter.
  ReflectorTimes times;
};

struct ReflectorRequest {
  bool watch = false;  // A stream of events; otherwise one page.
  std::vector<std::pair<std::string, std::string>> query;
};

// What happened.
struct Started {};
struct WaitOver {};
struct PageCame {
  ListMeta meta;
  size_t rows = 0;
};
struct Opened {};  // A watch was answered with 200.
struct EventCame {
  WatchEventType type = WatchEventType::kBookmark;
  std::string_view resource_version;
  bool initial_events_end = false;
  ApiStatus error;
};
struct Refused {  // Any other answer than 200.
  ApiStatus status;
  std::optional<absl::Duration> retry_after;  // The header.
};
struct Cut {  // No answer, a truncated one, or one that is not what was asked for.
  absl::Status why;
};
struct Ended {};  // The watch ended in good order.
using ReflectorInput =
    std::variant<Started, WaitOver, PageCame, Opened, EventCame, Refused, Cut, Ended>;

// What to do, in this order.
struct ReflectorAction {
  enum class What : uint8_t {
    kFetch,    // Drop what is under way and send request().
    kWait,     // Call back with WaitOver after `wait`; replaces an earlier wait.
    kHangUp,   // Drop the exchange under way.
    kStage,    // Keep the page or event that just came for the list under way.
    kApply,    // Carry out the event that just came.
    kCommit,   // The staged rows are all there are.
    kDiscard,  // Forget the staged rows.
  };
  What what;
  absl::Duration wait = absl::ZeroDuration();
  friend bool operator==(const ReflectorAction&, const ReflectorAction&) = default;
};
using ReflectorActions = absl::InlinedVector<ReflectorAction, 4>;

class ReflectorState {
 public:
  explicit ReflectorState(ReflectorPlan plan);

  ReflectorActions Step(absl::Duration uptime, const ReflectorInput& input);

  const ReflectorRequest& request() const { return request_; }
  bool synced() const { return synced_; }  // A list was committed, or the kind is not served.
  bool absent() const { return absent_; }  // The kind is not served.
  bool forbidden() const { return absl::IsPermissionDenied(error_); }
  const absl::Status& error() const { return error_; }  // OK while all is well.
  const std::string& version() const { return version_; }
  ResourceType type() const;  // In the version that is asked for now.
  const std::array<uint64_t, kRelistReasons>& relists() const { return relists_; }

 private:
  enum class Phase : uint8_t { kIdle, kPaging, kStreaming, kWatching, kWaiting };
  enum class Next : uint8_t { kList, kPage, kWatch };

  void On(const Started&);
  void On(const WaitOver&);
  void On(const PageCame& page);
  void On(const Opened&);
  void On(const EventCame& event);
  void On(const Refused& refused);
  void On(const Cut& cut);
  void On(const Ended&);

  void OnStreamedEvent(const EventCame& event);
  void OnWatchedEvent(const EventCame& event);
  void OnRefusedList(const Refused& refused);
  void OnRefusedWatch(const Refused& refused);
  void OnNotServed(const Refused& refused);

  void Do(ReflectorAction::What what, absl::Duration wait = absl::ZeroDuration());
  void Relist(RelistReason reason);
  void List();  // From the beginning.
  void Page();  // The next one.
  void Watch();
  void Commit(std::string_view version);
  void WaitThen(Next next, absl::Duration delay);
  void FailWatch(const Refused& refused);
  void StopStreaming();
  absl::Duration NextDelay(const Refused* refused = nullptr);
  absl::Status ErrorOf(const Refused& refused) const;
  bool Older(std::string_view version) const;  // Than version_, where both are numbers.
  uint64_t Random(uint64_t below);

  const ReflectorPlan plan_;
  io::Backoff backoff_;
  uint64_t random_;
  absl::Duration now_ = absl::ZeroDuration();
  ReflectorActions actions_;
  ReflectorRequest request_;

  Phase phase_ = Phase::kIdle;
  Next next_ = Next::kList;  // After a wait.
  bool streaming_;           // Still believed to be supported.
  bool paged_ = true;        // False for the list after an expired continue token.
  std::string continue_;
  std::string version_;  // The last one seen; empty before the first commit.
  size_t staged_ = 0;
  int failures_ = 0;  // In a row, of the request under way.
  int older_lists_ = 0;
  int not_served_ = 0;
  size_t nth_version_ = 0;  // Of the type; the server may serve only an older one.
  bool has_rows_ = false;
  bool synced_ = false;
  bool absent_ = false;
  bool watch_brought_something_ = false;
  absl::Duration list_began_ = -absl::InfiniteDuration();
  absl::Duration watch_began_ = -absl::InfiniteDuration();
  absl::Duration last_event_ = absl::ZeroDuration();
  std::optional<absl::Duration> opened_;  // Since when the watch under way is open.
  absl::Status error_;
  std::array<uint64_t, kRelistReasons> relists_{};
};

}  // namespace k8s
