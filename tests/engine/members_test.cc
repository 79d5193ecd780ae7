#include "engine/members.h"

#include <random>
#include <set>

#include "gtest/gtest.h"

namespace engine {
namespace {

// Rows are ordered by their number backwards, so that key order is not number order.
bool Backwards(GroupId a, GroupId b) { return a > b; }

std::vector<GroupId> All(const Members& members) {
  std::vector<GroupId> all;
  for (GroupId row : members) all.push_back(row);
  return all;
}

TEST(MembersTest, HandsOutInKeyOrder) {
  Members members;
  std::vector<Members::Change> changes = {{1, true}, {2, true}, {5, true}};
  members.Apply(changes, Backwards);
  EXPECT_EQ(All(members), (std::vector<GroupId>{5, 2, 1}));
}

TEST(MembersTest, AddingWhatIsThereAndRemovingWhatIsNotChangesNothing) {
  Members members;
  std::vector<Members::Change> add = {{1, true}};
  members.Apply(add, Backwards);
  members.Apply(add, Backwards);
  std::vector<Members::Change> remove = {{7, false}};
  members.Apply(remove, Backwards);
  EXPECT_EQ(All(members), std::vector<GroupId>{1});
}

TEST(MembersTest, BehavesAsASetAtEverySizeFromNothingToThousandsAndBack) {
  std::mt19937_64 random(1);
  Members members;
  std::set<GroupId, std::greater<>> model;
  for (int round = 0; round < 600; ++round) {
    bool growing = round < 300;
    std::set<GroupId> touched;
    std::vector<Members::Change> changes;
    for (uint64_t n = random() % (round % 7 == 0 ? 200 : 4); n > 0; --n) {
      auto row = static_cast<GroupId>(random() % 4000);
      if (!touched.insert(row).second) continue;
      bool present = random() % 10 < (growing ? 8u : 1u);
      changes.push_back({row, present});
    }
    std::sort(changes.begin(), changes.end(), [](auto& a, auto& b) { return a.row < b.row; });
    members.Apply(changes, Backwards);
    for (auto& change : changes) {
      if (change.present)
        model.insert(change.row);
      else
        model.erase(change.row);
    }
    ASSERT_EQ(members.size(), model.size());
    ASSERT_EQ(All(members), std::vector<GroupId>(model.begin(), model.end())) << "round " << round;
  }
}

}  // namespace
}  // namespace engine
