#include "tools/capacity/measurement.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace capacity {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::vector<Measurement> Some() {
  return {{1000, "endpoint", "propagation_p99", "ms", 1.25, false},
          {1000, "churn=200", "cpu", "cores", 0.015, false},
          {5000, "endpoint", "propagation_p99", "ms", 3.5, false},
          {5000, "endpoint", "evaluations", "count", 1, true}};
}

TEST(SamplesTest, AQuantileIsAValueThatOccurred) {
  Samples samples;
  EXPECT_EQ(samples.Quantile(0.99), 0);
  EXPECT_EQ(samples.Max(), 0);
  for (int n = 100; n > 0; --n) samples.Add(n);
  EXPECT_EQ(samples.Quantile(0.5), 50);
  EXPECT_EQ(samples.Quantile(0.99), 99);
  EXPECT_EQ(samples.Quantile(0.991), 100);
  EXPECT_EQ(samples.Quantile(1), 100);
  EXPECT_EQ(samples.Quantile(0), 1);
  EXPECT_EQ(samples.Max(), 100);
}

TEST(ReportTest, QuantilesHaveNamesOfTheirOwn) {
  std::vector<Measurement> found;
  Samples samples;
  samples.Add(2);
  Report(10, "path", found).AddQuantiles("propagation", samples);
  ASSERT_EQ(found.size(), 4u);
  EXPECT_EQ(found[2].metric, "propagation_p99");
  EXPECT_EQ(found[2].unit, "ms");
  EXPECT_EQ(found[2].ingresses, 10u);
  EXPECT_FALSE(found[2].exact);
}

TEST(MeasurementTest, JsonIsOneObjectALine) {
  RunFacts facts = FactsOfMachine();
  EXPECT_GT(facts.cores, 0u);
  EXPECT_GT(facts.memory_mb, 0);
  facts.seed = 7;
  const std::string text = JsonLines(facts, Some());
  std::vector<simulators::Json> lines;
  size_t begin = 0;
  for (size_t end; (end = text.find('\n', begin)) != text.npos; begin = end + 1) {
    const auto line = simulators::ParseJson(text.substr(begin, end - begin));
    ASSERT_TRUE(line) << text;
    lines.push_back(*line);
  }
  ASSERT_EQ(lines.size(), 5u);
  EXPECT_EQ(lines[0]["kdelta_bench"], 1);
  EXPECT_EQ(lines[0]["seed"], 7);
  EXPECT_EQ(lines[4]["metric"], "evaluations");
  EXPECT_EQ(lines[4]["ingresses"], 5000);
  EXPECT_EQ(lines[4]["exact"], true);
}

TEST(MeasurementTest, TheTableHasAColumnASizeAndADashWhereNothingIs) {
  const std::string table = Table(Some());
  EXPECT_THAT(table, HasSubstr("1000       5000"));
  EXPECT_THAT(table, HasSubstr("1.25       3.50"));
  EXPECT_THAT(table, HasSubstr("0.0150          -"));
}

TEST(MeasurementTest, NumbersHaveTheDigitsThatTellSomething) {
  EXPECT_EQ(NumberText(0), "0");
  EXPECT_EQ(NumberText(1234567), "1234567");
  EXPECT_EQ(NumberText(123.4), "123");
  EXPECT_EQ(NumberText(12.34), "12.3");
  EXPECT_EQ(NumberText(1.234), "1.23");
  EXPECT_EQ(NumberText(0.01234), "0.0123");
}

TEST(ThresholdTest, SaysWhatIsAboveAndWhatWasNotMeasured) {
  std::vector<Threshold> thresholds;
  for (const char* text : {"endpoint.propagation_p99<=2", "endpoint.propagation_p99@1000<=2",
                           "churn=200.cpu<=0.015", "path.cpu<=1"}) {
    const auto threshold = ParseThreshold(text);
    ASSERT_TRUE(threshold.ok()) << threshold.status();
    thresholds.push_back(*threshold);
  }
  EXPECT_THAT(Exceeded(thresholds, Some()),
              ElementsAre("endpoint.propagation_p99 at 5000 is 3.50 ms, and "
                          "endpoint.propagation_p99<=2 was asked",
                          "path.cpu<=1: nothing of that name was measured"));
  thresholds[0].limit = 3.5;
  thresholds.pop_back();
  EXPECT_THAT(Exceeded(thresholds, Some()), IsEmpty());
}

TEST(ThresholdTest, WhatIsNoneIsToldWithItsText) {
  for (const char* text : {"", "endpoint", "endpoint.cpu", "endpoint<=1.5", "a.b<=", "a.b<=1x",
                           "a.b@0<=1", "a.b@many<=1"}) {
    const auto threshold = ParseThreshold(text);
    ASSERT_FALSE(threshold.ok()) << text;
    EXPECT_THAT(std::string(threshold.status().message()), HasSubstr(text));
  }
}

}  // namespace
}  // namespace capacity
