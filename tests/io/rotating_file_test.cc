#include "io/rotating_file.h"

#include <filesystem>
#include <fstream>

#include "engine/text.h"
#include "fake_network.h"
#include "gtest/gtest.h"

namespace io {
namespace {

class RotatingFileTest : public ::testing::Test {
 protected:
  void Write(std::string_view text) { std::ofstream(path_, std::ios::trunc) << text; }
  const std::string path_ = ::testing::TempDir() + "/rotating_" +
                            ::testing::UnitTest::GetInstance()->current_test_info()->name();
  FakeClock clock_;
  RotatingFile file_{clock_, path_};
};

TEST_F(RotatingFileTest, IsReadAgainAfterAPauseAndNotBefore) {
  Write(" one\n");
  EXPECT_EQ(file_.Text().value(), "one");
  Write("two\n");
  EXPECT_EQ(file_.Text().value(), "one");
  clock_.Advance(kRotationPause);
  EXPECT_EQ(file_.Text().value(), "two");
}

TEST_F(RotatingFileTest, KeepsWhatItHadWhileTheFileIsGoneOrEmpty) {
  Write("one");
  EXPECT_EQ(file_.Text().value(), "one");
  for (const bool gone : {true, false}) {
    gone ? static_cast<void>(std::filesystem::remove(path_)) : Write("\n");
    clock_.Advance(kRotationPause);
    EXPECT_EQ(file_.Text().value(), "one");
  }
}

TEST_F(RotatingFileTest, ThatNeverHadATextIsAnErrorAndIsLookedAtEachTime) {
  std::filesystem::remove(path_);
  EXPECT_NE(engine::MessageOf(file_.Text().status()).find(path_), std::string_view::npos);
  Write("");
  EXPECT_EQ(engine::MessageOf(file_.Text().status()), path_ + " is empty");
  Write("one");
  EXPECT_EQ(file_.Text().value(), "one");
}

}  // namespace
}  // namespace io
