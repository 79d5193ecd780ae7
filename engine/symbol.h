// A name that is stored once: four bytes, equal by number, ordered by text.
//
// Numbers are given in order of arrival, so nothing visible may depend on them: comparison with <
// goes by text. Interning takes a shard's lock (about 0.3 µs); text() takes none. Any thread. The
// empty text is symbol 0. Names live for the life of the process.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace engine {

class Symbol {
 public:
  constexpr Symbol() = default;
  explicit Symbol(std::string_view text);  // Interns; also text that is not known yet.
  std::string_view text() const;
  uint32_t number() const { return number_; }
  explicit operator bool() const { return number_ != 0; }
  bool empty() const { return number_ == 0; }

  friend bool operator==(Symbol, Symbol) = default;
  friend std::strong_ordering operator<=>(Symbol a, Symbol b) {
    return a.number_ == b.number_ ? std::strong_ordering::equal : a.text() <=> b.text();
  }
  template <class H>
  friend H AbslHashValue(H h, Symbol s) {
    return H::combine(std::move(h), s.number_);
  }

  // What all symbols of the process take, for metrics.
  static size_t CountAll();
  static size_t BytesOfAll();

 private:
  uint32_t number_ = 0;
};

inline void Append(std::string& out, Symbol symbol) { out += symbol.text(); }

}  // namespace engine
