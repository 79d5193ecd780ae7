#include "engine/executor.h"

#include <algorithm>
#include <atomic>
#include <thread>
#include <vector>

#include "oneapi/tbb/parallel_for.h"
#include "oneapi/tbb/parallel_invoke.h"
#include "oneapi/tbb/task_arena.h"

namespace engine {
namespace {

void RunInline(size_t n, absl::FunctionRef<void(size_t)> body, absl::FunctionRef<void()> beside) {
  beside();
  for (size_t i = 0; i < n; ++i) body(i);
}

class SerialExecutor final : public Executor {
 public:
  using Executor::ParallelFor;
  void ParallelFor(size_t n, absl::FunctionRef<void(size_t)> body,
                   absl::FunctionRef<void()> beside) override {
    RunInline(n, body, beside);
  }
  void Both(absl::FunctionRef<void()> one, absl::FunctionRef<void()> other) override {
    one(), other();
  }
};

class ThreadsExecutor final : public Executor {
 public:
  explicit ThreadsExecutor(size_t threads) : threads_(std::max<size_t>(threads, 1)) {}
  using Executor::ParallelFor;
  void ParallelFor(size_t n, absl::FunctionRef<void(size_t)> body,
                   absl::FunctionRef<void()> beside) override {
    std::atomic<size_t> next = 0;
    auto work = [&] {
      for (size_t i; (i = next.fetch_add(1, std::memory_order_relaxed)) < n;) body(i);
    };
    std::vector<std::thread> others;
    for (size_t t = 1; t < threads_; ++t) others.emplace_back(work);
    beside();
    work();
    for (std::thread& other : others) other.join();
  }
  void Both(absl::FunctionRef<void()> one, absl::FunctionRef<void()> other) override {
    if (threads_ == 1) return one(), other();
    std::thread thread([&] { other(); });
    one();
    thread.join();
  }

 private:
  size_t threads_;
};

class TbbExecutor final : public Executor {
 public:
  explicit TbbExecutor(size_t threads)
      : arena_(threads == 0 ? tbb::task_arena::automatic : static_cast<int>(threads)) {}
  using Executor::ParallelFor;
  void ParallelFor(size_t n, absl::FunctionRef<void(size_t)> body,
                   absl::FunctionRef<void()> beside) override {
    if (n < kInlineBatch) return RunInline(n, body, beside);
    arena_.execute([&] {
      tbb::parallel_invoke([&] { beside(); },
                           [&] { tbb::parallel_for(size_t{0}, n, [&](size_t i) { body(i); }); });
    });
  }
  void Both(absl::FunctionRef<void()> one, absl::FunctionRef<void()> other) override {
    arena_.execute([&] { tbb::parallel_invoke([&] { one(); }, [&] { other(); }); });
  }

 private:
  tbb::task_arena arena_;
};

}  // namespace

std::unique_ptr<Executor> NewSerialExecutor() { return std::make_unique<SerialExecutor>(); }
std::unique_ptr<Executor> NewThreadsExecutor(size_t threads) {
  return std::make_unique<ThreadsExecutor>(threads);
}
std::unique_ptr<Executor> NewTbbExecutor(size_t threads) {
  return std::make_unique<TbbExecutor>(threads);
}

std::unique_ptr<Executor> NewExecutor(size_t threads) {
#if defined(KDELTA_EXECUTOR_serial)
  (void)threads;
  return NewSerialExecutor();
#elif defined(KDELTA_EXECUTOR_threads)
  return NewThreadsExecutor(threads == 0 ? std::thread::hardware_concurrency() : threads);
#else
  return NewTbbExecutor(threads);
#endif
}

}  // namespace engine
