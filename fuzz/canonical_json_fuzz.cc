// Oracle: the canonical form of a JSON text has the value that a second parser gives the text, and
// is its own canonical form.
#include <string>

#include "engine/assert.h"
#include "engine/text.h"
#include "fuzz/bytes.h"
#include "io/utf8.h"
#include "k8s/canonical_json.h"
#include "nlohmann/json.hpp"

namespace {

// Of a member, as all that is kept canonically is one.
absl::Status Canonical(std::string_view text, std::string& out) {
  return k8s::ReadDocument(engine::Cat(R"({"x":)", text, "}"), [&](k8s::JsonValue& json) {
    return ReadMembers(
        json, [&](std::string_view, k8s::JsonValue& member) { return ReadCanonical(member, out); });
  });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text = fuzz::TextOf(data, size);
  std::string once, twice;
  if (!Canonical(text, once).ok() || once.empty()) return 0;
  CHECK(Canonical(once, twice).ok() && once == twice, "the canonical form has another one");
  if (io::FindInvalidUtf8(text) != std::string_view::npos) return 0;
  const auto expected = nlohmann::json::parse(text, nullptr, false);
  if (expected.is_discarded()) return 0;
  CHECK(nlohmann::json::parse(once, nullptr, false) == expected,
        engine::Cat("the canonical form has another value: ", once));
  return 0;
}
