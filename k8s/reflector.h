// Keeps a copy of one kind, as the API server has it: the decisions of ReflectorState, carried out.
//
//   k8s::Reflector<k8s::Ingress> ingresses(api, clock, scope, parse_options,
//       {.replace = …, .set = …, .erase = …, .bad = …, .changed = …});
//   ingresses.Start();
//
// Changes arrive on the clock's thread in the order of the API server. `replace` brings everything
// there is, each key once; what it removes is for its receiver to find. An object that cannot be
// read is reported to `bad` and counts as not there, in a list as in a watch. The core is no
// template: a kind adds its parser only. Destroy a reflector on its thread, at any time. Memory:
// one page, or the rows of one list while it is under way.
#pragma once

#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/functional/any_invocable.h"
#include "io/clock.h"
#include "io/http_client.h"
#include "io/line_splitter.h"
#include "k8s/api_client.h"
#include "k8s/parse.h"
#include "k8s/reflector_state.h"

namespace k8s {

// Which objects, and how they are asked for.
struct ReflectorScope {
  ReflectorPlan plan;
  std::string ns;  // Empty: all.
  std::string label_selector;
  std::string field_selector;
  bool metadata_only = false;
  absl::Duration list_silence = absl::Seconds(60);
  absl::Duration watch_silence = absl::Seconds(90);  // Servers send a bookmark about once a minute.
};

// What a kind does with the bytes. A page or event is parsed first and then, as the state decides,
// staged, applied or forgotten.
class ReflectorFeed {
 public:
  virtual ~ReflectorFeed() = default;
  virtual absl::StatusOr<PageCame> Page(std::string_view body) = 0;
  virtual absl::StatusOr<EventCame> Event(
      std::string_view line) = 0;  // The view lives until the next call.
  virtual void Stage() = 0;
  virtual void Apply() = 0;
  virtual void Commit() = 0;
  virtual void Discard() = 0;
};

class ReflectorCore {
 public:
  // `changed` is called when synced, absent or the error may have changed.
  ReflectorCore(ApiClient& api, io::Clock& clock, ReflectorScope scope, ReflectorFeed& feed,
                absl::AnyInvocable<void()> changed);
  ReflectorCore(const ReflectorCore&) = delete;
  ReflectorCore& operator=(const ReflectorCore&) = delete;

  void Start();
  const ReflectorState& state() const { return state_; }

 private:
  void Step(const ReflectorInput& input);
  void Carry(const ReflectorAction& action);
  void Fetch();
  void HangUp();
  void OnHead(const io::HttpHead& head);
  void OnBody(std::string_view piece);
  void OnDone(absl::Status status);
  void TellChanges();

  ApiClient& api_;
  io::Clock& clock_;
  const ReflectorScope scope_;
  ReflectorFeed& feed_;
  absl::AnyInvocable<void()> changed_;
  ReflectorState state_;

  uint64_t exchange_ = 0;  // Counts them, so that a line knows when its exchange was dropped.
  bool watch_ = false;
  io::HttpHead head_;
  std::string body_;
  bool body_too_long_ = false;
  io::LineSplitter lines_;
  io::Timer wait_;
  std::unique_ptr<io::HttpCall> call_;
  bool told_synced_ = false, told_absent_ = false;
  absl::Status told_error_;
};

template <class R>
struct Changes {
  absl::AnyInvocable<void(std::vector<R>)> replace;
  absl::AnyInvocable<void(R)> set;
  absl::AnyInvocable<void(const typename R::Key&)> erase;
  absl::AnyInvocable<void(const BadObject&)> bad;
  absl::AnyInvocable<void()> changed;  // The reflector's synced(), absent() or error().
};

template <class R>
class Reflector final : private ReflectorFeed {
 public:
  Reflector(ApiClient& api, io::Clock& clock, ReflectorScope scope, ParseOptions options,
            Changes<R> changes)
      : options_(std::move(options)),
        changes_(std::move(changes)),
        core_(api, clock, std::move(scope), *this, std::move(changes_.changed)) {}

  void Start() { core_.Start(); }
  const ReflectorState& state() const { return core_.state(); }

 private:
  absl::StatusOr<PageCame> Page(std::string_view body) override {
    page_.clear();
    std::vector<BadObject> bad;
    absl::StatusOr<ListMeta> meta = ParseListPage<R>(body, options_, page_, bad);
    is_page_ = true;
    if (!meta.ok()) return meta.status();
    for (const BadObject& each : bad) changes_.bad(each);
    return PageCame{*std::move(meta), page_.size()};
  }

  absl::StatusOr<EventCame> Event(std::string_view line) override {
    absl::StatusOr<WatchEvent<R>> event = ParseWatchEvent<R>(line, options_);
    is_page_ = false;
    if (!event.ok()) return event.status();
    event_ = *std::move(event);
    if (event_.bad) changes_.bad(*event_.bad);
    return EventCame{event_.type, event_.resource_version, event_.initial_events_end, event_.error};
  }

  void Stage() override {
    if (is_page_) {
      for (R& row : page_) Keep(std::move(row));
      page_ = {};
    } else if (event_.bad || event_.type == WatchEventType::kDeleted) {
      Drop(event_.bad ? event_.bad->id : event_.row.key());
    } else {
      Keep(std::move(event_.row));
    }
  }

  void Apply() override {
    if (event_.bad) {
      if (event_.bad->id.name) changes_.erase(event_.bad->id);
    } else if (event_.type == WatchEventType::kDeleted) {
      changes_.erase(event_.row.key());
    } else {
      changes_.set(std::move(event_.row));
    }
  }

  void Commit() override {
    place_ = {};
    changes_.replace(std::exchange(staged_, {}));
  }

  void Discard() override {
    place_ = {};
    staged_ = {};
  }

  // A streamed list may tell of a key twice; the later news counts.
  void Keep(R row) {
    auto [at, fresh] = place_.try_emplace(row.key(), staged_.size());
    if (fresh) {
      staged_.push_back(std::move(row));
    } else {
      staged_[at->second] = std::move(row);
    }
  }
  void Drop(const typename R::Key& key) {
    auto at = place_.find(key);
    if (at == place_.end()) return;
    const size_t hole = at->second;
    place_.erase(at);
    if (hole + 1 != staged_.size()) {
      staged_[hole] = std::move(staged_.back());
      place_[staged_[hole].key()] = hole;
    }
    staged_.pop_back();
  }

  const ParseOptions options_;
  Changes<R> changes_;
  std::vector<R> page_, staged_;
  absl::flat_hash_map<typename R::Key, size_t> place_;  // Of a key in staged_.
  WatchEvent<R> event_;
  bool is_page_ = false;
  ReflectorCore core_;  // Last: its callbacks use the rest.
};

}  // namespace k8s
