// Values made of a fuzzer's bytes, for targets whose input is no text of one grammar.
//
// A byte behind the last is zero, so every input is a whole one and a short one stays short. Parts
// of text end with a line feed, so that people can write a corpus. Owns nothing; one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace fuzz {

inline std::string_view TextOf(const uint8_t* data, size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

class Bytes {
 public:
  Bytes(const uint8_t* data, size_t size) : rest_(TextOf(data, size)) {}
  bool empty() const { return rest_.empty(); }
  std::string_view rest() const { return rest_; }
  uint8_t Next() {
    if (rest_.empty()) return 0;
    const char first = rest_.front();
    rest_.remove_prefix(1);
    return static_cast<uint8_t>(first);
  }
  // Up to the next line feed, which is eaten, or the end.
  std::string_view Line() {
    const size_t end = rest_.find('\n');
    const std::string_view line = rest_.substr(0, end);
    rest_.remove_prefix(end == std::string_view::npos ? rest_.size() : end + 1);
    return line;
  }

 private:
  std::string_view rest_;
};

}  // namespace fuzz
