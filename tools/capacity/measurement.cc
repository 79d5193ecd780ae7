#include "tools/capacity/measurement.h"

#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <map>
#include <set>

#include "absl/strings/str_format.h"
#include "engine/text.h"
#include "io/read_file.h"

namespace capacity {
namespace {

using engine::Cat;
using simulators::Json;

// The value after the first line of /proc that begins with `name`.
std::string ProcValue(const std::string& file, std::string_view name) {
  const absl::StatusOr<std::string> text = io::ReadFile(file);
  if (!text.ok()) return "";
  for (std::string_view line : engine::Split(*text, '\n')) {
    if (!line.starts_with(name)) continue;
    const size_t colon = line.find(':');
    if (colon != line.npos) return std::string(engine::Trim(line.substr(colon + 1)));
  }
  return "";
}

}  // namespace

double Samples::Quantile(double share) const {
  if (values_.empty()) return 0;
  std::vector<double> sorted = values_;
  const double rank = std::ceil(share * static_cast<double>(sorted.size()));
  const size_t at = std::min(sorted.size() - 1, static_cast<size_t>(std::max(rank, 1.0)) - 1);
  std::nth_element(sorted.begin(), sorted.begin() + static_cast<std::ptrdiff_t>(at), sorted.end());
  return sorted[at];
}

double Samples::Max() const {
  return values_.empty() ? 0 : *std::max_element(values_.begin(), values_.end());
}

void Report::Add(std::string metric, std::string unit, double value, bool exact) {
  into_.push_back({ingresses_, scenario_, std::move(metric), std::move(unit), value, exact});
}

void Report::AddQuantiles(const std::string& metric, const Samples& milliseconds) {
  Add(metric + "_p50", "ms", milliseconds.Quantile(0.5));
  Add(metric + "_p90", "ms", milliseconds.Quantile(0.9));
  Add(metric + "_p99", "ms", milliseconds.Quantile(0.99));
  Add(metric + "_max", "ms", milliseconds.Max());
}

RunFacts FactsOfMachine() {
  RunFacts facts;
  facts.processor = ProcValue("/proc/cpuinfo", "model name");
  facts.cores = static_cast<size_t>(std::max(1L, sysconf(_SC_NPROCESSORS_ONLN)));
  const std::string memory = ProcValue("/proc/meminfo", "MemTotal");
  facts.memory_mb = std::strtod(memory.c_str(), nullptr) * 1024 / 1e6;
  utsname names;
  if (uname(&names) == 0) facts.kernel = names.release;
  return facts;
}

std::string JsonLines(const RunFacts& facts, const std::vector<Measurement>& measurements) {
  const Json head = {{"kdelta_bench", 1},
                     {"release", facts.release},
                     {"commit", facts.commit},
                     {"processor", facts.processor},
                     {"cores", facts.cores},
                     {"memory_mb", std::round(facts.memory_mb)},
                     {"kernel", facts.kernel},
                     {"seed", facts.seed},
                     {"sink", facts.sink},
                     {"gateways", facts.gateways},
                     {"endpoints", facts.endpoints}};
  std::string out = simulators::DumpJson(head) + "\n";
  for (const Measurement& one : measurements) {
    out += simulators::DumpJson({{"ingresses", one.ingresses},
                                 {"scenario", one.scenario},
                                 {"metric", one.metric},
                                 {"unit", one.unit},
                                 {"value", one.value},
                                 {"exact", one.exact}}) +
           "\n";
  }
  return out;
}

std::string NumberText(double value) {
  if (value == std::floor(value) && std::abs(value) < 1e15) return absl::StrFormat("%.0f", value);
  const double size = std::abs(value);
  return absl::StrFormat("%.*f", size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 4, value);
}

std::string Table(const std::vector<Measurement>& measurements) {
  std::set<size_t> sizes;
  std::vector<std::pair<std::string, std::string>> order;  // Scenario and metric, as first seen.
  std::map<std::pair<std::string, std::string>, std::map<size_t, const Measurement*>> rows;
  for (const Measurement& one : measurements) {
    sizes.insert(one.ingresses);
    auto& row = rows[{one.scenario, one.metric}];
    if (row.empty()) order.emplace_back(one.scenario, one.metric);
    row[one.ingresses] = &one;
  }
  std::string out = absl::StrFormat("%-18s %-26s %-6s", "Ingresses", "", "");
  for (size_t size : sizes) out += absl::StrFormat(" %10d", size);
  out += "\n";
  std::string_view last;
  for (const auto& key : order) {
    const auto& row = rows[key];
    const std::string unit = row.begin()->second->unit;
    out += absl::StrFormat("%-18s %-26s %-6s", key.first == last ? "" : key.first, key.second,
                           unit == "count" ? "" : unit);
    for (size_t size : sizes) {
      const auto found = row.find(size);
      out += absl::StrFormat(" %10s", found == row.end() ? "-" : NumberText(found->second->value));
    }
    out += "\n";
    last = key.first;
  }
  return out;
}

absl::StatusOr<Threshold> ParseThreshold(std::string_view text) {
  Threshold result{.text = std::string(text)};
  const size_t relation = text.find("<="), dot = text.find('.');
  if (relation == text.npos || dot == text.npos || dot > relation) {
    return engine::InvalidArgument(
        "a threshold is SCENARIO.METRIC<=VALUE or SCENARIO.METRIC@SIZE<=VALUE, not ", text);
  }
  result.scenario = text.substr(0, dot);
  result.metric = text.substr(dot + 1, relation - dot - 1);
  if (const size_t at = result.metric.find('@'); at != std::string::npos) {
    const auto size = engine::ParseInt(std::string_view(result.metric).substr(at + 1));
    if (!size || *size <= 0) {
      return engine::InvalidArgument("in the threshold ", text, " what follows @ is no size");
    }
    result.ingresses = static_cast<size_t>(*size);
    result.metric.resize(at);
  }
  const std::string number(text.substr(relation + 2));
  char* end = nullptr;
  result.limit = std::strtod(number.c_str(), &end);
  if (number.empty() || *end != '\0') {
    return engine::InvalidArgument("in the threshold ", text, " what follows <= is no number");
  }
  return result;
}

std::vector<std::string> Exceeded(const std::vector<Threshold>& thresholds,
                                  const std::vector<Measurement>& measurements) {
  std::vector<std::string> sentences;
  for (const Threshold& threshold : thresholds) {
    bool met = false;
    for (const Measurement& one : measurements) {
      if (one.scenario != threshold.scenario || one.metric != threshold.metric) continue;
      if (threshold.ingresses != 0 && one.ingresses != threshold.ingresses) continue;
      met = true;
      if (one.value <= threshold.limit) continue;
      sentences.push_back(Cat(one.scenario, ".", one.metric, " at ", one.ingresses, " is ",
                              NumberText(one.value), " ", one.unit, ", and ", threshold.text,
                              " was asked"));
    }
    if (!met) sentences.push_back(Cat(threshold.text, ": nothing of that name was measured"));
  }
  return sentences;
}

}  // namespace capacity
