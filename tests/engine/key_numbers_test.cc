#include "engine/key_numbers.h"

#include "gtest/gtest.h"

namespace engine {
namespace {

class KeyNumbersTest : public ::testing::Test {
 protected:
  GroupId Intern(uint64_t key) { return numbers_.Intern(&key); }
  GroupId Find(uint64_t key) { return numbers_.Find(&key); }
  KeyNumbers numbers_{&kKeyType<uint64_t>};
};

TEST_F(KeyNumbersTest, AKeyKeepsItsNumber) {
  GroupId seven = Intern(7), eight = Intern(8);
  EXPECT_NE(seven, eight);
  EXPECT_EQ(Intern(7), seven);
  EXPECT_EQ(Find(8), eight);
  EXPECT_EQ(Find(9), kNoGroup);
}

TEST_F(KeyNumbersTest, AReleasedNumberIsGivenToTheNextNewKey) {
  GroupId seven = Intern(7);
  Intern(8);
  numbers_.Release(seven);
  EXPECT_EQ(Find(7), kNoGroup);
  EXPECT_EQ(Intern(9), seven);
  EXPECT_EQ(numbers_.limit(), 2u);
}

TEST_F(KeyNumbersTest, CompactDropsFreeNumbersAtTheEndAndKeepsTheRest) {
  for (uint64_t key = 0; key < 1000; ++key) Intern(key);
  for (uint64_t key = 0; key < 1000; ++key) {
    if (key != 10) numbers_.Release(Find(key));
  }
  EXPECT_EQ(numbers_.Compact(), 11u);
  EXPECT_EQ(Find(10), 10u);
  EXPECT_EQ(Intern(5), 0u) << "the lowest free number comes first";
  EXPECT_EQ(numbers_.count(), 2u);
}

}  // namespace
}  // namespace engine
