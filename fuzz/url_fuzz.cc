// Oracle: a URL that is taken is written as one that is taken and written the same, and nothing in
// it can end a line of a request; text whose every byte is escaped decodes to itself.
#include <string>

#include "engine/assert.h"
#include "fuzz/bytes.h"
#include "io/url.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text = fuzz::TextOf(data, size);
  std::string escaped;
  for (const char c : text) {
    const auto byte = static_cast<uint8_t>(c);
    escaped += {'%', "0123456789abcdef"[byte >> 4], "0123456789ABCDEF"[byte & 15]};
  }
  CHECK(io::DecodePercent(escaped, size % 2 == 1) == text, "an escaped text is another");
  const auto url = io::Url::Parse(text);
  if (!url.ok()) return 0;
  const auto again = io::Url::Parse(url->Text());
  CHECK(again.ok() && again->Text() == url->Text(), "a URL reads back as another");
  for (const char c : url->Authority() + url->path)
    CHECK(static_cast<uint8_t>(c) > ' ', "a URL could end its line");
  return 0;
}
