#include "kong/rewrite.h"

#include <vector>

#include "engine/text.h"
#include "gtest/gtest.h"

namespace kong {
namespace {

TEST(RewriteTest, CapturesTakeTheFormOfThePlugin) {
  struct Case {
    std::string_view annotation, target;
  };
  for (const Case& c : std::vector<Case>{
           {"", "/"},
           {"/plain", "/plain"},
           {"/a/$1", "/a/$(uri_captures[1])"},
           {"$1$12/x", "$(uri_captures[1])$(uri_captures[12])/x"},
           {"/price/\\$5", "/price/$5"},
           {"/$1\\$", "/$(uri_captures[1])$"},
           {"/\xc3\xa9/$2", "/\xc3\xa9/$(uri_captures[2])"},
       }) {
    auto target = RewriteTarget(c.annotation);
    ASSERT_TRUE(target.ok()) << c.annotation;
    EXPECT_EQ(*target, c.target);
  }
}

TEST(RewriteTest, ErrorsNameThePosition) {
  struct Case {
    std::string_view annotation, message;
  };
  for (const Case& c : std::vector<Case>{
           {"/a$b", "unexpected b at pos 3"},
           {"/a\\b", "unexpected b at pos 3"},
           {"/$\xc3\xa9", "unexpected \xc3\xa9 at pos 2"},
           {"/$", "unexpected end of string"},
           {"/\\", "unexpected end of string"},
           {"$$1", "unexpected $ at pos 1"},
       }) {
    EXPECT_EQ(engine::MessageOf(RewriteTarget(c.annotation).status()), c.message) << c.annotation;
  }
}

}  // namespace
}  // namespace kong
