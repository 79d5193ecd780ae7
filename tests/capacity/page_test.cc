#include "tools/capacity/page.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/capacity/chart.h"
#include "tools/capacity/scenarios.h"

namespace capacity {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

std::vector<Measurement> Some() {
  return {{1000, "start", "until_configured", "s", 0.5, false},
          {50'000, "start", "until_configured", "s", 4.5, false},
          {50'000, "start", "memory", "MB", 500, false},
          {50'000, "start", "peak_memory", "MB", 700, false},
          {50'000, "endpoint", "propagation_p99", "ms", 1.5, false},
          {50'000, "endpoint", "cpu_per_change", "ms", 0.25, false},
          {50'000, "churn=1000", "cpu", "cores", 0.05, false},
          {50'000, "churn=1000", "propagation_p99", "ms", 12, false}};
}

TEST(PageTest, TheAnswerIsOfTheLargestFleet) {
  EXPECT_THAT(
      Answer(Some()),
      ElementsAre("This machine holds 50,000 Ingresses, the most that were tried.",
                  "A start takes 4.50 s until the gateways are configured, and 500 MB of memory "
                  "(700 MB at its peak).",
                  "A new endpoint is at the gateways after 1.50 ms (p99) and costs 0.2500 ms of "
                  "CPU time.",
                  "At 1000 endpoint changes a second it uses 0.0500 cores, and a change arrives "
                  "after 12 ms (p99)."));
  EXPECT_THAT(Answer({}), IsEmpty());
}

TEST(PageTest, ItNeedsNothingAndBeginsWithTheAnswer) {
  const std::string page = Page(FactsOfMachine(), Some());
  for (const char* foreign : {"<script", "http://", "https://", "src=", "<link", "@import", "url("})
    EXPECT_THAT(page, Not(HasSubstr(foreign)));
  EXPECT_LT(page.find("This machine holds 50,000"), page.find("<svg"));
  EXPECT_THAT(page, HasSubstr("name=\"viewport\""));
  EXPECT_THAT(Page(FactsOfMachine(), {}), HasSubstr("Nothing was measured."));
}

TEST(PageTest, TextFromOutsideIsText) {
  RunFacts facts;
  facts.processor = "<img src=x onerror=alert(1)>\"'&";
  std::vector<Measurement> found = Some();
  found.push_back({1000, "churn=<b>", "cpu", "cores", 1, false});
  const std::string page = Page(facts, found);
  EXPECT_THAT(page, Not(HasSubstr("<img")));
  EXPECT_THAT(page, Not(HasSubstr("<b>")));
  EXPECT_THAT(page, HasSubstr("&lt;img src=x onerror=alert(1)&gt;&quot;&#39;&amp;"));
}

TEST(ChartTest, PointsLieInsideOfThePictureAndRise) {
  const std::string svg = ChartSvg("t", "ms", {{"a", {{1000, 1}, {50'000, 7}}}});
  EXPECT_THAT(svg, HasSubstr("a at 50000: 7 ms"));
  EXPECT_THAT(svg, HasSubstr("d=\"M59.1 173.8L408.0 64.6\""));
}

TEST(ChooseTest, NamesAScenarioWithItsNumber) {
  EXPECT_EQ(Choose("churn")->name, "churn=1000");
  EXPECT_EQ(Choose("churn=20")->name, "churn=20");
  EXPECT_EQ(Choose("churn=20")->number, 20);
  EXPECT_EQ(Choose("path")->name, "path");
  const auto error = [](const char* text) {
    return std::string(Choose(text).status().message());
  };
  EXPECT_THAT(error("paths"), HasSubstr("there is no scenario paths; there are endpoint, path,"));
  EXPECT_THAT(error("path=3"), HasSubstr("path takes no number"));
  EXPECT_THAT(error("churn=-3"), HasSubstr("what follows = in churn=-3"));
}

}  // namespace
}  // namespace capacity
