#include "io/json_writer.h"

#include <charconv>
#include <cmath>
#include <cstring>

#include "engine/text.h"
#include "io/utf8.h"

namespace io {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD

// ASCII that stands for itself: most text is copied in runs of these.
constexpr bool IsPlain(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte >= 0x20 && byte < 0x80 && c != '"' && c != '\\';
}

// How many plain bytes `text` begins with. Looks at eight at a time: in a word, a byte that is below
// 0x20, or equals one of the two, has its highest bit set by the subtraction of ones; the lowest
// such byte is never wrong, and which one it is does not matter here.
size_t PlainRun(std::string_view text) {
  constexpr uint64_t kOnes = 0x0101010101010101, kHighs = kOnes << 7;
  size_t n = 0;
  for (; n + 8 <= text.size(); n += 8) {
    uint64_t word;
    std::memcpy(&word, text.data() + n, sizeof word);
    const uint64_t quotes = (word ^ kOnes * '"') - kOnes;
    const uint64_t backslashes = (word ^ kOnes * '\\') - kOnes;
    const uint64_t controls = word - kOnes * 0x20;
    if (((quotes | backslashes | controls | word) & kHighs) != 0) break;
  }
  while (n < text.size() && IsPlain(text[n])) ++n;
  return n;
}

void AppendControl(std::string& out, char c) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  const auto byte = static_cast<unsigned char>(c);
  switch (c) {
    case '\b':
      out += "\\b";
      return;
    case '\f':
      out += "\\f";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    default:
      out += "\\u00";
      out += kDigits[byte >> 4];
      out += kDigits[byte & 15];
  }
}

// Appends what stands first in `text`, which is no plain byte, and returns how much of it that was.
size_t AppendSpecial(std::string& out, std::string_view text) {
  const char c = text.front();
  if (c == '"' || c == '\\') {
    out += '\\';
    out += c;
    return 1;
  }
  const size_t length = Utf8Length(text);
  if (length == 0) {
    out += kReplacement;
    return 1;
  }
  if (length == 1) {
    AppendControl(out, c);
  } else {
    out += text.substr(0, length);
  }
  return length;
}

// "1e-09" of to_chars becomes "1e-9", as Go and JavaScript write it.
void AppendScientific(std::string& out, std::string_view text) {
  const size_t sign = text.find('e') + 1;
  out += text.substr(0, sign + 1);
  text.remove_prefix(sign + 1);
  if (text.size() > 1 && text.front() == '0') text.remove_prefix(1);
  out += text;
}

// 1.8446744073709552e+19 becomes 18446744073709552000: to_chars would write all twenty digits that
// the double has, more than are needed to read it back.
void AppendLargeInteger(std::string& out, std::string_view scientific) {
  const size_t mark = scientific.find('e');
  const auto exponent = static_cast<size_t>(engine::ParseInt(scientific.substr(mark + 1)).value());
  size_t digits = 0;
  for (const char c : scientific.substr(0, mark)) {
    if (c != '.') out += c;
    digits += c >= '0' && c <= '9' ? 1 : 0;
  }
  out.append(exponent + 1 - digits, '0');
}

}  // namespace

void AppendJsonString(std::string& out, std::string_view text) {
  out += '"';
  while (!text.empty()) {
    const size_t run = PlainRun(text);
    out += text.substr(0, run);
    text.remove_prefix(run);
    if (!text.empty()) text.remove_prefix(AppendSpecial(out, text));
  }
  out += '"';
}

// RFC 8785 (and Go): plain decimals between 1e-6 and 1e21, an exponent outside.
void AppendJsonDouble(std::string& out, double value) {
  if (!std::isfinite(value)) {
    out += "null";
    return;
  }
  char digits[64];
  const double size = std::fabs(value);
  const bool large = size >= 0x1p53 && size < 1e21;
  const bool fixed = size == 0 || (size >= 1e-6 && size < 0x1p53);
  const char* end = std::to_chars(digits, digits + sizeof digits, value,
                                  fixed ? std::chars_format::fixed : std::chars_format::scientific)
                        .ptr;
  const std::string_view text(digits, static_cast<size_t>(end - digits));
  if (fixed) {
    out += text;
  } else if (large) {
    AppendLargeInteger(out, text);
  } else {
    AppendScientific(out, text);
  }
}

JsonWriter& JsonWriter::Key(std::string_view name) {
  Separate();
  AppendJsonString(out_, name);
  out_ += ':';
  fresh_ = true;
  return *this;
}

JsonWriter& JsonWriter::String(std::string_view value) {
  Separate();
  AppendJsonString(out_, value);
  return *this;
}

JsonWriter& JsonWriter::Int(int64_t value) {
  Separate();
  engine::Append(out_, value);
  return *this;
}

JsonWriter& JsonWriter::Uint(uint64_t value) {
  Separate();
  engine::Append(out_, value);
  return *this;
}

JsonWriter& JsonWriter::Double(double value) {
  Separate();
  AppendJsonDouble(out_, value);
  return *this;
}

JsonWriter& JsonWriter::Bool(bool value) { return Raw(value ? "true" : "false"); }

JsonWriter& JsonWriter::Null() { return Raw("null"); }

JsonWriter& JsonWriter::Raw(std::string_view json) {
  Separate();
  out_ += json;
  return *this;
}

JsonWriter& JsonWriter::Open(char c) {
  Separate();
  out_ += c;
  fresh_ = true;
  return *this;
}

JsonWriter& JsonWriter::Close(char c) {
  out_ += c;
  fresh_ = false;
  return *this;
}

void JsonWriter::Separate() {
  if (!fresh_) out_ += ',';
  fresh_ = false;
}

}  // namespace io
