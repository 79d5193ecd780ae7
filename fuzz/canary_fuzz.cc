// Oracle: none; this one has a defect planted, which must be found, or the fuzzers find nothing.
#include "engine/assert.h"
#include "fuzz/bytes.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text = fuzz::TextOf(data, size);
  CHECK(!(text.starts_with("kd") && text.size() == 3 && text[2] == '!'), "the canary was found");
  return 0;
}
