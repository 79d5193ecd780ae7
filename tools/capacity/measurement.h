// What a run finds: numbers with a name, at a size of the fleet, and how they are written down.
//
// A measurement is exact if two runs of the same seed must find the same number: counts and bytes of
// changes that were made one after another. Times, memory, and whatever depends on how changes were
// batched are not. Plain values.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "tools/simulators/json.h"

namespace capacity {

struct Measurement {
  size_t ingresses = 0;  // The size of the fleet.
  std::string scenario;  // As in Scenarios().
  std::string metric;    // "propagation_p99"; lower case, with underscores.
  std::string unit;      // "ms", "s", "MB", "bytes", "count", "cores".
  double value = 0;
  bool exact = false;
};

// Durations or other numbers of one kind; nothing is forgotten.
class Samples {
 public:
  void Add(double value) { values_.push_back(value); }
  bool empty() const { return values_.empty(); }
  size_t size() const { return values_.size(); }
  // The least value that at least `share` of all do not exceed; 0 if there are none. O(n).
  double Quantile(double share) const;
  double Max() const;

 private:
  std::vector<double> values_;
};

// Collects what one run of a scenario finds.
class Report {
 public:
  Report(size_t ingresses, std::string scenario, std::vector<Measurement>& into)
      : ingresses_(ingresses), scenario_(std::move(scenario)), into_(into) {}
  void Add(std::string metric, std::string unit, double value, bool exact = false);
  // p50, p90, p99 and max of samples in milliseconds, as METRIC_p50 and so on.
  void AddQuantiles(const std::string& metric, const Samples& milliseconds);

 private:
  size_t ingresses_;
  std::string scenario_;
  std::vector<Measurement>& into_;
};

// Where and how it was measured.
struct RunFacts {
  std::string release, commit;
  std::string processor;  // As /proc/cpuinfo calls it.
  size_t cores = 0;
  double memory_mb = 0;
  std::string kernel;
  uint64_t seed = 0;
  std::string sink;
  size_t gateways = 0, endpoints = 0;  // Endpoints of each Service.
};
// Of this machine; the rest of the fields is the caller's.
RunFacts FactsOfMachine();

// One JSON object a line: first the facts, with "kdelta_bench": 1, then each measurement.
std::string JsonLines(const RunFacts& facts, const std::vector<Measurement>& measurements);
// A table for people: a line a scenario and metric, a column a size.
std::string Table(const std::vector<Measurement>& measurements);
// "1.23" with as many digits as tell something.
std::string NumberText(double value);

// "SCENARIO.METRIC<=VALUE", for all sizes, or "SCENARIO.METRIC@SIZE<=VALUE".
struct Threshold {
  std::string text, scenario, metric;
  size_t ingresses = 0;  // 0: all.
  double limit = 0;
};
absl::StatusOr<Threshold> ParseThreshold(std::string_view text);
// A sentence for each measurement above its limit, and for each threshold that met none.
std::vector<std::string> Exceeded(const std::vector<Threshold>& thresholds,
                                  const std::vector<Measurement>& measurements);

}  // namespace capacity
