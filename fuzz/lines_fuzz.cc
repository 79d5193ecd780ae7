// Oracle: however a stream is cut into pieces, it has the same lines, all within the limit, and the
// lines that model made of the whole text has.
#include <algorithm>
#include <string>
#include <vector>

#include "engine/assert.h"
#include "fuzz/bytes.h"
#include "io/line_splitter.h"

namespace {

constexpr size_t kLimit = 64;

struct Lines {
  std::vector<std::string> all;
  std::string rest;
  bool ok = true;
  friend bool operator==(const Lines&, const Lines&) = default;
};

Lines Cut(std::string_view text, size_t piece) {
  Lines out;
  io::LineSplitter splitter(kLimit);
  while (!text.empty() && out.ok) {
    out.ok = splitter
                 .Feed(text.substr(0, piece),
                       [&](std::string_view line) {
                         out.all.emplace_back(line);
                         return true;
                       })
                 .ok();
    text.remove_prefix(std::min(piece, text.size()));
  }
  if (out.ok) out.rest = std::string(splitter.rest());
  return out;
}

Lines Model(std::string_view text) {
  Lines out;
  for (size_t end = text.find('\n'); end != std::string_view::npos; end = text.find('\n')) {
    if (end > kLimit) break;
    if (end > 0) out.all.emplace_back(text.substr(0, end));
    text.remove_prefix(end + 1);
  }
  out.ok = std::min(text.find('\n'), text.size()) <= kLimit;
  if (out.ok) out.rest = std::string(text);
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text = fuzz::TextOf(data, size);
  const Lines expected = Model(text);
  for (const size_t piece : {size + 1, size_t{1}, size_t{3}, size_t{7}}) {
    const Lines lines = Cut(text, piece);
    CHECK(lines.ok == expected.ok, "a limit depends on how the bytes arrive");
    CHECK(lines == expected, "lines depend on how the bytes arrive");
  }
  return 0;
}
