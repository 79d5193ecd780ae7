// Oracle: what covers a host covers all that the host covers, and what two hosts share is one of
// them, the same in either order. Input: a line for each of three hosts.
#include "engine/assert.h"
#include "fuzz/bytes.h"
#include "kong/host_match.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  fuzz::Bytes bytes(data, size);
  const std::string_view a = bytes.Line(), b = bytes.Line(), c = bytes.Line();
  CHECK(kong::Covers(a, a), "a host does not cover itself");
  CHECK(!(kong::Covers(a, b) && kong::Covers(b, c)) || kong::Covers(a, c), "covering is a chain");
  const engine::Symbol one(a), other(b);
  const auto both = kong::Intersection(one, other);
  CHECK(both == kong::Intersection(other, one), "what two hosts share depends on their order");
  CHECK(!both || *both == one || *both == other, "two hosts share a third");
  CHECK(both.has_value() == (kong::Covers(a, b) || kong::Covers(b, a)), "hosts share by chance");
  return 0;
}
