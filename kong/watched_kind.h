// One kind of Kubernetes object on its way into the graph: a reflector, and what guards it.
//
// Lists and events of the reflector enter the inbox in their order. A first list is complete when
// it is there or when the kind is not served. A later list that would remove a large share of what
// is held is not believed at once: a broken API server or a wrong restore must not empty a gateway.
// It is dropped, told, and the kind is listed anew; if that list lacks as much, it is true.
//
// Lives on the clock's thread. Keeps the keys that it put into the source (about 12 bytes each),
// because the source itself belongs to the engine's thread.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/functional/any_invocable.h"
#include "engine/inbox.h"
#include "engine/text.h"
#include "io/clock.h"
#include "io/log.h"
#include "k8s/reflector.h"

namespace kong {

// When a list is too bad to be believed at once.
struct RemovalLimit {
  double share = 0.5;  // Of the objects of a kind; 1: every list is believed.
  size_t least = 100;  // As many may always go.
  absl::Duration second_opinion = absl::Seconds(5);
  bool Exceeded(size_t removed, size_t held) const {
    return removed >= least && static_cast<double>(removed) > share * static_cast<double>(held);
  }
};

// What the controller asks of a kind, whichever it is.
class WatchedKindBase {
 public:
  WatchedKindBase(std::string_view kind, std::string ns) : kind_(kind), ns_(std::move(ns)) {}
  virtual ~WatchedKindBase() = default;
  virtual void Start() = 0;

  std::string_view kind() const { return kind_; }
  bool complete() const { return complete_; }
  bool doubtful() const { return doubtful_; }  // Waits for a second opinion.
  std::string Trouble() const;                 // Empty while all is well; else a sentence.
  uint64_t Relists(k8s::RelistReason reason) const;
  virtual const k8s::ReflectorState& state() const = 0;

 protected:
  void TellDoubt(size_t removed, size_t held);
  void TellBad(const k8s::BadObject& bad) const;
  void KeepRelists();  // Of a reflector that is about to go.

  const std::string_view kind_;
  const std::string ns_;  // Empty: all.
  bool complete_ = false;
  bool doubtful_ = false;
  bool asked_again_ = false;

 private:
  std::array<uint64_t, k8s::kRelistReasons> relists_{};
};

template <class R>
class WatchedKind final : public WatchedKindBase {
 public:
  using Key = typename R::Key;
  struct Setup {
    k8s::ApiClient& api;
    io::Clock& clock;
    engine::Inbox& inbox;
    engine::Source<R>& source;
    k8s::ReflectorScope scope;
    k8s::ParseOptions parse;
    RemovalLimit limit;
    std::function<void(std::string_view kind)> received;  // An event is about to enter the inbox.
    std::function<void()> changed;                        // complete() or Trouble().
    std::function<void(const R&)> seen;  // Each row, before the inbox; may be empty.
    std::function<void(const Key&)> gone;
  };

  explicit WatchedKind(Setup setup)
      : WatchedKindBase(setup.scope.plan.type.kind, setup.scope.ns), setup_(std::move(setup)) {
    reflector_ = NewReflector();
  }

  void Start() override { reflector_->Start(); }
  const k8s::ReflectorState& state() const override { return reflector_->state(); }

 private:
  std::unique_ptr<k8s::Reflector<R>> NewReflector() {
    k8s::Changes<R> changes;
    changes.replace = [this](std::vector<R> rows) { Replace(std::move(rows)); };
    changes.set = [this](R row) { Set(std::move(row)); };
    changes.erase = [this](const Key& key) { Erase(key); };
    changes.bad = [this](const k8s::BadObject& bad) { TellBad(bad); };
    changes.changed = [this] { setup_.changed(); };
    return std::make_unique<k8s::Reflector<R>>(setup_.api, setup_.clock, setup_.scope, setup_.parse,
                                               std::move(changes));
  }

  void Replace(std::vector<R> rows) {
    absl::flat_hash_set<Key> keys;
    keys.reserve(rows.size());
    for (const R& row : rows) keys.insert(row.key());
    std::vector<Key> removed;
    for (const Key& key : keys_) {
      if (!keys.contains(key)) removed.push_back(key);
    }
    if (!asked_again_ && setup_.limit.Exceeded(removed.size(), keys_.size())) {
      return AskAgain(removed.size());
    }
    asked_again_ = false;
    doubtful_ = false;
    complete_ = true;
    keys_ = std::move(keys);
    setup_.received(kind_);
    for (const Key& key : removed) Forget(key);
    for (const R& row : rows) {
      if (setup_.seen) setup_.seen(row);
    }
    if (ns_.empty()) {
      setup_.inbox.ReplaceAll(setup_.source, std::move(rows));
    } else {
      for (R& row : rows) setup_.inbox.Set(setup_.source, std::move(row));
    }
    setup_.changed();
  }

  void Set(R row) {
    if (doubtful_) return;
    keys_.insert(row.key());
    setup_.received(kind_);
    if (setup_.seen) setup_.seen(row);
    setup_.inbox.Set(setup_.source, std::move(row));
  }

  void Erase(const Key& key) {
    if (doubtful_ || keys_.erase(key) == 0) return;
    setup_.received(kind_);
    Forget(key);
  }

  void Forget(const Key& key) {
    if (setup_.gone) setup_.gone(key);
    setup_.inbox.Erase(setup_.source, key);
  }

  // The reflector is replaced, not asked: a new one starts with a list.
  void AskAgain(size_t removed) {
    TellDoubt(removed, keys_.size());
    doubtful_ = true;
    asked_again_ = true;
    again_ = setup_.clock.After(setup_.limit.second_opinion, [this] {
      KeepRelists();
      reflector_ = NewReflector();
      reflector_->Start();
    });
    setup_.changed();
  }

  Setup setup_;
  absl::flat_hash_set<Key> keys_;
  std::unique_ptr<k8s::Reflector<R>> reflector_;
  io::Timer again_;
};

}  // namespace kong
