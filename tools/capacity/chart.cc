#include "tools/capacity/chart.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_format.h"
#include "tools/capacity/measurement.h"

namespace capacity {
namespace {

constexpr double kWidth = 420, kHeight = 220, kLeft = 52, kRight = 12, kTop = 10, kBottom = 28;
constexpr size_t kColours = 6;

// The least of 1, 2 and 5 times a power of ten that is at least `value`.
double RoundUp(double value) {
  if (value <= 0) return 1;
  const double power = std::pow(10, std::floor(std::log10(value)));
  for (double step : {1.0, 2.0, 5.0}) {
    if (value <= step * power * (1 + 1e-9)) return step * power;
  }
  return 10 * power;
}

class Plot {
 public:
  Plot(double x_max, double y_max) : x_max_(x_max), y_max_(y_max) {}
  double X(double value) const { return kLeft + value / x_max_ * (kWidth - kLeft - kRight); }
  double Y(double value) const {
    return kHeight - kBottom - value / y_max_ * (kHeight - kTop - kBottom);
  }
  std::string Axes() const {
    std::string svg;
    for (int n = 0; n <= 4; ++n) {
      const double value = y_max_ * n / 4, at = Y(value);
      svg += absl::StrFormat(
          "<line class=\"grid\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%.1f\" y2=\"%.1f\"/>"
          "<text class=\"tick\" x=\"%.1f\" y=\"%.1f\" text-anchor=\"end\">%s</text>",
          kLeft, kWidth - kRight, at, at, kLeft - 6, at + 4, NumberText(value));
    }
    for (int n = 0; n <= 4; ++n) {
      const double value = x_max_ * n / 4;
      svg += absl::StrFormat(
          "<text class=\"tick\" x=\"%.1f\" y=\"%.1f\" text-anchor=\"middle\">%s</text>", X(value),
          kHeight - 8, value >= 1000 ? NumberText(value / 1000) + "k" : NumberText(value));
    }
    return svg;
  }

 private:
  double x_max_, y_max_;
};

}  // namespace

std::string EscapeHtml(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string ChartSvg(std::string_view title, std::string_view unit,
                     const std::vector<Series>& series) {
  double x_max = 0, y_max = 0;
  for (const Series& one : series) {
    for (const auto& [x, y] : one.points) {
      x_max = std::max(x_max, x);
      y_max = std::max(y_max, y);
    }
  }
  const Plot plot(x_max > 0 ? x_max : 1, RoundUp(y_max));
  std::string svg = absl::StrFormat(
      "<figure><figcaption>%s <span class=\"unit\">%s</span></figcaption>"
      "<svg viewBox=\"0 0 %.0f %.0f\" role=\"img\" aria-label=\"%s\">%s",
      EscapeHtml(title), EscapeHtml(unit), kWidth, kHeight, EscapeHtml(title), plot.Axes());
  std::string legend;
  for (size_t n = 0; n < series.size(); ++n) {
    const size_t colour = n % kColours;
    std::string path, dots;
    for (const auto& [x, y] : series[n].points) {
      path += absl::StrFormat("%s%.1f %.1f", path.empty() ? "M" : "L", plot.X(x), plot.Y(y));
      dots += absl::StrFormat(
          "<circle class=\"s%d\" cx=\"%.1f\" cy=\"%.1f\" r=\"3\"><title>%s at %s: %s %s</title>"
          "</circle>",
          colour, plot.X(x), plot.Y(y), EscapeHtml(series[n].name), NumberText(x), NumberText(y),
          EscapeHtml(unit));
    }
    svg += absl::StrFormat("<path class=\"s%d\" d=\"%s\"/>%s", colour, path, dots);
    legend += absl::StrFormat("<span class=\"key s%d\">%s</span> ", colour,
                              EscapeHtml(series[n].name));
  }
  return svg + "</svg><div class=\"legend\">" + legend + "</div></figure>\n";
}

}  // namespace capacity
