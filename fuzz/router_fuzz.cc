// Worlds and requests made of a fuzzer's bytes: Kong's router must choose what the specification
// demands. The property and the generators are those of tests/kong/router.
#include <cstddef>
#include <cstdint>
#include <string>

#include "engine/assert.h"
#include "engine/text.h"
#include "tests/kong/router/ingress_world.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  size_t at = 0;
  kong::Dice dice([&]() -> uint32_t { return at < size ? data[at++] : 0; });
  kong::IngressWorld world(dice.OneIn(2));
  while (at < size) {
    for (uint32_t edits = 1 + dice.Below(4); edits > 0; --edits) world.Edit(dice);
    absl::Status status = world.Step();
    for (uint32_t requests = dice.Below(16); status.ok() && requests > 0; --requests)
      status = world.Try(dice);
    CHECK(status.ok(), engine::MessageOf(status));
  }
  return 0;
}
