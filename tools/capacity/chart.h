// Line charts as SVG text, and the escaping that HTML needs. Pure.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace capacity {

struct Series {
  std::string name;
  std::vector<std::pair<double, double>> points;  // By rising x; at least one.
};

// Both axes are linear and begin at 0. Colours come from the page's classes s0 to s5.
std::string ChartSvg(std::string_view title, std::string_view unit,
                     const std::vector<Series>& series);

// For text and for attribute values in double quotes.
std::string EscapeHtml(std::string_view text);

}  // namespace capacity
