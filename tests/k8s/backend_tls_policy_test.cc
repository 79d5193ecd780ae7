#include "k8s/backend_tls_policy.h"

#include "engine/row.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "k8s/parse.h"

namespace k8s {
namespace {

using engine::Symbol;
using ::testing::ElementsAre;
using ::testing::Pair;

static_assert(engine::Row<BackendTlsPolicy>);

TEST(BackendTlsPolicyTest, ReadsTargetsAndValidation) {
  auto parsed = ParseObject<BackendTlsPolicy>(
      R"({"metadata": {"name": "p", "namespace": "shop"}, "spec": {
          "targetRefs": [{"group": "", "kind": "Service", "name": "cart", "sectionName": "web"},
                         {"group": "example.com", "kind": "Bucket", "name": "b"}],
          "options": {"tls-verify-depth": "3", "a": "b"},
          "validation": {"hostname": "cart.example", "wellKnownCACertificates": "System",
            "caCertificateRefs": [{"group": "", "kind": "ConfigMap", "name": "ca"}],
            "subjectAltNames": [{"type": "Hostname", "hostname": "x"}, {"type": "URI"}]}}})",
      {});
  ASSERT_TRUE(parsed.ok()) << parsed.status();
  const BackendTlsPolicy& row = parsed->row;
  ASSERT_EQ(row.targets.size(), 2u);
  EXPECT_EQ(row.targets[0].section, Symbol("web"));
  EXPECT_EQ(row.targets[1].group, Symbol("example.com"));
  EXPECT_EQ(row.hostname, "cart.example");
  EXPECT_EQ(row.well_known_ca_certificates, "System");
  ASSERT_EQ(row.ca_certificates.size(), 1u);
  EXPECT_EQ(row.ca_certificates[0].kind, Symbol("ConfigMap"));
  EXPECT_EQ(row.subject_alt_names, 2u);
  EXPECT_THAT(row.options, ElementsAre(Pair("a", "b"), Pair("tls-verify-depth", "3")));
}

}  // namespace
}  // namespace k8s
