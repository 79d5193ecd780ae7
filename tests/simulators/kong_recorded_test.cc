// Replays what a real Kong 3.9.3 was sent, and compares what it answered. The recordings are not
// part of this repository; without them beside the checkout this test is skipped.

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "engine/text.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/simulators/exchange_recorder.h"
#include "tools/simulators/kong_gateway.h"

namespace simulators {
namespace {

namespace fs = std::filesystem;

fs::path Reference() { return fs::path(KDELTA_SOURCE_DIR) / ".." / "shared" / "reference"; }

std::string ReadFile(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// Kong walks hash tables, so the order of entities and of verdicts is not part of its answer. The
// words of Kong's libraries (OpenSSL's error codes, its YAML reader) end where ours begin.
Json Comparable(Json body) {
  auto cut = [](Json& message, std::string_view after) {
    std::string text(Text(message));
    size_t at = text.find(after);
    if (at != text.npos) message = text.substr(0, at + after.size());
  };
  for (Json& entity : body["flattened_errors"]) {
    for (Json& error : entity["errors"]) {
      for (std::string_view start : {"pkey.new:load_key: ", "x509.new: "})
        cut(error["message"], start);
    }
    std::sort(entity["errors"].begin(), entity["errors"].end());
  }
  std::sort(body["flattened_errors"].begin(), body["flattened_errors"].end());
  if (body["flattened_errors"].is_null()) body.erase("flattened_errors");
  if (body.contains("fields")) cut(body["fields"]["error"], "declarative configuration: ");
  if (body.contains("fields") && body["fields"]["error"].is_null()) body["fields"].erase("error");
  cut(body["message"], "declarative configuration: ");
  return body;
}

class KongRecordedTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!fs::exists(Reference() / "kong-recorded"))
      GTEST_SKIP() << "no recordings beside the checkout";
    KongGatewayOptions options;
    options.schemas_folder = (Reference() / "kong-schemas").string();
    auto gateway = KongGateway::Create(clock_, options);
    ASSERT_TRUE(gateway.ok()) << gateway.status();
    gateway_ = *std::move(gateway);
  }

  void Replay(const fs::path& path) {
    SCOPED_TRACE(path.filename().string());
    Json recording = ParseJson(ReadFile(path)).value_or(Json());
    const Json& request = recording["request"];
    Call call{request["method"], request["path"], request.value("body", ""), {}};
    if (request.contains("content_type"))
      call.headers = {{"Content-Type", request["content_type"]}};
    auto answer = Exchange(*gateway_, call);

    const Json& expected = recording["response"];
    EXPECT_EQ(answer->status, expected["status"].get<int>()) << answer->body;
    if (answer->status == 201) {
      Json kinds = Json::array();
      Json entities = answer->json();
      for (const auto& [kind, rows] : entities.items()) kinds.push_back(kind);
      EXPECT_EQ(kinds, expected["body"]["_entity_kinds"]);
      // A hash is foretold for text alone; that of a JSON object is only known to be another one.
      bool text = request["content_type"] == "text/yaml";
      const Json& hash = recording["status_configuration_hash_after"];
      if (text) {
        EXPECT_EQ(Json(gateway_->configuration_hash()), hash);
      } else {
        EXPECT_NE(gateway_->configuration_hash(), Text(recording["md5_of_body"]));
      }
    } else if (expected["body"].is_object() && answer->status >= 400) {
      EXPECT_EQ(Comparable(answer->json()), Comparable(expected["body"]));
    } else if (expected["body"].is_string()) {
      EXPECT_EQ(answer->body, Text(expected["body"]));
    }
    std::string type(TextAt(At(expected, "headers"), "Content-Type"));
    if (!type.empty()) {
      EXPECT_EQ(answer->headers.Find("Content-Type"), type);
    }
  }

  ManualClock clock_;
  std::unique_ptr<KongGateway> gateway_;
};

TEST_F(KongRecordedTest, AnswersAsTheRealOneDid) {
  Replay(Reference() / "kong-recorded" / "accepted-text-yaml.json");
  Replay(Reference() / "kong-recorded" / "accepted-text-yaml-again.json");
  int count = 0;
  for (const auto& entry : fs::directory_iterator(Reference() / "kong-recorded")) {
    std::string name = entry.path().filename().string();
    if (entry.path().extension() != ".json" || name == "get-status.json") continue;
    if (name.starts_with("accepted-text-yaml")) continue;
    Replay(entry.path());
    ++count;
  }
  EXPECT_GE(count, 30);
}

TEST_F(KongRecordedTest, StatusHasTheFieldsOfTheRealOne) {
  Json recording = ParseJson(ReadFile(Reference() / "kong-recorded" / "get-status.json")).value();
  Json status = Exchange(*gateway_, {"GET", "/status", "", {}})->json();
  for (const auto& [name, value] : recording["response"]["body"].items()) {
    EXPECT_TRUE(status.contains(name)) << name;
  }
  EXPECT_FALSE(status.contains("database"));
}

}  // namespace
}  // namespace simulators
