#include "io/gzip.h"

#include <zlib.h>

#include <algorithm>
#include <limits>

#include "engine/assert.h"
#include "engine/text.h"

namespace io {
namespace {

constexpr int kGzipWindow = 15 + 16;  // The largest window; 16 says gzip instead of zlib.
constexpr int kMemoryLevel = 8;
constexpr uint64_t kPieceMax = 64 << 10;

struct Inflation : z_stream {
  Inflation() : z_stream{} {
    CHECK(inflateInit2(this, kGzipWindow) == Z_OK, "inflateInit2 fails only without memory");
  }
  ~Inflation() { inflateEnd(this); }
  Inflation(const Inflation&) = delete;
  Inflation& operator=(const Inflation&) = delete;
};

// zlib reads through a pointer to non-const bytes, and counts in 32 bits.
void Feed(z_stream& stream, std::string_view& rest) {
  if (stream.avail_in != 0) return;
  const size_t size = std::min<size_t>(rest.size(), std::numeric_limits<uInt>::max());
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(rest.data()));
  stream.avail_in = static_cast<uInt>(size);
  rest.remove_prefix(size);
}

}  // namespace

std::string Gzip(std::string_view text, int level) {
  z_stream stream{};
  CHECK(deflateInit2(&stream, level, Z_DEFLATED, kGzipWindow, kMemoryLevel, Z_DEFAULT_STRATEGY) ==
            Z_OK,
        "deflateInit2 fails only without memory or for a level beyond 9");
  std::string out(deflateBound(&stream, text.size()), '\0');
  size_t used = 0;
  for (int result = Z_OK; result != Z_STREAM_END;) {
    Feed(stream, text);
    const size_t room = std::min<size_t>(out.size() - used, std::numeric_limits<uInt>::max());
    stream.next_out = reinterpret_cast<Bytef*>(out.data() + used);
    stream.avail_out = static_cast<uInt>(room);
    result = deflate(&stream, text.empty() ? Z_FINISH : Z_NO_FLUSH);
    CHECK(result == Z_OK || result == Z_STREAM_END, "the bound of zlib holds");
    used += room - stream.avail_out;
  }
  deflateEnd(&stream);
  out.resize(used);
  return out;
}

absl::StatusOr<std::string> Gunzip(std::string_view member, uint64_t max_bytes) {
  Inflation stream;
  std::string out;
  for (int result = Z_OK; result != Z_STREAM_END;) {
    Feed(stream, member);
    // One byte of room beyond the limit tells a text that just fits from one that does not.
    const uint64_t room =
        std::min({max_bytes - out.size() + 1, std::max<uint64_t>(out.size(), 4096), kPieceMax});
    const size_t used = out.size();
    out.resize(used + room);
    stream.next_out = reinterpret_cast<Bytef*>(out.data() + used);
    stream.avail_out = static_cast<uInt>(room);
    result = inflate(&stream, Z_NO_FLUSH);
    out.resize(used + room - stream.avail_out);
    if (out.size() > max_bytes) {
      return absl::ResourceExhaustedError(
          engine::ToAbsl(engine::Cat("gzip: the text exceeds ", max_bytes, " bytes")));
    }
    if (result == Z_STREAM_END) break;
    if (result != Z_OK || (stream.avail_in == 0 && member.empty() && stream.avail_out != 0)) {
      return absl::DataLossError(result == Z_OK || result == Z_BUF_ERROR
                                     ? "gzip: the text is cut"
                                     : "gzip: the text is damaged");
    }
  }
  if (stream.avail_in != 0 || !member.empty()) {
    return absl::DataLossError("gzip: there is something behind the text");
  }
  return out;
}

}  // namespace io
