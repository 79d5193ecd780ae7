#include "kong/certificate.h"

#include <ctime>
#include <vector>

#include "engine/text.h"
#include "gtest/gtest.h"
#include "tests/kong/test_certificates.h"

namespace kong {
namespace {

std::string ErrorOf(const absl::Status& status) { return std::string(engine::MessageOf(status)); }

TEST(KeyPairTest, ACertificateAndItsKeyAreAPair) {
  TestPair pair = MakeTestPair("a.example");
  auto digest = CheckKeyPair(pair.cert, pair.key);
  ASSERT_TRUE(digest.ok()) << digest.status();
  EXPECT_EQ(*digest, *CheckKeyPair("\n" + pair.cert + "\n\n", pair.key));
}

TEST(KeyPairTest, TheLeafOfAChainComesFirst) {
  TestPair leaf = MakeTestPair("leaf.example");
  TestPair issuer = MakeTestPair("issuer.example", {.ca = true});
  EXPECT_TRUE(CheckKeyPair(leaf.cert + issuer.cert, leaf.key).ok());
  EXPECT_FALSE(CheckKeyPair(issuer.cert + leaf.cert, leaf.key).ok());
}

TEST(KeyPairTest, OtherTextIsRefusedWithoutShowingIt) {
  TestPair a = MakeTestPair("a.example");
  TestPair b = MakeTestPair("b.example");
  EXPECT_EQ(ErrorOf(CheckKeyPair(a.cert, b.key).status()),
            "the private key is not that of the first certificate");
  EXPECT_EQ(ErrorOf(CheckKeyPair("x", a.key).status()), "no certificate can be read");
  for (std::string bad :
       {std::string(), std::string("secret\0\xff", 8), std::string(1 << 20, '-'),
        a.key.substr(0, a.key.size() / 2), std::string("-----BEGIN PRIVATE KEY-----\n")}) {
    EXPECT_EQ(ErrorOf(CheckKeyPair(a.cert, bad).status()),
              "no private key can be read; it must not be encrypted");
  }
}

TEST(CaCertificateTest, IsOneBlockEncodedAgain) {
  TestPair ca = MakeTestPair("ca", {.ca = true});
  auto parsed = ParseCaCertificate("\n\n" + ca.cert + "\n");
  ASSERT_TRUE(parsed.ok()) << parsed.status();
  EXPECT_EQ(parsed->pem, ca.cert);
  EXPECT_GT(parsed->not_after_s, 0);
}

TEST(CaCertificateTest, ErrorsAreTheControllers) {
  TestPair ca = MakeTestPair("ca", {.ca = true});
  TestPair leaf = MakeTestPair("leaf");
  struct Case {
    std::string text, error;
  };
  for (const Case& c : std::vector<Case>{
           {"", "invalid PEM block"},
           {"hello", "invalid PEM block"},
           {ca.cert + "trailing", "invalid PEM block"},
           {ca.key, "invalid PEM block type"},
           {ca.cert + ca.key, "invalid PEM block type"},
           {ca.cert + ca.cert, "multiple PEM certificates found"},
           {"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
            "failed to parse certificate"},
           {leaf.cert, "certificate is missing the 'CA' basic constraint"},
       }) {
    EXPECT_EQ(ErrorOf(ParseCaCertificate(c.text).status()), c.error) << c.text;
  }
}

TEST(CaCertificateTest, ExpiryIsToldAndNotJudged) {
  auto expired = ParseCaCertificate(MakeTestPair("ca", {.ca = true, .days = -1}).cert);
  auto valid = ParseCaCertificate(MakeTestPair("ca", {.ca = true, .days = 1}).cert);
  ASSERT_TRUE(expired.ok() && valid.ok());
  EXPECT_EQ(valid->not_after_s - expired->not_after_s, 2 * 86400);
}

TEST(Sha256Test, IsLowerCaseHex) {
  EXPECT_EQ(Sha256Hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

}  // namespace
}  // namespace kong
