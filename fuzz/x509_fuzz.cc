// Oracle: whatever the DER, a certificate is read or refused; of a CA what was read reads back as
// itself; its names are hosts; and what cannot be read is no certificate for TLS either.
#include <string>

#include "absl/strings/escaping.h"
#include "engine/assert.h"
#include "engine/text.h"
#include "fuzz/bytes.h"
#include "io/tls.h"
#include "kong/annotations.h"
#include "kong/certificate.h"
#include "kong/certificate_names.h"

namespace {

std::string PemOf(std::string_view der) {
  const std::string text = absl::Base64Escape(engine::ToAbsl(der));
  std::string pem = "-----BEGIN CERTIFICATE-----\n";
  for (size_t at = 0; at < text.size(); at += 64) pem += engine::Cat(text.substr(at, 64), '\n');
  return pem + "-----END CERTIFICATE-----\n";
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string pem = PemOf(fuzz::TextOf(data, size));
  const auto ca = kong::ParseCaCertificate(pem);
  if (ca.ok()) {
    const auto again = kong::ParseCaCertificate(ca->pem);
    CHECK(again.ok() && again->pem == ca->pem && again->not_after_s == ca->not_after_s,
          "a CA certificate reads back as another");
  }
  for (const std::string& name : kong::DnsNamesOf(pem))
    CHECK(kong::IsHostPattern(name), "a certificate's name is no host");
  CHECK(!kong::CheckKeyPair(pem, pem).ok(), "a certificate is its own key");
  const auto trusting = io::TlsContext::ForClient({.ca_pem = pem});
  CHECK(!ca.ok() || trusting.ok(), "a CA that Kong is given cannot be trusted");
  return 0;
}
