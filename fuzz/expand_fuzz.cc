// Oracle: the objects that a document is taken apart into are whole: each is taken apart into
// itself alone and has the header that was told of it.
#include "engine/assert.h"
#include "fuzz/bytes.h"
#include "k8s/parse.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto objects = k8s::ExpandObjects(fuzz::TextOf(data, size));
  k8s::ParseApiStatus(500, fuzz::TextOf(data, size));
  if (!objects.ok()) return 0;
  for (const k8s::AnyObject& object : *objects) {
    const auto again = k8s::ExpandObjects(object.json);
    // The text of what has its kind from its list does not say it; and lists are taken apart eight
    // deep, and no deeper.
    if (!again.ok() || again->size() != 1) continue;
    CHECK(again->front().header.kind == object.header.kind &&
              again->front().header.id == object.header.id,
          "an object of a list has another header");
  }
  return 0;
}
