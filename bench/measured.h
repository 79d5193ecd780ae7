// One change, measured exactly: instructions for callgrind, allocations by counting operator new.
//
// Include it in one file of a program: it replaces the global operator new.
#pragma once

#include <valgrind/callgrind.h>

#include <atomic>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <new>

#include "absl/functional/function_ref.h"
#include "engine/graph.h"

namespace bench {
inline std::atomic<uint64_t> allocations = 0;

struct Cost {
  engine::EpochStats stats;
  uint64_t allocations = 0;
};

// Calls set(round) and steps, eight times so that buffers have grown and names are known, then once
// for the record, under callgrind's eyes.
inline Cost Measure(engine::Graph& graph, absl::FunctionRef<void(size_t round)> set) {
  size_t round = 0;
  for (; round < 8; ++round) set(round), graph.Step();
  uint64_t before = allocations;
  CALLGRIND_START_INSTRUMENTATION;
  set(round);
  engine::EpochStats stats = graph.Step();
  CALLGRIND_STOP_INSTRUMENTATION;
  return {stats, allocations - before};
}

// A line that tests/counts_test.py reads.
inline void Print(const char* name, const Cost& cost, size_t entities) {
  std::printf("%s evaluations %llu entities %zu allocations %llu\n", name,
              static_cast<unsigned long long>(cost.stats.evaluations), entities,
              static_cast<unsigned long long>(cost.allocations));
}

}  // namespace bench

// Kept out of line: g++ 12 sees free() beside an inlined new and warns of a mismatch that is none.
[[gnu::noinline]] void* operator new(size_t bytes) {
  bench::allocations.fetch_add(1, std::memory_order_relaxed);
  void* memory = std::malloc(bytes);
  if (!memory) std::abort();
  return memory;
}
[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, size_t) noexcept { std::free(memory); }
