#include "tools/capacity/page.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "absl/strings/str_format.h"
#include "engine/text.h"
#include "tools/capacity/chart.h"

namespace capacity {
namespace {

using engine::Cat;

constexpr std::string_view kStyle = R"(
:root{color-scheme:light dark;--ink:#1b1f24;--soft:#5b6470;--line:#d7dce2;--paper:#fff;--card:#f5f7f9;
--c0:#1769d1;--c1:#c2410c;--c2:#15803d;--c3:#9333ea;--c4:#b45309;--c5:#0e7490}
@media(prefers-color-scheme:dark){:root{--ink:#e6e9ee;--soft:#9aa4b2;--line:#333b45;--paper:#14181d;
--card:#1c2229;--c0:#6aa9ff;--c1:#ff9466;--c2:#5fd18a;--c3:#c99bff;--c4:#f0b35a;--c5:#5cc8dd}}
*{box-sizing:border-box}body{margin:0 auto;max-width:1100px;padding:16px;background:var(--paper);
color:var(--ink);font:15px/1.5 system-ui,sans-serif}h1{font-size:1.1rem;margin:0 0 8px;color:var(--soft)}
h2{font-size:1rem;margin:28px 0 8px}.answer{background:var(--card);border-radius:8px;padding:12px 16px}
.answer p{margin:4px 0}.answer p:first-child{font-size:1.5rem;line-height:1.25;font-weight:600}
.facts{color:var(--soft);font-size:.85rem;overflow-wrap:anywhere}
.charts{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,330px),1fr));gap:16px}
figure{margin:0;background:var(--card);border-radius:8px;padding:10px}figcaption{font-weight:600}
.unit{color:var(--soft);font-weight:400}svg{width:100%;height:auto;display:block}
.grid{stroke:var(--line)}.tick{fill:var(--soft);font-size:11px}path{fill:none;stroke-width:2}
path.s0{stroke:var(--c0)}path.s1{stroke:var(--c1)}path.s2{stroke:var(--c2)}path.s3{stroke:var(--c3)}
path.s4{stroke:var(--c4)}path.s5{stroke:var(--c5)}circle.s0{fill:var(--c0)}circle.s1{fill:var(--c1)}
circle.s2{fill:var(--c2)}circle.s3{fill:var(--c3)}circle.s4{fill:var(--c4)}circle.s5{fill:var(--c5)}
.legend{font-size:.85rem}.key{margin-right:8px;white-space:nowrap}.key::before{content:"";display:inline-block;
width:10px;height:10px;border-radius:5px;margin-right:4px;background:currentColor}
span.s0{color:var(--c0)}span.s1{color:var(--c1)}span.s2{color:var(--c2)}span.s3{color:var(--c3)}
span.s4{color:var(--c4)}span.s5{color:var(--c5)}.wide{overflow-x:auto}
table{border-collapse:collapse;font-size:.85rem;font-variant-numeric:tabular-nums}
th,td{padding:3px 10px;border-bottom:1px solid var(--line);text-align:left;white-space:nowrap}
td.n,th.n{text-align:right})";

using Key = std::pair<std::string, std::string>;  // Scenario and metric.
using Values = std::map<size_t, const Measurement*>;

std::map<Key, Values> Index(const std::vector<Measurement>& measurements) {
  std::map<Key, Values> index;
  for (const Measurement& one : measurements)
    index[{one.scenario, one.metric}][one.ingresses] = &one;
  return index;
}

Series SeriesOf(const std::string& name, const Values& values) {
  Series series{name, {}};
  for (const auto& [size, one] : values)
    series.points.emplace_back(static_cast<double>(size), one->value);
  return series;
}

struct Curve {
  std::string_view scenario, metric, name;
};
struct Chart {
  std::string_view title, unit;
  std::vector<Curve> curves;
};

std::vector<Chart> Charts() {
  return {
      {"From a change to the gateway, p99", "ms",
       {{"endpoint", "propagation_p99", "endpoint"},
        {"path", "propagation_p99", "path"},
        {"service", "propagation_p99", "service"},
        {"certificate", "propagation_p99", "certificate"}}},
      {"CPU time of one change", "ms",
       {{"endpoint", "cpu_per_change", "endpoint"},
        {"path", "cpu_per_change", "path"},
        {"service", "cpu_per_change", "service"},
        {"certificate", "cpu_per_change", "certificate"}}},
      {"Memory", "MB",
       {{"start", "memory", "after the start"},
        {"start", "peak_memory", "peak of the start"},
        {"mass-delete", "memory_after", "all deleted"}}},
      {"Cold start", "s",
       {{"start", "until_configured", "until gateways are configured"},
        {"start", "cpu", "CPU time"},
        {"restart", "next_change", "after a kill, until the next change"}}},
      {"Until everything arrived", "s",
       {{"rolling-restart=10000", "until_all", "rolling restart"},
        {"delete-pods=10000", "until_all", "pods deleted"},
        {"rotate-all", "until_all", "all certificates"},
        {"gateway-restart", "until_configured", "gateways restarted"}}},
  };
}

// Churn at any rates: what was measured decides.
std::vector<Chart> ChurnCharts(const std::map<Key, Values>& index) {
  Chart cpu{"CPU under churn", "cores", {}}, late{"From a change to the gateway, p99", "ms", {}};
  for (const auto& [key, values] : index) {
    if (!key.first.starts_with("churn=") || key.second != "cpu") continue;
    cpu.curves.push_back({key.first, "cpu", key.first});
    late.curves.push_back({key.first, "propagation_p99", key.first});
  }
  if (cpu.curves.empty()) return {};
  return {cpu, late};
}

std::string ChartsHtml(const std::map<Key, Values>& index) {
  std::string html;
  std::vector<Chart> charts = Charts();
  for (Chart& chart : ChurnCharts(index)) charts.push_back(std::move(chart));
  for (const Chart& chart : charts) {
    std::vector<Series> series;
    for (const Curve& curve : chart.curves) {
      const auto found = index.find({std::string(curve.scenario), std::string(curve.metric)});
      if (found != index.end()) series.push_back(SeriesOf(std::string(curve.name), found->second));
    }
    if (!series.empty()) html += ChartSvg(chart.title, chart.unit, series);
  }
  return html;
}

std::string TableHtml(const std::vector<Measurement>& measurements,
                      const std::map<Key, Values>& index) {
  std::set<size_t> sizes;
  for (const Measurement& one : measurements) sizes.insert(one.ingresses);
  std::string html = "<table><thead><tr><th>scenario</th><th>what</th><th>unit</th>";
  for (size_t size : sizes) html += Cat("<th class=\"n\">", size, "</th>");
  html += "</tr></thead><tbody>\n";
  std::set<Key> told;
  for (const Measurement& one : measurements) {
    const Key key(one.scenario, one.metric);
    if (!told.insert(key).second) continue;
    html += Cat("<tr><td>", EscapeHtml(one.scenario), "</td><td>", EscapeHtml(one.metric),
                "</td><td>", EscapeHtml(one.unit), "</td>");
    const Values& values = index.at(key);
    for (size_t size : sizes) {
      const auto found = values.find(size);
      html += Cat("<td class=\"n\">",
                  found == values.end() ? "" : NumberText(found->second->value), "</td>");
    }
    html += "</tr>\n";
  }
  return html + "</tbody></table>";
}

// 50000 as "50,000".
std::string Grouped(size_t number) {
  std::string text = Cat(number);
  for (size_t at = text.size(); at > 3; at -= 3) text.insert(at - 3, 1, ',');
  return text;
}

}  // namespace

std::vector<std::string> Answer(const std::vector<Measurement>& measurements) {
  const std::map<Key, Values> index = Index(measurements);
  size_t largest = 0;
  for (const Measurement& one : measurements) largest = std::max(largest, one.ingresses);
  if (largest == 0) return {};
  const auto value = [&](const std::string& scenario, const std::string& metric) {
    const auto found = index.find({scenario, metric});
    if (found == index.end()) return std::string();
    const auto of = found->second.find(largest);
    return of == found->second.end() ? std::string() : NumberText(of->second->value);
  };
  std::vector<std::string> sentences = {
      Cat("This machine holds ", Grouped(largest), " Ingresses, the most that were tried.")};
  if (const std::string took = value("start", "until_configured"); !took.empty()) {
    sentences.push_back(Cat("A start takes ", took, " s until the gateways are configured, and ",
                            value("start", "memory"), " MB of memory (",
                            value("start", "peak_memory"), " MB at its peak)."));
  }
  if (const std::string late = value("endpoint", "propagation_p99"); !late.empty()) {
    sentences.push_back(Cat("A new endpoint is at the gateways after ", late,
                            " ms (p99) and costs ", value("endpoint", "cpu_per_change"),
                            " ms of CPU time."));
  }
  for (const auto& [key, values] : index) {
    if (!key.first.starts_with("churn=") || key.second != "cpu") continue;
    const std::string cores = value(key.first, "cpu");
    if (cores.empty()) continue;
    sentences.push_back(Cat("At ", key.first.substr(6), " endpoint changes a second it uses ",
                            cores, " cores, and a change arrives after ",
                            value(key.first, "propagation_p99"), " ms (p99)."));
  }
  return sentences;
}

std::string Page(const RunFacts& facts, const std::vector<Measurement>& measurements) {
  const std::map<Key, Values> index = Index(measurements);
  std::string answer;
  for (const std::string& sentence : Answer(measurements))
    answer += Cat("<p>", EscapeHtml(sentence), "</p>\n");
  if (answer.empty()) answer = "<p>Nothing was measured.</p>\n";
  const std::string machine =
      Cat(facts.processor, ", ", facts.cores, " cores, ", NumberText(facts.memory_mb / 1000),
          " GB, Linux ", facts.kernel, "; kdelta ", facts.release, " ", facts.commit, "; ",
          facts.gateways, " simulated gateways (", facts.sink, "), ", facts.endpoints,
          " endpoints a Service, seed ", facts.seed);
  return Cat(
      "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
      "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">"
      "<title>kdelta bench</title><style>",
      kStyle, "</style></head>\n<body><h1>How big can I go on this node?</h1>\n",
      "<div class=\"answer\" id=\"answer\">\n", answer, "</div>\n<p class=\"facts\">",
      EscapeHtml(machine), "</p>\n<h2>By the number of Ingresses</h2>\n<div class=\"charts\">\n",
      ChartsHtml(index), "</div>\n<h2>Every number</h2>\n<div class=\"wide\">\n",
      TableHtml(measurements, index), "</div>\n</body></html>\n");
}

}  // namespace capacity
