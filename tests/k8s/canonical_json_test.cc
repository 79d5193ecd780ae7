#include "k8s/canonical_json.h"

#include "engine/text.h"
#include "gtest/gtest.h"

namespace k8s {
namespace {

// Of a member, as objects have them.
absl::StatusOr<std::string> Canonical(std::string_view text) {
  std::string out = "before";
  absl::Status status = ReadDocument(engine::Cat(R"({"member":)", text, "}"), [&](JsonValue& json) {
    return ReadMembers(
        json, [&](std::string_view, JsonValue& member) { return ReadCanonical(member, out); });
  });
  if (!status.ok()) return status;
  return out;
}

TEST(CanonicalJsonTest, EqualValuesHaveEqualText) {
  struct Case {
    std::string_view name, text, canonical;
  };
  for (const Case& c : std::vector<Case>{
           {"null is nothing", "null", ""},
           {"order and space", R"({ "b" : 1, "a" : [ true , null ] })",
            R"({"a":[true,null],"b":1})"},
           {"the last of two members", R"({"a":{"x":1},"a":2})", R"({"a":2})"},
           {"numbers as they are written", "[1.50,1e3,-0,18446744073709551615]",
            "[1.50,1e3,-0,18446744073709551615]"},
           {"escapes", R"(["\u0041\n\/"])", R"(["A\n/"])"},
           {"empty ones", R"({"a":{},"b":[]})", R"({"a":{},"b":[]})"},
       }) {
    absl::StatusOr<std::string> out = Canonical(c.text);
    ASSERT_TRUE(out.ok()) << c.name << ": " << out.status();
    EXPECT_EQ(*out, c.canonical) << c.name;
  }
}

TEST(CanonicalJsonTest, RefusesWhatIsNoValue) {
  for (std::string_view bad : {R"({"a":tru})", R"({"a":nul})", R"([1x])", R"({"a":})", R"([1)"}) {
    EXPECT_FALSE(Canonical(bad).ok()) << bad;
  }
}

TEST(CanonicalJsonTest, RefusesWhatIsNestedTooDeep) {
  auto nested = [](size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
  EXPECT_TRUE(Canonical(nested(kCanonicalDepthMax)).ok());
  EXPECT_FALSE(Canonical(nested(kCanonicalDepthMax + 1)).ok());
}

}  // namespace
}  // namespace k8s
