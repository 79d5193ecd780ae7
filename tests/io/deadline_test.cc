#include "io/deadline.h"

#include <utility>
#include <vector>

#include "gtest/gtest.h"

namespace io {
namespace {

// A clock whose time a test moves by hand.
class HandClock final : public Clock {
 public:
  absl::Time Now() const override { return absl::UnixEpoch() + now_; }
  absl::Duration Uptime() const override { return now_; }
  Timer After(absl::Duration delay, absl::AnyInvocable<void()> then) override {
    ++started_;
    auto call = std::make_shared<Call>(Call{now_ + delay, std::move(then)});
    calls_.push_back(call);
    return Timer(std::make_unique<Pending>(std::move(call)));
  }
  void Advance(absl::Duration by) {
    now_ += by;
    for (size_t i = 0; i < calls_.size(); ++i) {
      if (calls_[i]->then && calls_[i]->at <= now_) std::exchange(calls_[i]->then, nullptr)();
    }
  }
  int started() const { return started_; }

 private:
  struct Call {
    absl::Duration at;
    absl::AnyInvocable<void()> then;
  };
  struct Pending final : Timer::Pending {
    explicit Pending(std::shared_ptr<Call> c) : call(std::move(c)) {}
    ~Pending() override { call->then = nullptr; }
    std::shared_ptr<Call> call;
  };
  absl::Duration now_;
  std::vector<std::shared_ptr<Call>> calls_;
  int started_ = 0;
};

class DeadlineTest : public ::testing::Test {
 protected:
  HandClock clock_;
  int reached_ = 0;
  Deadline deadline_{clock_, [this] { ++reached_; }};
};

TEST_F(DeadlineTest, PushingBackCostsNoTimerEach) {
  for (int i = 0; i < 1000; ++i) {
    deadline_.Set(absl::Seconds(10));
    clock_.Advance(absl::Milliseconds(10));
  }
  EXPECT_EQ(reached_, 0);
  EXPECT_LE(clock_.started(), 3);
  clock_.Advance(absl::Milliseconds(9'989));
  EXPECT_EQ(reached_, 0);
  clock_.Advance(absl::Milliseconds(1));
  EXPECT_EQ(reached_, 1);
}

TEST_F(DeadlineTest, MayMoveForward) {
  deadline_.Set(absl::Seconds(100));
  deadline_.Set(absl::Seconds(1));
  clock_.Advance(absl::Seconds(1));
  EXPECT_EQ(reached_, 1);
  clock_.Advance(absl::Seconds(200));
  EXPECT_EQ(reached_, 1);
}

TEST_F(DeadlineTest, ClearedItIsNeverReachedUntilSetAgain) {
  deadline_.Set(absl::Seconds(1));
  deadline_.Clear();
  clock_.Advance(absl::Seconds(5));
  EXPECT_EQ(reached_, 0);
  deadline_.Set(absl::Seconds(1));
  clock_.Advance(absl::Seconds(1));
  EXPECT_EQ(reached_, 1);
}

TEST_F(DeadlineTest, AnEndlessOneIsNeverReached) {
  deadline_.Set(absl::InfiniteDuration());
  clock_.Advance(absl::Hours(1));
  EXPECT_EQ(reached_, 0);
}

}  // namespace
}  // namespace io
