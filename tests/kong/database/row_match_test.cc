#include "kong/database/row_match.h"

#include "gtest/gtest.h"

namespace kong {
namespace {

struct MatchCase {
  const char* name;
  EntityKind kind;
  const char* fragment;
  const char* row;
  bool matches;
};

TEST(RowMatchTest, NeutralDifferencesDoNotCount) {
  const MatchCase cases[] = {
      {"null, missing and empty are one", EntityKind::kRoute,
       R"({"name":"r","paths":["/"],"hosts":null,"headers":{}})",
       R"({"name":"r","paths":["/"],"headers":null})", true},
      {"numbers by value", EntityKind::kService, R"({"port":80})", R"({"port":80.0})", true},
      {"another value", EntityKind::kService, R"({"port":80})", R"({"port":81})", false},
      {"something was set", EntityKind::kService, R"({"path":null})", R"({"path":"/x"})", false},
      {"sets in any order", EntityKind::kRoute, R"({"methods":["GET","PUT"]})",
       R"({"methods":["PUT","GET"]})", true},
      {"lists in their order", EntityKind::kRoute, R"({"paths":["/a","/b"]})",
       R"({"paths":["/b","/a"]})", false},
      {"tags that say whose it is", EntityKind::kService, R"({"tags":["b"]})",
       R"({"tags":["managed","b"]})", true},
      {"a tag that was lost", EntityKind::kService, R"({"tags":["b"]})", R"({"tags":["a"]})",
       false},
      {"a reference", EntityKind::kRoute, R"({"service":"one"})", R"({"service":{"id":"one"}})",
       true},
      {"another reference", EntityKind::kRoute, R"({"service":"one"})",
       R"({"service":{"id":"two"}})", false},
      {"an address without its port", EntityKind::kTarget, R"({"target":"10.0.0.1"})",
       R"({"target":"10.0.0.1:8000"})", true},
      {"an IPv6 address", EntityKind::kTarget, R"({"target":"[::1]:80"})",
       R"({"target":"[0000:0000:0000:0000:0000:0000:0000:0001]:80"})", true},
      {"what Kong computes", EntityKind::kCaCertificate, R"({"cert_digest":null})",
       R"({"cert_digest":"ab"})", true},
      {"what Kong makes up", EntityKind::kJwt, R"({"key":"k","secret":null})",
       R"({"key":"k","secret":"made"})", true},
      {"not JSON", EntityKind::kService, R"({"port":80})", "{", false},
  };
  for (const MatchCase& each : cases) {
    EXPECT_EQ(RowMatches(nullptr, each.kind, each.fragment, each.row), each.matches) << each.name;
  }
}

}  // namespace
}  // namespace kong
