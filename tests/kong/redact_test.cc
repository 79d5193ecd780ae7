#include "kong/redact.h"

#include "gtest/gtest.h"

namespace kong {
namespace {

TEST(RedactTest, HidesPrivateKeysAndNothingElse) {
  const std::pair<const char*, const char*> cases[] = {
      {"nothing here", "nothing here"},
      {R"({"cert":"-----BEGIN CERTIFICATE-----\nab\n-----END CERTIFICATE-----\n"})",
       R"({"cert":"-----BEGIN CERTIFICATE-----\nab\n-----END CERTIFICATE-----\n"})"},
      {R"({"key":"-----BEGIN PRIVATE KEY-----\nab\n-----END PRIVATE KEY-----\n","x":1})",
       R"({"key":"<private key>\n","x":1})"},
      {"a-----BEGIN EC PRIVATE KEY-----1-----END EC PRIVATE KEY-----b-----BEGIN RSA PRIVATE "
       "KEY-----2-----END RSA "
       "PRIVATE KEY-----c",
       "a<private key>b<private key>c"},
      {"a-----BEGIN PRIVATE KEY-----never ends", "a<private key>"},
      {"a-----BEGIN PRIVATE KEY-----1-----END P\n-----BEGIN PRIVATE KEY-----2-----END PRIVATE "
       "KEY-----b",
       "a<private key>b"},
      {"-----BEGIN P\n-----BEGIN PRIVATE KEY-----1", "-----BEGIN P\n<private key>"},
      {"-----BEGIN PRIVATE KEY-----1-----END PRIVATE KEY-----BEGIN PRIVATE KEY-----2-----END "
       "PRIVATE KEY-----b",
       "<private key><private key>b"},
  };
  for (const auto& [text, redacted] : cases) EXPECT_EQ(WithoutPrivateKeys(text), redacted);
}

TEST(RedactTest, WhatStandsAroundAHiddenKeyMakesNoOther) {
  const std::string once = WithoutPrivateKeys(
      "-----BEGIN -----BEGIN PRIVATE KEY-----1-----END PRIVATE KEY-----PRIVATE KEY-----b");
  EXPECT_EQ(once, "-----BEGIN <private key>PRIVATE KEY-----b");
  EXPECT_EQ(WithoutPrivateKeys(once), once);
}

}  // namespace
}  // namespace kong
