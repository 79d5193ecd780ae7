// Oracle: any text is an expression or an error; and a predicate made of a literal reads back,
// matches the literal, and nothing that differs by a byte.
#include <string>

#include "engine/assert.h"
#include "engine/text.h"
#include "fuzz/bytes.h"
#include "io/utf8.h"
#include "kong/expression.h"
#include "kong/route_match.h"

namespace {

bool Matches(const std::string& text, std::string_view path) {
  const auto expression = kong::Expression::Parse(text, kong::Expression::Schema::kHttp);
  CHECK(expression.ok(), engine::Cat("a built expression is none: ", text));
  return expression->Matches({.path = path});
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string text(fuzz::TextOf(data, size));
  (void)kong::Expression::Parse(text, kong::Expression::Schema::kHttp).ok();
  (void)kong::Expression::Parse(text, kong::Expression::Schema::kStream).ok();
  if (io::FindInvalidUtf8(text) != std::string::npos || text.find('\0') != std::string::npos)
    return 0;  // Objects of Kubernetes hold neither.
  const std::string plain = kong::Predicate("http.path", "==", text);
  const std::string regex =
      kong::Predicate("http.path", "~", engine::Cat("^(?:", kong::EscapeRegex(text), ")$"));
  for (const std::string& built : {plain, regex}) {
    CHECK(Matches(built, text), engine::Cat("does not match its own text: ", built));
    CHECK(!Matches(built, engine::Cat(text, "x")), "matches more than its text");
    if (size > 0) CHECK(!Matches(built, engine::Cat("x", text.substr(1), "x")), "matches another");
  }
  return 0;
}
