// Oracle: headers that are found good are exactly one line each, whose name and value stand in it;
// an error never shows a value.
#include <algorithm>
#include <string>

#include "engine/assert.h"
#include "engine/text.h"
#include "fuzz/bytes.h"
#include "io/http_message.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  fuzz::Bytes bytes(data, size);
  const std::string name(bytes.Line()), value(bytes.rest());
  if (name.find("canary-value") != std::string::npos) return 0;  // Names are shown.
  io::Headers headers;
  headers.Add(name, engine::Cat("canary-value", value));
  const absl::Status status = io::CheckHeaders(headers);
  if (!status.ok()) {
    CHECK(engine::MessageOf(status).find("canary-value") == std::string::npos,
          "an error shows a header's value");
    return 0;
  }
  std::string lines;
  io::AppendHeaderLines(lines, headers);
  CHECK(std::count(lines.begin(), lines.end(), '\n') <= 1 &&
            std::count(lines.begin(), lines.end(), '\r') <= 1,
        "a header became two");
  CHECK(lines.empty() || lines == engine::Cat(name, ": canary-value", value, "\r\n"),
        "a header is not what was said");
  return 0;
}
