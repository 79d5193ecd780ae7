// The engine's thread: takes news in, steps the graph, and answers questions about it in between.
//
// It sleeps until there is news or a question, so an idle controller costs nothing, and it has no
// tick: a change that comes while it sleeps is computed at once, those that come while it computes
// are one epoch. Before Open it takes in nothing, so that the first lists of all kinds are one
// epoch too, and nothing is ever computed from half a cluster. After much was deleted it gives the
// memory back as soon as a second has passed without work.
//
// The graph belongs to this thread from construction to destruction. Everybody else uses inbox()
// and Ask.
#pragma once

#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/time/time.h"
#include "engine/graph.h"
#include "engine/inbox.h"

namespace kong {

// Called on the engine's thread.
struct EngineHooks {
  absl::AnyInvocable<void()> draining;  // Just before news is taken in.
  absl::AnyInvocable<void(const engine::EpochStats&, absl::Duration took)> stepped;
};

class EngineThread {
 public:
  EngineThread(engine::Graph& graph, EngineHooks hooks);
  ~EngineThread();  // Ends the epoch under way; questions not yet answered are dropped.
  EngineThread(const EngineThread&) = delete;
  EngineThread& operator=(const EngineThread&) = delete;

  engine::Inbox& inbox() { return inbox_; }
  // From now on there are epochs; what has come so far is the first. Rows go into the sources
  // before that too, so that a first list is taken in while the next one is parsed. Any thread,
  // repeatedly.
  void Open();
  // Calls `question` between epochs, after all news that came before. Any thread.
  void Ask(absl::AnyInvocable<void()> question);
  uint64_t compactions() const;

 private:
  void Run() noexcept;
  struct Work {
    bool due = false, news = false, open = false, stop = false;
    std::vector<absl::AnyInvocable<void()>> questions;
  };
  Work WaitForWork();
  void TakeIn();
  void Step();
  void NoteSize();
  void Compact();

  engine::Graph& graph_;
  EngineHooks hooks_;
  mutable std::mutex mutex_;  // Guards these, up to compactions_.
  std::condition_variable due_;
  bool stopping_ = false;
  bool open_ = false;
  bool news_ = false;
  std::vector<absl::AnyInvocable<void()>> questions_;
  uint64_t compactions_ = 0;
  bool changed_ = false;             // A source, since the last epoch.
  size_t rows_ = 0, rows_peak_ = 0;  // Peak since the last compaction.
  engine::Inbox inbox_;
  std::thread thread_;  // Last: it uses the rest.
};

}  // namespace kong
