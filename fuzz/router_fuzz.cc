// Oracle: of worlds and requests made of a fuzzer's bytes, Kong's router chooses what the
// specification demands, of Ingress or of the Gateway API. The property and the generators are those
// of tests/kong/router.
#include <cstddef>
#include <cstdint>
#include <string>

#include "engine/assert.h"
#include "engine/text.h"
#include "tests/kong/router/ingress_world.h"
#include "tests/kong/router/route_world.h"

namespace {

template <class World>
void Play(World& world, kong::Dice& dice, const size_t& at, size_t size) {
  while (at < size) {
    for (uint32_t edits = 1 + dice.Below(4); edits > 0; --edits) world.Edit(dice);
    absl::Status status = world.Step();
    for (uint32_t requests = dice.Below(16); status.ok() && requests > 0; --requests)
      status = world.Try(dice);
    CHECK(status.ok(), engine::MessageOf(status));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  size_t at = 0;
  kong::Dice dice([&]() -> uint32_t { return at < size ? data[at++] : 0; });
  const bool expressions = dice.OneIn(2);
  if (dice.OneIn(2)) {
    kong::IngressWorld world(expressions);
    Play(world, dice, at, size);
  } else {
    kong::RouteWorldForm form{.expressions = expressions};
    form.kind = dice.OneIn(2) ? kong::RouteKind::kHttp : kong::RouteKind::kGrpc;
    form.alike = expressions && dice.OneIn(4);
    kong::RouteWorld world(form);
    Play(world, dice, at, size);
  }
  return 0;
}
