// Cuts a JSON text into tokens and checks its grammar, without building anything.
//
// Internal to io/: it tells JSON from YAML, copies members of merged maps, and drives JsonToYaml.
// Iterative, so that depth costs a byte on the heap and no stack. Strings are not decoded, and the
// text must be valid UTF-8. Linear; any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace io {

class JsonScanner {
 public:
  enum class Token {
    kBeginObject,
    kEndObject,
    kBeginArray,
    kEndArray,
    kKey,  // A member's name; the colon is eaten.
    kString,
    kNumber,
    kTrue,
    kFalse,
    kNull,
    kEnd,  // A whole value was read; text() starts behind it.
    kBad,
  };

  JsonScanner(std::string_view json, size_t max_depth) : rest_(json), max_depth_(max_depth) {}
  // After kEnd, further calls start on the next value of the text, if there is one.
  Token Next();
  std::string_view text() const { return text_; }  // Of the last token: with quotes, for strings.
  std::string_view rest() const { return rest_; }  // What was not read yet.
  size_t depth() const { return open_.size(); }

 private:
  enum class Expect { kValue, kFirstElement, kFirstKey, kKey, kNothing, kMore };

  Token Value();
  Token Key();
  Token More();
  Token Open(Token token, Expect next);
  Token Close(char closer);
  Token Take(size_t length, Token token);
  Token Scalar(size_t length, Token token);
  void SkipSpace();
  void ValueRead();

  std::string_view rest_;
  std::string_view text_;
  size_t max_depth_;
  std::string open_;  // The closer of each open object and array.
  Expect expect_ = Expect::kValue;
};

// The decoded text of a JSON string token. Lone surrogates become U+FFFD, as Go has it.
std::string DecodeJsonString(std::string_view token);

}  // namespace io
