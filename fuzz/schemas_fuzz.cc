// Oracle: any text is a bundle of schemas, or an error that names a line, unless what is wrong is
// that an entity has none.
#include <string>

#include "engine/assert.h"
#include "engine/text.h"
#include "fuzz/bytes.h"
#include "kong/schema_bundle.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto bundle = kong::ReadSchemaBundle(fuzz::TextOf(data, size));
  if (bundle.ok()) return 0;
  const std::string_view why = engine::MessageOf(bundle.status());
  CHECK(why.find("line ") != why.npos || why.find("of no entity") != why.npos,
        engine::Cat("an error without a line: ", why));
  return 0;
}
