// Oracle: whatever the bytes, certificates and keys are read or refused; what was read of a CA
// reads back as itself; names are hosts; and an error never shows a line of the text.
#include <string>

#include "engine/assert.h"
#include "engine/text.h"
#include "fuzz/bytes.h"
#include "kong/annotations.h"
#include "kong/certificate.h"
#include "kong/certificate_names.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text = fuzz::TextOf(data, size);
  const auto pair = kong::CheckKeyPair(text, text);
  const auto ca = kong::ParseCaCertificate(text);
  for (const absl::Status& status : {pair.status(), ca.status()})
    CHECK(engine::MessageOf(status).find("c4n4ry") == std::string::npos, "an error shows a key");
  if (ca.ok()) {
    const auto again = kong::ParseCaCertificate(ca->pem);
    CHECK(again.ok() && again->pem == ca->pem && again->not_after_s == ca->not_after_s,
          "a CA certificate reads back as another");
  }
  for (const std::string& name : kong::DnsNamesOf(text))
    CHECK(kong::IsHostPattern(name), "a certificate's name is no host");
  return 0;
}
