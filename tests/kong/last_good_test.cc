// Which gateways get the last good configuration, and when.
#include <filesystem>

#include "gmock/gmock.h"
#include "tests/kong/delivery_fixture.h"

namespace kong {
namespace {

using engine::Cat;
using testing::HasSubstr;
using testing::Not;

// The document as such is at fault, so there is nothing to leave out.
std::optional<std::string> RefuseWhole(const std::string& body, std::string_view name) {
  if (body.find(Cat(R"("name":")", name, '"')) == std::string::npos) return std::nullopt;
  return R"({"message":"expected an object"})";
}

class LastGoodTest : public DeliveryTest {
 protected:
  LastGoodTest() { std::filesystem::remove_all(folder_); }
  DeliveryOptions WithFiles() const {
    DeliveryOptions options;
    options.last_good = *LastGoodFiles::Open(folder_);
    return options;
  }
  FakeKong& AddKong(std::string name) {
    kongs_.push_back(std::make_unique<FakeKong>(clock_));
    kongs_.back()->refuse = [](const std::string& body, bool) { return RefuseWhole(body, "bad"); };
    delivery_->Add(std::move(name), kongs_.back()->Client());
    return *kongs_.back();
  }
  // A delivery whose one gateway has something, and refuses what is published next.
  void StartRefusing(DeliveryOptions options = {}) {
    Start(0, std::move(options));
    AddKong("http://first");
    Set("a", 1);
    Run();
    good_ = Hash();
    ASSERT_EQ(kong(0).hash, good_);
    Set("bad", 1);
    Run();
    ASSERT_EQ(kong(0).hash, good_);
  }
  std::string good_;
  const std::string folder_ = testing::TempDir() + "/fall_back_" +
                              testing::UnitTest::GetInstance()->current_test_info()->name();
};

TEST_F(LastGoodTest, ANewGatewayGetsItWhenTheNewestIsRefused) {
  StartRefusing();
  FakeKong& fresh = AddKong("http://new");
  Run(absl::Seconds(1));
  EXPECT_EQ(fresh.hash, good_);
  EXPECT_EQ(acknowledged_.count("http://new"), 0u) << "it has not got what is newest";
  EXPECT_EQ(fresh.read_backs + kong(0).read_backs, 0) << "we know it ourselves";
  // And goes on like everybody else.
  source_.services.erase("bad");
  Set("c", 1);
  Run(absl::Minutes(6));
  EXPECT_EQ(fresh.hash, Hash());
  EXPECT_EQ(kong(0).hash, Hash());
  EXPECT_EQ(acknowledged_.at("http://new"), source_.version);
}

TEST_F(LastGoodTest, AGatewayThatLosesItsConfigurationGetsIt) {
  StartRefusing();
  kong(0).Restart();
  Run(absl::Seconds(30));
  EXPECT_EQ(kong(0).hash, good_);
}

TEST_F(LastGoodTest, ItSurvivesARestartOfTheController) {
  StartRefusing(WithFiles());
  delivery_ = nullptr;
  kongs_.clear();  // Nobody is left to ask.
  Start(0, WithFiles());
  Publish();
  FakeKong& fresh = AddKong("http://new");
  Run(absl::Seconds(1));
  EXPECT_EQ(fresh.hash, good_);
}

TEST_F(LastGoodTest, WithoutFilesItIsReadBackFromAnotherGateway) {
  StartRefusing();
  delivery_ = nullptr;
  std::unique_ptr<FakeKong> old = std::move(kongs_[0]);
  kongs_.clear();
  Start(0);
  delivery_->Add("http://first", old->Client());
  Publish();
  Run(absl::Seconds(1));
  EXPECT_EQ(old->read_backs, 0) << "it serves; there is no need";
  FakeKong& fresh = AddKong("http://new");
  Run(absl::Seconds(1));
  EXPECT_EQ(old->read_backs, 1);
  EXPECT_EQ(fresh.hash, good_);
}

TEST_F(LastGoodTest, WhenThereIsNoneTheGatewayWaits) {
  Start(0, WithFiles());
  FakeKong& fresh = AddKong("http://new");
  Set("bad", 1);
  Run(absl::Minutes(1));
  EXPECT_EQ(fresh.hash, kZeroHash);
  EXPECT_EQ(fresh.pushes, 1);
}

TEST_F(LastGoodTest, OneThatIsRefusedTooIsForgotten) {
  StartRefusing();
  kong(0).fault = [](bool) { return FakeKong::Fault::kRefuseConnection; };
  FakeKong& fresh = AddKong("http://new");
  fresh.refuse = [](const std::string&, bool) { return R"({"message":"expected an object"})"; };
  Run(absl::Minutes(4));
  EXPECT_EQ(fresh.pushes, 3) << "the newest, what was good, and the newest once more";
  source_.services.erase("bad");
  fresh.refuse = nullptr;
  Set("c", 1);
  Run(absl::Minutes(6));
  EXPECT_EQ(fresh.hash, Hash());
}

TEST_F(LastGoodTest, WhileOneGatewayTriesPartsANewOneGetsIt) {
  StartRefusing();
  auto silently = [](const std::string& body, bool) { return RefuseSilently(body, "bad"); };
  kong(0).refuse = silently;
  kong(0).load = absl::Seconds(5);
  for (int n = 0; n < 20; ++n) source_.services[Cat("s", n)] = 1;
  Publish();
  Run(absl::Milliseconds(10));
  FakeKong& fresh = AddKong("http://new");
  fresh.refuse = silently;
  Run(absl::Seconds(1));
  EXPECT_EQ(fresh.hash, good_);
  Run(absl::Minutes(5));
  EXPECT_EQ(fresh.hash, Hash()) << "the culprit is found";
  EXPECT_EQ(kong(0).hash, Hash());
}

TEST_F(LastGoodTest, WhatQuarantineSettlesNeedsNoFallBack) {
  Start(0, WithFiles());
  FakeKong& first = AddKong("http://first");
  Set("a", 1);
  Run();
  first.refuse = [](const std::string& body, bool) { return RefuseNamed(body, "bad"); };
  Set("bad", 1);
  Run();
  EXPECT_EQ(first.hash, Hash());
  FakeKong& fresh = AddKong("http://new");
  fresh.refuse = first.refuse;
  Run();
  EXPECT_EQ(fresh.hash, Hash());
  EXPECT_EQ(fresh.pushes, 1);
}

TEST_F(LastGoodTest, NothingOfItIsEverLogged) {
  io::SetLog(io::LogLevel::kDebug, io::LogFormat::kText);
  testing::internal::CaptureStderr();
  testing::internal::CaptureStdout();
  StartRefusing(WithFiles());
  Set("hunter2", 1);
  AddKong("http://new");
  Run(absl::Minutes(10));
  delivery_ = nullptr;
  const std::string log =
      testing::internal::GetCapturedStderr() + testing::internal::GetCapturedStdout();
  EXPECT_THAT(log, HasSubstr("last good configuration"));
  EXPECT_THAT(log, Not(HasSubstr("hunter2")));
  EXPECT_THAT(log, Not(HasSubstr("_format_version")));
}

}  // namespace
}  // namespace kong
