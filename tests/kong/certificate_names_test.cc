#include "kong/certificate_names.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/kong/test_certificates.h"

namespace kong {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(CertificateNamesTest, AreThoseOfDnsThatAreHosts) {
  const TestPair pair = MakeTestPair(
      "x", {.names = "DNS:B.example,DNS:*.c.example,IP:10.0.0.1,email:a@b.example,DNS:-bad"});
  EXPECT_THAT(DnsNamesOf(pair.cert), ElementsAre("b.example", "*.c.example"));
}

TEST(CertificateNamesTest, AreThoseOfTheFirstCertificate) {
  const TestPair leaf = MakeTestPair("leaf.example"), issuer = MakeTestPair("issuer.example");
  EXPECT_THAT(DnsNamesOf(leaf.cert + issuer.cert), ElementsAre("leaf.example"));
}

TEST(CertificateNamesTest, AreNoneOfWhatIsNoCertificate) {
  EXPECT_THAT(DnsNamesOf(""), IsEmpty());
  EXPECT_THAT(DnsNamesOf("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"),
              IsEmpty());
  EXPECT_THAT(DnsNamesOf(MakeTestPair("plain").cert), IsEmpty());
  std::string cut = MakeTestPair("cut.example").cert;
  cut.resize(cut.size() / 2);
  EXPECT_THAT(DnsNamesOf(cut), IsEmpty());
  EXPECT_THAT(DnsNamesOf(std::string(3, '\0')), IsEmpty());
}

}  // namespace
}  // namespace kong
