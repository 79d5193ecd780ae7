#include "io/durable_file.h"

#include <sys/stat.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace io {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
namespace fs = std::filesystem;

class DurableFileTest : public ::testing::Test {
 protected:
  DurableFileTest() { fs::remove_all(folder_); }
  static absl::Status Write(const std::string& path, std::string_view text) {
    const std::array<std::string_view, 2> pieces{text.substr(0, 1), text.substr(1)};
    return WriteDurably(path, pieces);
  }
  static std::string Read(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  }
  const std::string folder_ = ::testing::TempDir() + "/durable_" +
                              ::testing::UnitTest::GetInstance()->current_test_info()->name();
  const std::string path_ = folder_ + "/file";
};

TEST_F(DurableFileTest, ReplacesAFileWholeAndLeavesNothingBeside) {
  ASSERT_TRUE(MakePrivateFolder(folder_).ok());
  ASSERT_TRUE(MakePrivateFolder(folder_).ok()) << "it may be there already";
  std::ofstream(path_ + ".new") << "of a process that ended";
  ASSERT_TRUE(Write(path_, "a longer text").ok());
  ASSERT_TRUE(Write(path_, std::string("b\0c", 3)).ok());
  EXPECT_EQ(Read(path_), std::string("b\0c", 3));
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_), fs::directory_iterator()), 1);
  struct stat file{};
  ASSERT_EQ(stat(path_.c_str(), &file), 0);
  EXPECT_EQ(file.st_mode & 0777, 0600U);
}

TEST_F(DurableFileTest, ErrorsNameTheFileAndKeepWhatWasThere) {
  const absl::Status missing = Write(path_, "hunter2");
  EXPECT_THAT(std::string(missing.message()), HasSubstr(path_));
  EXPECT_THAT(std::string(missing.message()), Not(HasSubstr("hunter2")));
  ASSERT_TRUE(MakePrivateFolder(folder_).ok());
  fs::create_directories(path_ + "/not-empty");
  EXPECT_FALSE(Write(path_, "text").ok());
  EXPECT_TRUE(fs::exists(path_ + "/not-empty"));
  EXPECT_FALSE(fs::exists(path_ + ".new"));
}

TEST_F(DurableFileTest, AFileIsNoFolder) {
  std::ofstream(folder_) << "a file";
  EXPECT_THAT(std::string(MakePrivateFolder(folder_).message()), HasSubstr(folder_));
}

}  // namespace
}  // namespace io
