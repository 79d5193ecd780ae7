#include "tests/scenarios/scenario.h"

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <vector>

#include "gtest/gtest.h"

namespace kong {
namespace {

namespace fs = std::filesystem;

std::string Read(const fs::path& path) {
  std::ifstream in(path);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

std::vector<fs::path> AllScenarios() {
  std::vector<fs::path> files;
  for (const auto& entry :
       fs::directory_iterator(fs::path(KDELTA_SOURCE_DIR) / "tests" / "scenarios")) {
    if (entry.path().extension() == ".scenario") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

class ScenarioTest : public testing::TestWithParam<fs::path> {};

TEST_P(ScenarioTest, ChangesWhatItSays) {
  std::string text = Read(GetParam());
  absl::StatusOr<std::string> actual = RunScenario(text);
  ASSERT_TRUE(actual.ok()) << actual.status();
  if (std::getenv("UPDATE")) {
    std::ofstream(GetParam()) << *actual;
    return;
  }
  EXPECT_EQ(*actual, text) << "UPDATE=1 writes what is into " << GetParam();
}

INSTANTIATE_TEST_SUITE_P(All, ScenarioTest, testing::ValuesIn(AllScenarios()),
                         [](const auto& test) {
                           std::string name = test.param.stem().string();
                           std::replace_if(
                               name.begin(), name.end(),
                               [](char c) { return !std::isalnum(static_cast<unsigned char>(c)); },
                               '_');
                           return name;
                         });

TEST(ScenarioRunnerTest, ErrorsNameTheLine) {
  EXPECT_EQ(RunScenario("# hello\n\nfrobnicate\n").status().message(),
            "line 3: unknown command frobnicate");
  EXPECT_FALSE(RunScenario("apply\n  {kind: Nothing, metadata: {name: x}}\n").ok());
}

}  // namespace
}  // namespace kong
