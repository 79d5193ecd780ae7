#include "kong/engine_thread.h"

#include <malloc.h>

#include <algorithm>
#include <chrono>
#include <utility>

namespace kong {
namespace {

// Compaction costs a walk over all keys: worth it when that many rows, and half of all, are gone.
constexpr size_t kWorthCompacting = 10'000;
constexpr absl::Duration kIdleBeforeCompacting = absl::Seconds(1);

}  // namespace

EngineThread::EngineThread(engine::Graph& graph, EngineHooks hooks)
    : graph_(graph), hooks_(std::move(hooks)), inbox_([this] {
        absl::MutexLock lock(&mutex_);
        news_ = true;
      }) {
  thread_ = std::thread([this] { Run(); });
}

EngineThread::~EngineThread() {
  {
    absl::MutexLock lock(&mutex_);
    stopping_ = true;
  }
  thread_.join();
}

void EngineThread::Open() {
  absl::MutexLock lock(&mutex_);
  open_ = true;
  news_ = true;  // What came so far waits for its epoch.
}

void EngineThread::Ask(absl::AnyInvocable<void()> question) {
  absl::MutexLock lock(&mutex_);
  questions_.push_back(std::move(question));
}

uint64_t EngineThread::compactions() const {
  absl::MutexLock lock(&mutex_);
  return compactions_;
}

void EngineThread::Run() noexcept {
  for (;;) {
    std::vector<absl::AnyInvocable<void()>> questions;
    bool due, news, open;
    {
      const bool may_compact = rows_peak_ - rows_ >= kWorthCompacting && rows_ < rows_peak_ / 2;
      absl::MutexLock lock(&mutex_);
      due = mutex_.AwaitWithTimeout(absl::Condition(this, &EngineThread::Due),
                                    may_compact ? kIdleBeforeCompacting : absl::InfiniteDuration());
      if (stopping_) return;
      news = std::exchange(news_, false);
      open = open_;
      questions = std::exchange(questions_, {});
    }
    if (!due) {
      Compact();
      continue;
    }
    if (news) TakeIn();
    if (open && changed_) Step();
    for (auto& question : questions) question();
  }
}

void EngineThread::TakeIn() {
  if (hooks_.draining) hooks_.draining();
  changed_ |= inbox_.Drain() > 0;  // Equal objects: no epoch, no version.
}

void EngineThread::Step() {
  changed_ = false;
  const auto began = std::chrono::steady_clock::now();
  const engine::EpochStats stats = graph_.Step();
  const absl::Duration took = absl::FromChrono(std::chrono::steady_clock::now() - began);
  NoteSize();
  if (hooks_.stepped) hooks_.stepped(stats, took);
}

void EngineThread::NoteSize() {
  rows_ = 0;
  for (const auto& table : graph_.tables()) rows_ += table->size();
  rows_peak_ = std::max(rows_peak_, rows_);
}

void EngineThread::Compact() {
  graph_.Compact();
  malloc_trim(0);
  rows_peak_ = rows_;
  absl::MutexLock lock(&mutex_);
  ++compactions_;
}

}  // namespace kong
