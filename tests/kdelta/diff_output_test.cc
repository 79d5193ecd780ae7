#include "tools/kdelta/diff_output.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace kdelta {
namespace {

using kong::ChangeKind;
using ::testing::HasSubstr;

kong::ConfigurationDiff Sample() {
  kong::ConfigurationDiff diff;
  diff.changes.push_back({ChangeKind::kCreated,
                          "targets",
                          "t1",
                          "10.0.0.2:80",
                          "Service shop/web",
                          "u1",
                          {},
                          R"({"id":"t1"})"});
  diff.changes.push_back(
      {ChangeKind::kUpdated,
       "keyauth_credentials",
       "k1",
       "",
       "",
       "",
       {{"key", R"("<redacted>")", R"("<redacted>")"}, {"tags", "null", R"(["a"])"}},
       R"({"id":"k1"})"});
  diff.changes.push_back(
      {ChangeKind::kDeleted, "targets", "t2", "10.0.0.1:80", "Service shop/web", "u1", {}, "{}"});
  return diff;
}

TEST(DiffOutputTest, TextIsGroupedByObjectWithASummary) {
  EXPECT_EQ(DiffAsText(Sample(), false),
            "of no object\n"
            "  ~ keyauth_credentials k1\n"
            "      key: \"<redacted>\" (changed)\n"
            "      tags: null -> [\"a\"]\n"
            "Service shop/web\n"
            "  + targets 10.0.0.2:80\n"
            "  - targets 10.0.0.1:80\n"
            "\n"
            "Summary:\n  Created: 1\n  Updated: 1\n  Deleted: 1\n");
  EXPECT_THAT(DiffAsText(Sample(), true), HasSubstr("\x1b[31m- targets 10.0.0.1:80\x1b[0m"));
  EXPECT_EQ(DiffAsText({}, true), "Summary:\n  Created: 0\n  Updated: 0\n  Deleted: 0\n");
}

TEST(DiffOutputTest, CallsAreTheAdminApisOwn) {
  EXPECT_EQ(DiffAsCalls(Sample()),
            "POST /upstreams/u1/targets {\"id\":\"t1\"}\n"
            "PUT /key-auths/k1 {\"id\":\"k1\"}\n"
            "DELETE /upstreams/u1/targets/t2\n");
}

TEST(DiffOutputTest, JsonHasEveryChangeAndTheSummary) {
  const std::string json = DiffAsJson(Sample());
  EXPECT_THAT(json, HasSubstr(R"({"after":["a"],"before":null,"path":"tags"})"));
  EXPECT_THAT(json, HasSubstr(R"("summary":{"created":1,"deleted":1,"updated":1}})"));
}

}  // namespace
}  // namespace kdelta
