#include "io/json_scanner.h"

#include <algorithm>
#include <charconv>
#include <cstdint>

#include "io/utf8.h"

namespace io {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

size_t Digits(std::string_view text, size_t from) {
  while (from < text.size() && IsDigit(text[from])) ++from;
  return from;
}

// The length of the number at the start of `text`, or 0.
size_t NumberLength(std::string_view text) {
  size_t i = text.starts_with('-') ? 1 : 0;
  const size_t whole = Digits(text, i);
  if (whole == i || (text[i] == '0' && whole > i + 1)) return 0;
  i = whole;
  if (i < text.size() && text[i] == '.') {
    const size_t end = Digits(text, i + 1);
    if (end == i + 1) return 0;
    i = end;
  }
  if (i < text.size() && (text[i] == 'e' || text[i] == 'E')) {
    size_t start = i + 1;
    if (start < text.size() && (text[start] == '+' || text[start] == '-')) ++start;
    const size_t end = Digits(text, start);
    if (end == start) return 0;
    i = end;
  }
  return i;
}

// Four hexadecimal digits, or -1.
int32_t HexUnit(std::string_view text) {
  uint32_t value = 0;
  if (text.size() < 4) return -1;
  const auto [end, error] = std::from_chars(text.data(), text.data() + 4, value, 16);
  return error == std::errc() && end == text.data() + 4 ? static_cast<int32_t>(value) : -1;
}

// The length of the escape at the start of `text`, or 0.
size_t EscapeLength(std::string_view text) {
  if (text.size() < 2) return 0;
  if (text[1] == 'u') return HexUnit(text.substr(2)) >= 0 ? 6 : 0;
  return std::string_view("\"\\/bfnrt").find(text[1]) != std::string_view::npos ? 2 : 0;
}

// The length of the string at the start of `text`, with its quotes, or 0.
size_t StringLength(std::string_view text) {
  for (size_t i = 1; i < text.size();) {
    if (text[i] == '"') return i + 1;
    if (static_cast<unsigned char>(text[i]) < 0x20) return 0;
    const size_t length = text[i] == '\\' ? EscapeLength(text.substr(i)) : 1;
    if (length == 0) return 0;
    i += length;
  }
  return 0;
}

bool IsSurrogate(int32_t unit, int32_t first) { return unit >= first && unit < first + 0x400; }

// Appends what the escape at the start of `text` means; returns its length, a pair of surrogates'
// too.
size_t AppendEscaped(std::string& out, std::string_view text) {
  constexpr std::string_view kLetters = "bfnrt", kMeanings = "\b\f\n\r\t";
  if (text[1] != 'u') {
    const size_t letter = kLetters.find(text[1]);
    out += letter == std::string_view::npos ? text[1] : kMeanings[letter];
    return 2;
  }
  const int32_t unit = HexUnit(text.substr(2));
  const bool escape_follows = text.size() >= 12 && text[6] == '\\' && text[7] == 'u';
  const int32_t next = escape_follows ? HexUnit(text.substr(8)) : -1;
  if (IsSurrogate(unit, 0xD800) && IsSurrogate(next, 0xDC00)) {
    AppendUtf8(out, static_cast<char32_t>(0x10000 + ((unit - 0xD800) << 10) + (next - 0xDC00)));
    return 12;
  }
  const bool lone = unit >= 0xD800 && unit <= 0xDFFF;
  AppendUtf8(out, lone ? U'\uFFFD' : static_cast<char32_t>(unit));
  return 6;
}

}  // namespace

JsonScanner::Token JsonScanner::Next() {
  SkipSpace();
  switch (expect_) {
    case Expect::kValue:
      return Value();
    case Expect::kFirstElement:
      return rest_.starts_with(']') ? Close(']') : Value();
    case Expect::kFirstKey:
      return rest_.starts_with('}') ? Close('}') : Key();
    case Expect::kKey:
      return Key();
    case Expect::kMore:
      return More();
    case Expect::kNothing:
      break;
  }
  expect_ = Expect::kValue;
  return Take(0, Token::kEnd);
}

JsonScanner::Token JsonScanner::Value() {
  if (rest_.empty()) return Token::kBad;
  switch (rest_.front()) {
    case '{':
      return Open(Token::kBeginObject, Expect::kFirstKey);
    case '[':
      return Open(Token::kBeginArray, Expect::kFirstElement);
    case '"':
      return Scalar(StringLength(rest_), Token::kString);
    case 't':
      return Scalar(rest_.starts_with("true") ? 4 : 0, Token::kTrue);
    case 'f':
      return Scalar(rest_.starts_with("false") ? 5 : 0, Token::kFalse);
    case 'n':
      return Scalar(rest_.starts_with("null") ? 4 : 0, Token::kNull);
    default:
      return Scalar(NumberLength(rest_), Token::kNumber);
  }
}

JsonScanner::Token JsonScanner::Key() {
  const size_t length = rest_.starts_with('"') ? StringLength(rest_) : 0;
  if (length == 0) return Token::kBad;
  Take(length, Token::kKey);
  SkipSpace();
  if (!rest_.starts_with(':')) return Token::kBad;
  rest_.remove_prefix(1);
  expect_ = Expect::kValue;
  return Token::kKey;
}

JsonScanner::Token JsonScanner::More() {
  if (rest_.starts_with(open_.back())) return Close(open_.back());
  if (!rest_.starts_with(',')) return Token::kBad;
  rest_.remove_prefix(1);
  SkipSpace();
  return open_.back() == '}' ? Key() : Value();
}

JsonScanner::Token JsonScanner::Open(Token token, Expect next) {
  if (open_.size() == max_depth_) return Token::kBad;
  open_ += token == Token::kBeginObject ? '}' : ']';
  expect_ = next;
  return Take(1, token);
}

JsonScanner::Token JsonScanner::Close(char closer) {
  open_.pop_back();
  ValueRead();
  return Take(1, closer == '}' ? Token::kEndObject : Token::kEndArray);
}

JsonScanner::Token JsonScanner::Scalar(size_t length, Token token) {
  if (length == 0) return Token::kBad;
  ValueRead();
  return Take(length, token);
}

JsonScanner::Token JsonScanner::Take(size_t length, Token token) {
  text_ = rest_.substr(0, length);
  rest_.remove_prefix(length);
  return token;
}

void JsonScanner::SkipSpace() {
  rest_.remove_prefix(std::min(rest_.find_first_not_of(" \t\r\n"), rest_.size()));
}

void JsonScanner::ValueRead() { expect_ = open_.empty() ? Expect::kNothing : Expect::kMore; }

std::string DecodeJsonString(std::string_view token) {
  std::string out;
  token = token.substr(1, token.size() - 2);
  while (!token.empty()) {
    const size_t run = std::min(token.find('\\'), token.size());
    out += token.substr(0, run);
    token.remove_prefix(run);
    if (!token.empty()) token.remove_prefix(AppendEscaped(out, token));
  }
  return out;
}

}  // namespace io
