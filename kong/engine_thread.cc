#include "kong/engine_thread.h"

#include <malloc.h>

#include <algorithm>
#include <chrono>
#include <utility>

namespace kong {
namespace {

// Compaction costs a walk over all keys: worth it when that many rows, and half of all, are gone.
constexpr size_t kWorthCompacting = 10'000;
constexpr std::chrono::seconds kIdleBeforeCompacting{1};

}  // namespace

EngineThread::EngineThread(engine::Graph& graph, EngineHooks hooks)
    : graph_(graph), hooks_(std::move(hooks)), inbox_([this] {
        std::lock_guard lock(mutex_);
        news_ = true;
        due_.notify_one();
      }) {
  thread_ = std::thread([this] { Run(); });
}

EngineThread::~EngineThread() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
    due_.notify_one();
  }
  thread_.join();
}

void EngineThread::Open() {
  std::lock_guard lock(mutex_);
  open_ = true;
  news_ = true;  // What came so far waits for its epoch.
  due_.notify_one();
}

void EngineThread::Ask(absl::AnyInvocable<void()> question) {
  std::lock_guard lock(mutex_);
  questions_.push_back(std::move(question));
  due_.notify_one();
}

uint64_t EngineThread::compactions() const {
  std::lock_guard lock(mutex_);
  return compactions_;
}

EngineThread::Work EngineThread::WaitForWork() {
  const bool may_compact = rows_peak_ - rows_ >= kWorthCompacting && rows_ < rows_peak_ / 2;
  std::unique_lock lock(mutex_);
  auto due = [this] { return stopping_ || news_ || !questions_.empty(); };
  Work work;
  if (may_compact) {
    work.due = due_.wait_for(lock, kIdleBeforeCompacting, due);
  } else {
    due_.wait(lock, due);
    work.due = true;
  }
  work.stop = stopping_;
  work.news = std::exchange(news_, false);
  work.open = open_;
  work.questions = std::exchange(questions_, {});
  return work;
}

void EngineThread::Run() noexcept {
  for (;;) {
    Work work = WaitForWork();
    if (work.stop) return;
    if (!work.due) {
      Compact();
      continue;
    }
    if (work.news) TakeIn();
    if (work.open && changed_) Step();
    for (auto& question : work.questions) question();
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
  std::lock_guard lock(mutex_);
  ++compactions_;
}

}  // namespace kong
