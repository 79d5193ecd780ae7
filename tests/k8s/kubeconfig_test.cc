#include "k8s/kubeconfig.h"

#include <filesystem>
#include <fstream>
#include <string>

#include "engine/text.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace k8s {
namespace {

using engine::Cat;
using engine::MessageOf;
using ::testing::HasSubstr;
using ::testing::Not;

class KubeconfigTest : public ::testing::Test {
 protected:
  KubeconfigTest() { std::filesystem::create_directories(folder_ + "/pki"); }
  void Write(std::string_view name, std::string_view text) {
    std::ofstream(Cat(folder_, '/', name)) << text;
  }
  // A kubeconfig whose one cluster and user have these fields.
  absl::StatusOr<ClusterAccess> Parse(std::string_view cluster, std::string_view user,
                                      std::string_view context = "") {
    return ParseKubeconfig(Cat(R"(
apiVersion: v1
kind: Config
current-context: home
clusters:
- name: c
  cluster: {server: "https://api.example.com:6443")",
                               cluster, R"(}
- name: other
  cluster: {server: "http://127.0.0.1:8001", proxy-url: "http://proxy"}
users:
- name: u
  user: {)",
                               user, R"(}
- name: plugin
  user: {exec: {command: aws}}
contexts:
- name: home
  context: {cluster: c, user: u, namespace: shop}
- name: away
  context: {cluster: other, user: u}
- name: aws
  context: {cluster: c, user: plugin}
)"),
                           folder_ + "/config", context);
  }
  const std::string folder_ = ::testing::TempDir() + "/kube_" +
                              ::testing::UnitTest::GetInstance()->current_test_info()->name();
};

TEST_F(KubeconfigTest, TakesTheCurrentContextWithInlineMaterial) {
  auto access = Parse(R"(, certificate-authority-data: Q0E=, tls-server-name: api)",
                      R"(client-certificate-data: Q0VSVA==, client-key-data: S0VZ)");
  ASSERT_TRUE(access.ok()) << access.status();
  EXPECT_EQ(access->url.Text(), "https://api.example.com:6443");
  EXPECT_EQ(access->tls.ca_pem, "CA");
  EXPECT_EQ(access->tls.server_name, "api");
  EXPECT_EQ(access->tls.certificate_pem, "CERT");
  EXPECT_EQ(access->tls.key_pem, "KEY");
  EXPECT_FALSE(access->tls.skip_verify);
  EXPECT_EQ(access->ns, "shop");
  EXPECT_THAT(access->source, HasSubstr("context home"));
}

TEST_F(KubeconfigTest, ReadsFilesRelativeToItsFolder) {
  Write("pki/ca.crt", "CA file");
  Write("pki/me.crt", "CERT file");
  Write("pki/me.key", "KEY file");
  auto access =
      Parse(", certificate-authority: pki/ca.crt",
            "client-certificate: pki/me.crt, client-key: pki/me.key, tokenFile: pki/token");
  ASSERT_TRUE(access.ok()) << access.status();
  EXPECT_EQ(access->tls.ca_pem, "CA file");
  EXPECT_EQ(access->tls.key_pem, "KEY file");
  EXPECT_EQ(access->credentials.token_file, folder_ + "/pki/token");
}

TEST_F(KubeconfigTest, TakesTokensAndSkipsVerificationIfTold) {
  auto access = Parse(", insecure-skip-tls-verify: true", "token: abc");
  ASSERT_TRUE(access.ok()) << access.status();
  EXPECT_TRUE(access->tls.skip_verify);
  EXPECT_EQ(access->credentials.token, "abc");
}

struct BadKubeconfig {
  std::string_view name, cluster, user, context, message;
};
class BadKubeconfigTest : public KubeconfigTest,
                          public ::testing::WithParamInterface<BadKubeconfig> {};

TEST_P(BadKubeconfigTest, SaysWhatIsWrongAndShowsNoSecret) {
  auto access = Parse(GetParam().cluster, GetParam().user, GetParam().context);
  ASSERT_FALSE(access.ok());
  const std::string message(MessageOf(access.status()));
  EXPECT_THAT(message, HasSubstr(std::string(GetParam().message)));
  EXPECT_THAT(message, HasSubstr("/config"));
  EXPECT_THAT(message, Not(HasSubstr("canary")));
}

INSTANTIATE_TEST_SUITE_P(
    All, BadKubeconfigTest,
    ::testing::Values(
        BadKubeconfig{"NoSuchContext", "", "", "nowhere",
                      "there is no context \"nowhere\"; there are: home, away, aws"},
        BadKubeconfig{"Exec", "", "", "aws", "user \"plugin\": exec is not supported; put a token"},
        BadKubeconfig{"Proxy", "", "", "away", "cluster \"other\": proxy-url is not supported"},
        BadKubeconfig{"Password", "", "username: me, password: canary", "",
                      "username is not supported"},
        BadKubeconfig{"AuthProvider", "", "auth-provider: {name: gcp}", "",
                      "auth-provider is not supported"},
        BadKubeconfig{"Impersonation", "", "as: root", "", "as is not supported"},
        BadKubeconfig{"InsecureWithCa",
                      ", insecure-skip-tls-verify: true, certificate-authority-data: Q0E=", "", "",
                      "exclude each other"},
        BadKubeconfig{"KeyMissing", "", "client-certificate-data: Q0E=", "", "one is missing"},
        BadKubeconfig{"NoSuchFile", ", certificate-authority: gone.crt", "", "", "gone.crt"},
        BadKubeconfig{"BadBase64", "", "client-key-data: canary!", "",
                      "client-key-data: expected base64"},
        BadKubeconfig{"WrongType", ", tls-server-name: []", "", "",
                      "clusters[0].cluster.tls-server-name: expected a string"}),
    [](const auto& each) { return std::string(each.param.name); });

TEST_F(KubeconfigTest, EmptyUnsupportedFieldsAreNone) {
  EXPECT_TRUE(Parse(", proxy-url: \"\"", "exec: null, as-groups: [], username: \"\"").ok());
}

TEST_F(KubeconfigTest, WhatIsNoKubeconfigIsAnError) {
  for (std::string_view text :
       {"", "7", "- a", "clusters: 7", "{}", "a: b\n---\nc: d\n", "a: [", "\xff"}) {
    EXPECT_FALSE(ParseKubeconfig(text, "config", "").ok()) << text;
  }
}

TEST_F(KubeconfigTest, InClusterReadsTheServiceAccount) {
  Write("ca.crt", "CA");
  Write("token", "abc\n");
  Write("namespace", "kong\n");
  auto access = InCluster({"fd00::1", "443", folder_});
  ASSERT_TRUE(access.ok()) << access.status();
  EXPECT_EQ(access->url.Text(), "https://[fd00::1]:443");
  EXPECT_EQ(access->tls.ca_pem, "CA");
  EXPECT_EQ(access->credentials.token_file, folder_ + "/token");
  EXPECT_EQ(access->ns, "kong");
}

TEST_F(KubeconfigTest, OutsideAClusterSaysSo) {
  EXPECT_THAT(std::string(MessageOf(InCluster({"", "", folder_}).status())),
              HasSubstr("not inside a cluster"));
  EXPECT_THAT(std::string(MessageOf(InCluster({"10.0.0.1", "443", folder_ + "/gone"}).status())),
              HasSubstr("gone/ca.crt"));
}

}  // namespace
}  // namespace k8s
