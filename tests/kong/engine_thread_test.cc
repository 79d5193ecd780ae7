#include "kong/engine_thread.h"

#include <future>
#include <memory>
#include <tuple>

#include "engine/executor.h"
#include "engine/symbol.h"
#include "gtest/gtest.h"

namespace kong {
namespace {

struct Thing {
  struct Key {
    uint32_t number = 0;
    friend auto operator<=>(const Key&, const Key&) = default;
    auto fields() const { return std::tie(number); }
  };
  Key id;
  uint32_t value = 0;
  Key key() const { return id; }
  auto fields() const { return std::tie(id, value); }
};

class EngineThreadTest : public ::testing::Test {
 protected:
  EngineThreadTest()
      : graph_(engine::NewSerialExecutor(), 1000), things_(graph_.AddSource<Thing>("things")) {
    thread_ = std::make_unique<EngineThread>(
        graph_,
        EngineHooks{.draining = {}, .stepped = [this](const auto&, absl::Duration) { ++epochs_; }});
  }
  // How many things the graph holds and how many epochs there were, after all news so far.
  std::pair<size_t, int> Look() {
    std::pair<size_t, int> seen;
    std::promise<void> done;
    thread_->Ask([&] {
      seen = {things_.size(), epochs_};
      done.set_value();
    });
    done.get_future().wait();
    return seen;
  }

  engine::Graph graph_;
  engine::Source<Thing>& things_;
  int epochs_ = 0;  // Engine's thread.
  std::unique_ptr<EngineThread> thread_;
};

TEST_F(EngineThreadTest, MakesNoEpochBeforeItIsOpenedAndThenOneOfAllThatCame) {
  for (uint32_t n = 0; n < 10; ++n) thread_->inbox().Set(things_, Thing{{n}, 1});
  EXPECT_EQ(Look(), std::pair(size_t{10}, 0));
  for (uint32_t n = 5; n < 15; ++n) thread_->inbox().Set(things_, Thing{{n}, 2});
  EXPECT_EQ(Look(), std::pair(size_t{15}, 0));
  thread_->Open();
  EXPECT_EQ(Look(), std::pair(size_t{15}, 1));
}

TEST_F(EngineThreadTest, MakesNoEpochOfEqualRows) {
  thread_->Open();
  thread_->inbox().Set(things_, Thing{{1}, 1});
  EXPECT_EQ(Look(), std::pair(size_t{1}, 1));
  thread_->inbox().Set(things_, Thing{{1}, 1});
  EXPECT_EQ(Look(), std::pair(size_t{1}, 1));
}

TEST_F(EngineThreadTest, GivesMemoryBackAfterMuchWasDeleted) {
  thread_->Open();
  for (uint32_t n = 0; n < 20'000; ++n) thread_->inbox().Set(things_, Thing{{n}, 1});
  Look();
  thread_->inbox().ReplaceAll(things_, std::vector<Thing>{});
  Look();
  EXPECT_EQ(thread_->compactions(), 0u);
  const absl::Time limit = absl::Now() + absl::Seconds(30);
  while (thread_->compactions() == 0 && absl::Now() < limit) std::this_thread::yield();
  EXPECT_EQ(thread_->compactions(), 1u);
}

}  // namespace
}  // namespace kong
