// Oracle: no line of a private key survives, wherever it stands in a text; what is redacted stays
// so.
#include <string>

#include "engine/assert.h"
#include "engine/text.h"
#include "fuzz/bytes.h"
#include "kong/redact.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text = fuzz::TextOf(data, size);
  const std::string once = kong::WithoutPrivateKeys(std::string(text));
  CHECK(kong::WithoutPrivateKeys(once) == once, "redacted twice is another text");
  const size_t half = size / 2;
  for (const std::string_view kind : {"", "RSA ", "EC ", "ENCRYPTED "}) {
    const std::string planted = engine::Cat(text.substr(0, half), "\n-----BEGIN ", kind,
                                            "PRIVATE KEY-----\nc4n4ry\n-----END ", kind,
                                            "PRIVATE KEY-----\n", text.substr(half));
    CHECK(kong::WithoutPrivateKeys(planted).find("c4n4ry") == std::string::npos ||
              text.find("c4n4ry") != std::string_view::npos,
          "a private key survives");
  }
  return 0;
}
