// What the graph makes of every recorded input, a Kong takes: also of those inputs of which the
// Kong Ingress Controller makes something that a real Kong 3.9.3 refused. The corpus is not part of
// this repository; without it beside the checkout this test is skipped.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "engine/text.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "io/yaml.h"
#include "kong/json_tree.h"
#include "kong/translate.h"
#include "tests/kong/acceptance/acceptance.h"

namespace kong {
namespace {

namespace fs = std::filesystem;
using engine::Cat;

fs::path Corpus() { return fs::path(KDELTA_SOURCE_DIR) / ".." / "shared" / "conformance"; }

std::string ReadFile(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::vector<ManifestObject> ObjectsIn(const fs::path& path) {
  std::vector<ManifestObject> all;
  auto documents = io::YamlToJson(ReadFile(path), path.string());
  EXPECT_TRUE(documents.ok()) << documents.status();
  if (!documents.ok()) return all;
  for (const io::YamlDocument& document : *documents) {
    auto objects = ObjectsOf(document.json);
    if (objects.ok()) all.insert(all.end(), objects->begin(), objects->end());
  }
  return all;
}

struct Outcome {
  absl::Status status;
  bool quarantined = false;
};

// What Kong says to our output of these objects. Only Kong knows what may stand in the
// configuration of a plugin; as in a cluster, the plugin that it refuses goes to quarantine, and it
// must take the rest.
Outcome PostOutput(const std::vector<ManifestObject>& objects, const Acceptance& kong,
                   bool expressions) {
  TranslateRequest request;
  request.options.expressions = expressions;
  request.options.rewrite_uris = true;
  request.options.kong_service_facade = true;
  request.now_unix_s = 1'704'067'200;  // When the objects of the corpus were made.
  engine::Graph graph(engine::NewSerialExecutor());
  GatewayGraph g(graph, request.options);
  std::vector<Problem> problems;
  Feed(graph, g, objects, request, problems);
  Verdict verdict = kong.Of(g.entities);
  bool of_plugins =
      std::all_of(verdict.culprits.begin(), verdict.culprits.end(), [](const ObjectRef& culprit) {
        return culprit.kind.text() == "KongPlugin" || culprit.kind.text() == "KongClusterPlugin";
      });
  if (verdict.status.ok() || verdict.culprits.empty() || !of_plugins) return {verdict.status};
  for (const ObjectRef& culprit : verdict.culprits) g.quarantine.Set({culprit, "refused"});
  graph.Step();
  return {kong.Of(g.entities).status, true};
}

class ConformanceAcceptanceTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!fs::exists(Corpus())) GTEST_SKIP() << "no corpus beside the checkout";
  }
};

TEST_F(ConformanceAcceptanceTest, KongTakesOurOutputOfEveryInput) {
  Json refused = *ParseJson(ReadFile(Corpus() / "refused-by-kong.json"));
  const Acceptance traditional(Acceptance::Judge::kKong, false);
  const Acceptance with_expressions(Acceptance::Judge::kKong, true);
  size_t inputs = 0, refused_of_theirs = 0;
  std::set<std::string> quarantined;
  for (const char* folder : {"cases", "golden"}) {
    for (const auto& entry : fs::recursive_directory_iterator(Corpus() / folder)) {
      if (entry.path().filename() != "in.yaml") continue;
      std::string name = entry.path().parent_path().filename().string();
      std::vector<ManifestObject> objects = ObjectsIn(entry.path());
      ++inputs;
      refused_of_theirs += refused.contains(name);
      for (bool expressions : {false, true}) {
        Outcome outcome =
            PostOutput(objects, expressions ? with_expressions : traditional, expressions);
        EXPECT_EQ(outcome.status, absl::OkStatus())
            << name << (expressions ? ", expressions" : ", traditional")
            << (refused.contains(name) ? "; Kong refused what others make of it, too" : "");
        if (outcome.quarantined) quarantined.insert(name);
      }
    }
  }
  EXPECT_GT(inputs, 300u);
  EXPECT_EQ(refused_of_theirs, refused.size());
  // Members of plugins' configurations that Kong 3.9 does not know, and nothing else.
  EXPECT_THAT(quarantined, testing::ElementsAre("kicex-gateway-acl-key-auth-consumer-groups",
                                                "kicex-gateway-httproute-broken-plugin-fallback",
                                                "kicex-ingress-broken-plugin-fallback",
                                                "own-plugins-config-from"));
}

}  // namespace
}  // namespace kong
