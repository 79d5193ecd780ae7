#include "kong/last_good_files.h"

#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "engine/text.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "io/log.h"
#include "tests/kong/small_payload.h"

namespace kong {
namespace {

using engine::Cat;
using testing::HasSubstr;
using testing::Not;
namespace fs = std::filesystem;

class LastGoodFilesTest : public testing::Test {
 protected:
  LastGoodFilesTest() {
    io::SetLog(io::LogLevel::kError, io::LogFormat::kText);
    fs::remove_all(folder_);
  }
  std::shared_ptr<LastGoodFiles> Open() { return *LastGoodFiles::Open(folder_, absl::Hours(1)); }
  static std::shared_ptr<const Payload> Some(std::string_view name, Needs offers = 3) {
    return SmallPayload().Add(EntityKind::kService, name, Cat("Service/", name)).Make(7, offers);
  }
  void Keep(const std::shared_ptr<const Payload>& payload) { Open()->Keep(payload); }
  std::string Path(Needs offers = 3) const {
    return Cat(folder_, '/', LastGoodFiles::FileName(offers));
  }
  static std::string Read(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  }
  void Write(const std::string& text) const { std::ofstream(Path(), std::ios::binary) << text; }

  const std::string folder_ = testing::TempDir() + "/last_good_" +
                              testing::UnitTest::GetInstance()->current_test_info()->name();
};

TEST_F(LastGoodFilesTest, WhatIsKeptIsThereAfterARestart) {
  EXPECT_EQ(Open()->Of(3), nullptr);
  const auto payload = Some("a");
  Keep(payload);
  const auto read = Open()->Of(3);
  ASSERT_NE(read, nullptr);
  EXPECT_EQ(*read->body, *payload->body);
  EXPECT_EQ(read->hash, payload->hash);
  EXPECT_EQ(read->version, 0u) << "versions of another process mean nothing";
  EXPECT_EQ(Open()->Of(4), nullptr) << "another class";
}

TEST_F(LastGoodFilesTest, OnlyTheOwnerMayReadIt) {
  Keep(Some("a"));
  struct stat file{}, folder{};
  ASSERT_EQ(stat(Path().c_str(), &file), 0);
  ASSERT_EQ(stat(folder_.c_str(), &folder), 0);
  EXPECT_EQ(file.st_mode & 0777, 0600u);
  EXPECT_EQ(folder.st_mode & 0777, 0700u);
}

TEST_F(LastGoodFilesTest, TheNewestReplacesWhatWasThere) {
  Keep(Some("a"));
  {
    auto files = Open();
    files->Keep(Some("b"));
    files->Keep(Some("c"));
  }
  EXPECT_EQ(*Open()->Of(3)->body, *Some("c")->body);
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_), fs::directory_iterator()), 1);
}

TEST_F(LastGoodFilesTest, DamagedAndForeignFilesAreNamedAndIgnored) {
  Keep(Some("hunter2"));
  const std::string good = Read(Path());
  std::string flipped = good, classy = good;
  flipped[flipped.size() - 5] ^= 1;
  classy.replace(classy.find(" 3 "), 3, " 4 ");
  const std::pair<const char*, std::string> cases[] = {
      {"empty", ""},
      {"cut", good.substr(0, good.size() / 2)},
      {"longer", good + "x"},
      {"a flipped bit", flipped},
      {"of another class", classy},
      {"foreign", "{}"},
      {"only a line", good.substr(0, good.find('\n') + 1)},
      {"NUL bytes", std::string(5000, '\0')},
      {"a huge number", "kdelta-last-good-1 99999999999999999999 1 x\n"},
  };
  for (const auto& [name, text] : cases) {
    Write(text);
    io::SetLog(io::LogLevel::kWarning, io::LogFormat::kText);
    testing::internal::CaptureStderr();
    testing::internal::CaptureStdout();
    auto files = Open();
    const std::string log =
        testing::internal::GetCapturedStderr() + testing::internal::GetCapturedStdout();
    EXPECT_EQ(files->Of(3), nullptr) << name;
    EXPECT_EQ(files->Of(4), nullptr) << name;
    EXPECT_THAT(log, HasSubstr(LastGoodFiles::FileName(3))) << name;
    EXPECT_THAT(log, Not(HasSubstr("hunter2"))) << name;
  }
  fs::remove(Path());
  fs::create_directory(Path());
  EXPECT_EQ(Open()->Of(3), nullptr);
}

TEST_F(LastGoodFilesTest, OnlySoManyClassesAreKept) {
  auto files = Open();
  for (Needs offers = 0; offers < 20; ++offers) files->Keep(Some("a", offers));
  files.reset();
  EXPECT_LE(std::distance(fs::directory_iterator(folder_), fs::directory_iterator()),
            static_cast<std::ptrdiff_t>(LastGoodFiles::kFilesMax));
}

TEST_F(LastGoodFilesTest, AFolderThatCannotBeMadeIsAnError) {
  EXPECT_THAT(std::string(LastGoodFiles::Open("/nonexistent/a/b").status().message()),
              HasSubstr("/nonexistent/a/b"));
}

}  // namespace
}  // namespace kong
