#include "kong/cross_namespace.h"

#include <memory>
#include <string>

#include "engine/text.h"
#include "gtest/gtest.h"
#include "kong/manifest.h"
#include "tests/kong/random_world.h"
#include "tests/kong/tenants.h"

namespace kong {
namespace {

using engine::Cat;

// A cluster with a Gateway in the namespace `infra` that shows a certificate of `tenant`.
class CrossNamespaceTest : public testing::Test {
 protected:
  CrossNamespaceTest() : graph_(engine::NewSerialExecutor()), g_(graph_, {}) {
    Apply(R"({"apiVersion": "gateway.networking.k8s.io/v1", "kind": "GatewayClass",
              "metadata": {"name": "kong",
                           "annotations": {"konghq.com/gatewayclass-unmanaged": "true"}},
              "spec": {"controllerName": "konghq.com/kic-gateway-controller"}})");
    ApplyGateway("infra");
  }

  void Apply(const std::string& json) {
    auto objects = ObjectsOf(json);
    ASSERT_TRUE(objects.ok()) << objects.status();
    for (const ManifestObject& object : *objects) {
      auto set = SetObject(g_, object);
      ASSERT_TRUE(set.ok() && *set) << object.kind;
    }
  }
  void ApplyGateway(const std::string& ns) {
    Apply(Cat(R"({"apiVersion": "gateway.networking.k8s.io/v1", "kind": "Gateway",
                  "metadata": {"namespace": ")",
              ns, R"(", "name": "gw", "generation": 7},
                  "spec": {"gatewayClassName": "kong", "listeners": [{
                    "name": "https", "port": 443, "protocol": "HTTPS", "hostname": "a.example",
                    "tls": {"certificateRefs": [{"namespace": "tenant", "name": "tls"}]}}]}})"));
  }
  void ApplySecret(const TestPair& pair) {
    k8s::Secret secret;
    secret.meta.id = {Symbol("tenant"), Symbol("tls")};
    secret.meta.uid = "11111111-1111-1111-1111-111111111111";
    secret.data.emplace_back("tls.crt", k8s::SecretBytes(pair.cert));
    secret.data.emplace_back("tls.key", k8s::SecretBytes(pair.key));
    g_.secret_metadata.Set({secret.meta, "1"});
    g_.secrets.Set(std::move(secret));
  }
  void ApplyGrant(std::string_view version, std::string_view from, std::string_view to) {
    Apply(Cat(R"({"apiVersion": "gateway.networking.k8s.io/)", version,
              R"(", "kind": "ReferenceGrant", "metadata": {"namespace": "tenant", "name": "g"},
                  "spec": {"from": [)",
              from, R"(], "to": [)", to, "]}}"));
  }
  size_t Count(EntityKind kind) const {
    size_t n = 0;
    g_.entities.ForEach([&](const Entity& entity) { n += entity.kind == kind; });
    return n;
  }
  std::string ReasonOf(std::string_view type) const {
    static const Symbol kGateway("Gateway");
    const Condition* found = g_.attachment.conditions.Find(
        {{kGateway, Symbol("infra"), Symbol("gw")}, Symbol("https"), 0, Symbol(type)});
    return found ? std::string(found->reason.text()) : "";
  }

  engine::Graph graph_;
  GatewayGraph g_;
};

constexpr std::string_view kFromInfra =
    R"({"group": "gateway.networking.k8s.io", "kind": "Gateway", "namespace": "infra"})";
constexpr std::string_view kToSecrets = R"({"group": "", "kind": "Secret"})";

// The advisory GHSA-m23h-6mwm-39m8.
TEST_F(CrossNamespaceTest, NoTlsKeyOfAnotherNamespaceIsReadThroughAGatewayWithoutAGrant) {
  ApplySecret(MakeTestPair("a.example"));
  graph_.Step();

  EXPECT_EQ(g_.wanted_secrets.size(), 0u) << "its bytes must not even be fetched";
  EXPECT_EQ(g_.used_certificates.size(), 0u);
  EXPECT_EQ(Count(EntityKind::kCertificate), 0u);
  EXPECT_EQ(Count(EntityKind::kSni), 0u);
  EXPECT_EQ(ReasonOf("ResolvedRefs"), "RefNotPermitted");
  EXPECT_EQ(ReasonOf("Programmed"), "Invalid");
  EXPECT_EQ(CheckTenants(graph_), absl::OkStatus());
}

TEST_F(CrossNamespaceTest, WithoutAGrantNobodyLearnsWhetherASecretExists) {
  graph_.Step();
  std::vector<std::string> before, after;
  g_.problems.ForEach([&](const Problem& problem) { before.push_back(problem.text); });
  ApplySecret(MakeTestPair("a.example"));
  const engine::EpochStats stats = graph_.Step();
  g_.problems.ForEach([&](const Problem& problem) { after.push_back(problem.text); });

  EXPECT_EQ(before, after);
  EXPECT_EQ(stats.evaluations, 1u) << "the Secret itself is read, and nobody looks at it";
}

TEST_F(CrossNamespaceTest, AGrantOpensExactlyWhatItSays) {
  ApplySecret(MakeTestPair("a.example"));
  struct Case {
    const char *version, *from, *to;
    bool open;
  };
  const std::string from(kFromInfra), to(kToSecrets);
  for (const Case& c :
       {Case{"v1", from.c_str(), to.c_str(), true}, Case{"v1beta1", from.c_str(), to.c_str(), true},
        Case{"v1", from.c_str(), R"({"group": "core", "kind": "Secret"})", true},
        Case{"v1", from.c_str(), R"({"group": "", "kind": "Secret", "name": "tls"})", true},
        Case{"v1", from.c_str(), R"({"group": "", "kind": "Secret", "name": "other"})", false},
        Case{"v1", from.c_str(), R"({"group": "", "kind": "ConfigMap"})", false},
        Case{"v1", R"({"group": "gateway.networking.k8s.io", "kind": "Gateway", "namespace": "x"})",
             to.c_str(), false},
        Case{"v1",
             R"({"group": "gateway.networking.k8s.io", "kind": "HTTPRoute", "namespace": "infra"})",
             to.c_str(), false},
        Case{"v1", R"({"group": "", "kind": "Gateway", "namespace": "infra"})", to.c_str(),
             false}}) {
    ApplyGrant(c.version, c.from, c.to);
    graph_.Step();
    EXPECT_EQ(Count(EntityKind::kCertificate), c.open ? 1u : 0u) << c.from << c.to;
    EXPECT_EQ(Count(EntityKind::kSni), c.open ? 1u : 0u) << c.from << c.to;
    EXPECT_EQ(ReasonOf("ResolvedRefs"), c.open ? "ResolvedRefs" : "RefNotPermitted");
    EXPECT_EQ(CheckTenants(graph_), absl::OkStatus());
  }
}

TEST_F(CrossNamespaceTest, AGrantThatIsTakenBackClosesAtOnce) {
  ApplySecret(MakeTestPair("a.example"));
  ApplyGrant("v1", kFromInfra, kToSecrets);
  graph_.Step();
  ASSERT_EQ(Count(EntityKind::kCertificate), 1u);

  g_.attachment.reference_grants.Erase({Symbol("tenant"), Symbol("g")});
  graph_.Step();
  EXPECT_EQ(Count(EntityKind::kCertificate), 0u);
  EXPECT_EQ(g_.wanted_secrets.size(), 0u);
}

TEST_F(CrossNamespaceTest, AGrantConcernsThoseThatAskedForIt) {
  for (int i = 0; i < 50; ++i) ApplyGateway(Cat("infra", i));
  ApplySecret(MakeTestPair("a.example"));
  graph_.Step();
  ApplyGrant("v1", kFromInfra, kToSecrets);
  const engine::EpochStats stats = graph_.Step();
  EXPECT_LT(stats.evaluations, 12u) << "of the Gateways, one is looked at again";
}

TEST(TenantsTest, NoRuleReadsAcrossANamespaceWithoutAGrant) {
  for (uint64_t seed : {11u, 12u}) {
    RandomWorld world(seed, {}, {});
    for (int epoch = 0; epoch < 60; ++epoch) {
      for (int edits = 0; edits < 12; ++edits) world.Edit();
      world.Step();
      ASSERT_EQ(CheckTenants(world.engine()), absl::OkStatus()) << "epoch " << epoch;
    }
  }
}

}  // namespace
}  // namespace kong
