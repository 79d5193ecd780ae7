#include "kong/hybrid/rpc_message.h"

#include "engine/text.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "kong/json_tree.h"

namespace kong {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr std::string_view kHello =
    R"({"jsonrpc":"2.0","id":1,"method":"kong.meta.v1.hello","params":[{)"
    R"("rpc_capabilities":["kong.sync.v2"],"rpc_frame_encodings":["x-snappy-framed"],)"
    R"("kong_version":"3.9.3","kong_hostname":"dp-0","kong_node_id":"n-1",)"
    R"("kong_conf":{"router_flavor":"traditional_compatible","cluster_max_payload":16777216}}]})";

TEST(RpcMessageTest, ReadsAHello) {
  absl::StatusOr<RpcMessage> hello = ReadRpcMessage(kHello);
  ASSERT_TRUE(hello.ok()) << hello.status();
  EXPECT_EQ(hello->kind, RpcMessage::Kind::kHello);
  EXPECT_EQ(hello->id, "1");
  EXPECT_EQ(hello->identity.version, "3.9.3");
  EXPECT_EQ(hello->identity.minor, 9);
  EXPECT_EQ(hello->identity.node_id, "n-1");
  EXPECT_EQ(hello->identity.router_flavor, "traditional_compatible");
  EXPECT_EQ(hello->hostname, "dp-0");
  EXPECT_THAT(hello->capabilities, ElementsAre("kong.sync.v2"));
  EXPECT_EQ(hello->max_payload_bytes, 16777216u);
  EXPECT_EQ(SpellingOf(hello->identity), VersionSpelling::kNumber);
}

TEST(RpcMessageTest, ReadsVersionsInBothSpellings) {
  const struct {
    std::string_view name, json;
    uint64_t version;
  } kCases[] = {
      {"a number", "17", 17},
      {"a number with a fraction of nothing", "17.0", 17},
      {"an exponent", "1.7e1", 17},
      {"the largest", "9007199254740991", 9007199254740991},
      {"too large", "9007199254740992", kUnreadableVersion},
      {"negative", "-1", kUnreadableVersion},
      {"half", "1.5", kUnreadableVersion},
      {"text", R"("v02_0000000000000000000000000011")", 17},
      {"text too large", R"("v02_ffffffffffffffffffffffffffff")", kUnreadableVersion},
      {"text of another kind", R"("v01_0000000000000000000000000011")", kUnreadableVersion},
      {"short text", R"("v02_11")", kUnreadableVersion},
      {"upper case", R"("v02_000000000000000000000000001A")", kUnreadableVersion},
      {"null", "null", kUnreadableVersion},
  };
  for (const auto& each : kCases) {
    SCOPED_TRACE(each.name);
    absl::StatusOr<RpcMessage> message =
        ReadRpcMessage(engine::Cat(R"({"jsonrpc":"2.0","id":3,"method":"kong.sync.v2.get_delta",)",
                                   R"("params":[{"default":{"version":)", each.json, "}}]}"));
    ASSERT_TRUE(message.ok());
    EXPECT_EQ(message->kind, RpcMessage::Kind::kGetDelta);
    EXPECT_EQ(message->version, each.version);
  }
}

TEST(RpcMessageTest, WritesVersionsAsTheirDataPlaneReadsThem) {
  std::string number, text;
  AppendVersion(number, 1878012345678901, VersionSpelling::kNumber);
  EXPECT_EQ(number, "1878012345678901");
  AppendVersion(text, 26, VersionSpelling::kText);
  EXPECT_EQ(text, R"("v02_000000000000000000000000001a")");
}

TEST(RpcMessageTest, RefusesWhatIsNoMessage) {
  const std::string deep(100'000, '[');
  for (std::string_view bad :
       {std::string_view(""), std::string_view("[]"), std::string_view("{"), std::string_view("{}"),
        std::string_view("\0\0", 2), std::string_view("{\"method\":1}"), std::string_view(deep),
        std::string_view("\xff\xfe")}) {
    EXPECT_FALSE(ReadRpcMessage(bad).ok()) << bad.substr(0, 20);
  }
}

TEST(RpcMessageTest, SaysWhatAHelloLacks) {
  std::string hello(kHello);
  hello.replace(hello.find("x-snappy-framed"), 15, "x-gzip-framed00");
  EXPECT_THAT(std::string(ReadRpcMessage(hello).status().message()), HasSubstr("x-snappy-framed"));
}

TEST(RpcMessageTest, AnswersAreJson) {
  for (const std::string& text :
       {HelloAnswer("1"), NotifyNewVersion(0, 18, VersionSpelling::kNumber),
        MethodNotFound("\"a\"", "x\"y"), PlainTrue("7")}) {
    EXPECT_TRUE(ParseJson(text)) << text;
  }
  EXPECT_EQ(NotifyNewVersion(4, 10, VersionSpelling::kNumber),
            R"({"jsonrpc":"2.0","id":4,"method":"kong.sync.v2.notify_new_version",)"
            R"("params":[{"default":{"new_version":10}}]})");
}

}  // namespace
}  // namespace kong
