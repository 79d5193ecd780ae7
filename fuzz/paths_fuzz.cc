// Oracle: a collapsed path begins with a slash, has no empty segment and collapses to itself; a
// template of a rewrite is taken or refused.
#include <string>

#include "engine/assert.h"
#include "fuzz/bytes.h"
#include "kong/rewrite.h"
#include "kong/route_match.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text = fuzz::TextOf(data, size);
  const std::string path = kong::CollapseSlashes(text);
  CHECK(path.starts_with('/') || !text.starts_with('/'), "a path lost its slash");
  CHECK(path.find("//") == std::string::npos, "an empty segment stays");
  CHECK(kong::CollapseSlashes(path) == path, "a collapsed path collapses again");
  (void)kong::RewriteTarget(text).ok();
  (void)kong::JudgeRegexPath(text).ok();
  return 0;
}
