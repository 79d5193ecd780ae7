// Oracle: a configuration equals itself, written and read again it is the same text, and what is
// made from one to the other is unmade the other way round. Input: a line for each of two
// documents.
#include "engine/assert.h"
#include "fuzz/bytes.h"
#include "kong/configuration.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  fuzz::Bytes bytes(data, size);
  const auto one = kong::ReadConfiguration(bytes.Line());
  const auto other = kong::ReadConfiguration(bytes.Line());
  if (!one.ok() || !other.ok()) return 0;
  const kong::SchemaTable& schemas = kong::SchemaTable::Bundled();
  CHECK(Compare(*one, *one, schemas).changes.empty(), "a configuration differs from itself");
  const auto forth = Compare(*one, *other, schemas), back = Compare(*other, *one, schemas);
  CHECK(forth.Count(kong::ChangeKind::kCreated) == back.Count(kong::ChangeKind::kDeleted) &&
            forth.Count(kong::ChangeKind::kDeleted) == back.Count(kong::ChangeKind::kCreated) &&
            forth.Count(kong::ChangeKind::kUpdated) == back.Count(kong::ChangeKind::kUpdated),
        "what was made is not unmade the other way round");
  const auto again = kong::ReadConfiguration(WriteConfiguration(*one));
  CHECK(again.ok() && WriteConfiguration(*again) == WriteConfiguration(*one),
        "a configuration reads back as another");
  return 0;
}
