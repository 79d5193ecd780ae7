// Oracle: any text is a bundle of schemas or an error that names a line.
#include <string>

#include "engine/assert.h"
#include "engine/text.h"
#include "fuzz/bytes.h"
#include "kong/schema_bundle.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto bundle = kong::ReadSchemaBundle(fuzz::TextOf(data, size));
  if (!bundle.ok())
    CHECK(engine::MessageOf(bundle.status()).find("line") != std::string::npos,
          engine::Cat("an error without a line: ", engine::MessageOf(bundle.status())));
  return 0;
}
