// Oracle: what was compressed reads back as itself within its length and not within less; what is
// cut, damaged or followed by something is never read as another text. Input: a byte for gzip's
// level, one for where the damage is, and the text.
#include <string>

#include "engine/assert.h"
#include "fuzz/bytes.h"
#include "io/gzip.h"
#include "io/snappy.h"

namespace {

template <class Read>
void CheckLimits(Read read, const std::string& whole, std::string_view text) {
  const auto back = read(whole, text.size());
  CHECK(back.ok() && *back == text, "it does not read back");
  if (!text.empty())
    CHECK(absl::IsResourceExhausted(read(whole, text.size() - 1).status()), "no limit");
  const std::string_view cut = std::string_view(whole).substr(0, whole.size() - 1);
  CHECK(!read(cut, text.size()).ok(), "what is cut is read");
  CHECK(!read(whole + "x", text.size()).ok(), "what follows is passed over");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  fuzz::Bytes bytes(data, size);
  const int level = bytes.Next() % 10;
  const size_t place = bytes.Next();
  const std::string_view text = bytes.rest();
  std::string member = io::Gzip(text, level);
  CheckLimits(io::Gunzip, member, text);
  CheckLimits(io::Unsnap, io::Snap(text), text);
  // Of a member's head a reader may pass over bits; of its text it must not believe one.
  char& damaged = member[place % member.size()];
  damaged = static_cast<char>(damaged ^ (1 << place % 8));
  const auto back = io::Gunzip(member, text.size());
  CHECK(!back.ok() || *back == text, "what is damaged reads as another text");
  return 0;
}
