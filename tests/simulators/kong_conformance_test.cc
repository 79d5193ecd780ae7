// Feeds configurations that were once posted to a real Kong 3.9.3, and compares who refused which.
// The corpus is not part of this repository; without it beside the checkout this test is skipped.

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>

#include "absl/functional/function_ref.h"
#include "engine/text.h"
#include "gtest/gtest.h"
#include "tests/simulators/exchange_recorder.h"
#include "tools/simulators/kong_gateway.h"

namespace simulators {
namespace {

namespace fs = std::filesystem;

fs::path Shared() { return fs::path(KDELTA_SOURCE_DIR) / ".." / "shared"; }

std::string ReadFile(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

class KongConformanceTest : public testing::Test {
 protected:
  using Gateways = std::map<RouterFlavor, std::unique_ptr<KongGateway>>;

  void SetUp() override {
    if (!fs::exists(Cases())) GTEST_SKIP() << "no corpus beside the checkout";
  }

  static fs::path Cases() { return Shared() / "conformance" / "cases"; }

  Gateways MakeGateways(const std::string& schemas_folder) {
    Gateways gateways;
    for (RouterFlavor flavor : {RouterFlavor::kTraditionalCompatible, RouterFlavor::kExpressions}) {
      KongGatewayOptions options;
      options.flavor = flavor;
      options.schemas_folder = schemas_folder;
      auto gateway = KongGateway::Create(clock_, options);
      EXPECT_TRUE(gateway.ok()) << gateway.status();
      if (gateway.ok()) gateways[flavor] = *std::move(gateway);
    }
    return gateways;
  }

  // Posts every output of the corpus to the gateway of its flavour. `judge` is told the answer, and
  // what is known of the real one's refusal, or null.
  void PostAll(Gateways& gateways,
               absl::FunctionRef<void(const Recorded& answer, const Json& refusal)> judge) {
    Json refused = ParseJson(ReadFile(Shared() / "conformance" / "refused-by-kong.json")).value();
    for (const auto& file : fs::recursive_directory_iterator(Cases())) {
      std::string variant = file.path().filename().string();
      bool expressions = variant.find("expressions") != std::string::npos;
      if (!expressions && variant.find("traditional") == std::string::npos) continue;
      std::string name = file.path().parent_path().filename().string();
      SCOPED_TRACE(engine::Cat(name, "/", variant));
      auto flavor = expressions ? RouterFlavor::kExpressions : RouterFlavor::kTraditionalCompatible;
      Call call{"POST",
                "/config?flatten_errors=1",
                ReadFile(file.path()),
                {{"Content-Type", "text/yaml"}}};
      judge(*Exchange(*gateways.at(flavor), call), At(At(refused, name), variant));
    }
  }

  ManualClock clock_;
};

TEST_F(KongConformanceTest, RefusesWhatTheRealOneRefusedAndNothingElse) {
  Gateways gateways = MakeGateways((Shared() / "reference" / "kong-schemas").string());
  int accepted_count = 0;
  int refused_count = 0;
  PostAll(gateways, [&](const Recorded& answer, const Json& refusal) {
    EXPECT_EQ(answer.status, refusal.is_null() ? 201 : 400) << answer.body.substr(0, 600);
    ++(answer.status == 201 ? accepted_count : refused_count);
    for (const Json& field : At(refusal, "fields")) {
      EXPECT_NE(answer.body.find(Text(field)), std::string::npos) << Text(field);
    }
  });
  Json refused = ParseJson(ReadFile(Shared() / "conformance" / "refused-by-kong.json")).value();
  int recorded = 0;
  for (const Json& variants : refused) recorded += static_cast<int>(variants.size());
  EXPECT_EQ(refused_count, recorded);
  EXPECT_GT(accepted_count, 300);
}

TEST_F(KongConformanceTest, WithoutSchemasItKnowsLessAndRefusesNothingMore) {
  Gateways gateways = MakeGateways("");
  PostAll(gateways, [&](const Recorded& answer, const Json& refusal) {
    if (refusal.is_null()) {
      EXPECT_EQ(answer.status, 201) << answer.body.substr(0, 600);
    }
  });
}

}  // namespace
}  // namespace simulators
