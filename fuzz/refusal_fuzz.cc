// Oracle: whatever a gateway answers, a refusal names parts of the payload only, each once, and
// what is told of them never shows the entity that Kong echoes.
#include <set>
#include <string>

#include "engine/assert.h"
#include "fuzz/bytes.h"
#include "kong/refusal.h"
#include "tests/kong/small_payload.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const auto& payload = *new std::shared_ptr<const kong::Payload>(
      kong::SmallPayload()
          .Add(kong::EntityKind::kService, "cart", "Service/cart")
          .Add(kong::EntityKind::kRoute, "cart", "Ingress/cart")
          .Add(kong::EntityKind::kRoute, "shop", "Ingress/shop")
          .Make());
  const std::string_view body = fuzz::TextOf(data, size);
  for (const int status : {400, 413}) {
    const kong::Refusal refusal = kong::ReadRefusal(*payload, status, body);
    std::set<kong::PartRef> seen;
    for (const kong::Culprit& culprit : refusal.culprits) {
      CHECK(culprit.part.index < payload->count(culprit.part.kind), "a culprit beyond the payload");
      CHECK(seen.insert(culprit.part).second, "a culprit that is named twice");
      CHECK(culprit.message.find("-----BEGIN") == std::string::npos, "a message shows a key");
    }
    CHECK((refusal.kind == kong::Refusal::Kind::kCulprits) == !refusal.culprits.empty(),
          "culprits without being asked for, or none");
  }
  return 0;
}
