// Canonical JSON, appended to a string: the only place in kdelta that escapes a JSON string.
//
// Canonical means: no white space, members in the order in which the caller writes them (rules
// write them in alphabetical order), integers in plain decimal, doubles in the shortest form that
// reads back the same, strings as UTF-8 with only the escapes that JSON demands (and U+007F as it
// is). Bytes that are not UTF-8 become U+FFFD. A writer is cheap, holds a few words, and never
// fails.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>

namespace io {

void AppendJsonString(std::string& out, std::string_view text);  // With its quotes.
void AppendJsonDouble(std::string& out, double value);           // NaN and infinities: null.

class JsonWriter {
 public:
  explicit JsonWriter(std::string& out) : out_(out) {}

  JsonWriter& BeginObject() { return Open('{'); }
  JsonWriter& EndObject() { return Close('}'); }
  JsonWriter& BeginArray() { return Open('['); }
  JsonWriter& EndArray() { return Close(']'); }
  JsonWriter& Key(std::string_view name);

  JsonWriter& String(std::string_view value);
  JsonWriter& Int(int64_t value);
  JsonWriter& Uint(uint64_t value);
  JsonWriter& Double(double value);
  JsonWriter& Bool(bool value);
  JsonWriter& Null();
  JsonWriter& Raw(std::string_view json);  // One whole JSON value, trusted.

  // Key and value in one: Member("port", 80).
  JsonWriter& Member(std::string_view name, std::string_view value) {
    return Key(name).String(value);
  }
  JsonWriter& Member(std::string_view name, const char* value) { return Key(name).String(value); }
  JsonWriter& Member(std::string_view name, bool value) { return Key(name).Bool(value); }
  template <class T>
    requires(std::is_integral_v<T> && !std::is_same_v<T, bool>)
  JsonWriter& Member(std::string_view name, T value) {
    return std::is_signed_v<T> ? Key(name).Int(static_cast<int64_t>(value))
                               : Key(name).Uint(static_cast<uint64_t>(value));
  }
  // An array of strings.
  template <class Range>
    requires(!std::is_convertible_v<Range, std::string_view> &&
             requires(const Range& r) { r.begin(); })
  JsonWriter& Member(std::string_view name, const Range& values) {
    Key(name).BeginArray();
    for (const auto& value : values) String(value);
    return EndArray();
  }

 private:
  JsonWriter& Open(char c);
  JsonWriter& Close(char c);
  void Separate();  // A comma, unless at the start or after a key.
  std::string& out_;
  bool fresh_ = true;  // Nothing stands yet at this depth, or a key was just written.
};

}  // namespace io
