#include "io/log.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace io {
namespace {

using ::testing::MatchesRegex;

class LogTest : public ::testing::Test {
 protected:
  ~LogTest() override { SetLog(LogLevel::kInfo, LogFormat::kText); }
  template <class Body>
  std::string Captured(Body body) {
    ::testing::internal::CaptureStderr();
    body();
    return ::testing::internal::GetCapturedStderr();
  }
};

TEST_F(LogTest, TextHasTimeLevelEventAndFieldsBetweenTabs) {
  const std::string line = Captured([] {
    Info("configuration pushed", {{"gateway", "http://a:8001"}, {"bytes", 12}, {"whole", true}});
  });
  EXPECT_THAT(line,
              MatchesRegex("[0-9-]+T[0-9:]+\\.[0-9][0-9][0-9]Z\tinfo\tconfiguration pushed\t"
                           "\\{\"gateway\":\"http://a:8001\",\"bytes\":12,\"whole\":true\\}\n"));
}

TEST_F(LogTest, TextWithoutFieldsEndsAfterTheEvent) {
  EXPECT_THAT(Captured([] { Warning("stopping"); }), MatchesRegex("[^\t]+\twarning\tstopping\n"));
}

TEST_F(LogTest, JsonIsOneObjectALine) {
  SetLog(LogLevel::kInfo, LogFormat::kJson);
  const std::string line = Captured([] {
    Error("push failed", {{"error", absl::UnavailableError("refused")}, {"seconds", 0.25}});
  });
  EXPECT_THAT(line,
              MatchesRegex("\\{\"time\":\"[^\"]+Z\",\"level\":\"error\",\"event\":\"push failed\","
                           "\"error\":\"refused\",\"seconds\":0.25\\}\n"));
}

TEST_F(LogTest, AFieldCannotBreakItsLineOrForgeAnother) {
  const std::string line = Captured([] { Info("event", {{"name", std::string("a\nb\t\"c\"")}}); });
  EXPECT_THAT(line,
              MatchesRegex("[^\t]+\tinfo\tevent\t\\{\"name\":\"a\\\\nb\\\\t\\\\\"c\\\\\"\"\\}\n"));
}

TEST_F(LogTest, LinesBelowTheLeastLevelAreDropped) {
  SetLog(LogLevel::kWarning, LogFormat::kText);
  EXPECT_EQ(Captured([] { Info("dropped"); }), "");
  EXPECT_NE(Captured([] { Warning("kept"); }), "");
}

TEST_F(LogTest, LevelsAreReadByName) {
  EXPECT_EQ(ParseLogLevel("trace"), LogLevel::kTrace);
  EXPECT_EQ(ParseLogLevel("error"), LogLevel::kError);
  for (const char* bad : {"", "Info", "info ", "panic"})
    EXPECT_EQ(ParseLogLevel(bad), std::nullopt);
}

}  // namespace
}  // namespace io
