#include "kong/credential.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace kong {
namespace {

using engine::Symbol;
using testing::HasSubstr;
using testing::Not;

using Data = std::vector<std::pair<std::string, std::string>>;

k8s::Secret SecretOf(std::string_view type, const Data& data) {
  k8s::Secret secret;
  secret.meta.id = {Symbol("shop"), Symbol("s")};
  if (!type.empty()) secret.meta.labels.Set(Symbol(kCredentialLabel), std::string(type));
  for (const auto& [key, value] : data) secret.data.emplace_back(key, k8s::SecretBytes(value));
  return secret;
}

std::string Fragment(const Credential& credential) {
  return CredentialFragment(credential, EntityId(), ConsumerId("ann"), {"t"});
}

TEST(CredentialTest, HasTheFieldsOfItsType) {
  struct Case {
    std::string_view type;
    Data data;
    std::string_view fields;
  };
  const std::string consumer = R"("consumer":")" + ConsumerId("ann").text() + '"';
  const std::string id = R"("id":")" + EntityId().text() + '"';
  for (const auto& [type, data, fields] : std::vector<Case>{
           {"key-auth", {{"key", "k"}, {"ttl", "60"}}, R"("key":"k","tags":["t"],"ttl":60)"},
           {"basic-auth",
            {{"username", "u"}, {"password", "p"}},
            R"("password":"p","tags":["t"],"username":"u")"},
           {"hmac-auth",
            {{"username", "u"}, {"secret", "s"}},
            R"("secret":"s","tags":["t"],"username":"u")"},
           {"mtls-auth", {{"subject_name", "cn"}}, R"("subject_name":"cn","tags":["t"])"},
       }) {
    absl::StatusOr<Credential> credential =
        ParseCredential(SecretOf(type, data), ConsumerId("ann"));
    ASSERT_TRUE(credential.ok()) << type << ": " << credential.status();
    EXPECT_EQ(Fragment(*credential), "{" + consumer + "," + id + "," + std::string(fields) + "}");
  }
}

TEST(CredentialTest, SplitsRedirectUrisAndReadsBooleans) {
  absl::StatusOr<Credential> credential =
      ParseCredential(SecretOf("oauth2", {{"name", "app"},
                                          {"client_id", "i"},
                                          {"redirect_uris", "a, b"},
                                          {"hash_secret", "maybe"}}),
                      ConsumerId("ann"));
  ASSERT_TRUE(credential.ok());
  EXPECT_THAT(Fragment(*credential), HasSubstr(R"("redirect_uris":["a","b"])"));
  EXPECT_THAT(Fragment(*credential), HasSubstr(R"("hash_secret":false)"));
  EXPECT_EQ(credential->complaints.size(), 1u);
}

TEST(CredentialTest, RefusesWhatKongWouldRefuseWithoutShowingIt) {
  struct Case {
    std::string_view name, type;
    Data data;
    std::string_view says;
  };
  for (const Case& c : std::vector<Case>{
           {"no label", "", {{"key", "s3cret"}}, "konghq.com/credential"},
           {"no such type", "magic", {{"key", "s3cret"}}, "invalid credential type"},
           {"no key", "key-auth", {{"kei", "s3cret"}}, "\"key\""},
           {"empty key", "key-auth", {{"key", ""}}, "\"key\""},
           {"no password", "basic-auth", {{"username", "s3cret"}}, "\"password\""},
           {"no public key", "jwt", {{"key", "s3cret"}, {"algorithm", "RS256"}}, "rsa_public_key"},
           {"bad public key",
            "jwt",
            {{"key", "k"}, {"algorithm", "RS256"}, {"rsa_public_key", "s3cret"}},
            "rsa_public_key"},
           {"bad algorithm", "jwt", {{"key", "k"}, {"algorithm", "s3cret"}}, "algorithm"},
           {"no group", "acl", {}, "\"group\""},
       }) {
    absl::StatusOr<Credential> credential =
        ParseCredential(SecretOf(c.type, c.data), ConsumerId("ann"));
    ASSERT_FALSE(credential.ok()) << c.name;
    EXPECT_THAT(credential.status().ToString(), HasSubstr(std::string(c.says))) << c.name;
    EXPECT_THAT(credential.status().ToString(), Not(HasSubstr("s3cret"))) << c.name;
  }
}

TEST(CredentialTest, AnIdTellsNothingOfAKey) {
  auto id_of = [](std::string_view key) {
    return ParseCredential(SecretOf("key-auth", {{"key", std::string(key)}}), ConsumerId("ann"))
        ->own_id;
  };
  EXPECT_EQ(id_of("one"), id_of("two"));
}

TEST(CredentialTest, AGroupIsUniqueWithinItsConsumer) {
  k8s::Secret secret = SecretOf("acl", {{"group", "g"}});
  EXPECT_NE(ParseCredential(secret, ConsumerId("ann"))->unique,
            ParseCredential(secret, ConsumerId("bob"))->unique);
}

}  // namespace
}  // namespace kong
