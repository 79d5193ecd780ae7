// What a row is, and everything that follows from its one list of fields.
//
//   struct Service {
//     struct Key { Symbol ns, name; friend auto operator<=>(const Key&, const Key&) = default; };
//     Key id;
//     std::vector<Port> ports;
//     Key key() const { return id; }
//     auto fields() const { return std::tie(id, ports); }
//   };
//
// A row is immutable once it is in a table and names its own key. `fields()` is written once; the
// fingerprint, equality, the text in explanations and the count of bytes come from it. A struct
// inside a row has `fields()` too. Fields may be: integers, enums, bool, double, Symbol,
// std::string, optional, vector, InlinedVector, pair, array, unique_ptr and shared_ptr to such
// (compared by content), structs with `fields()`. A row may have `void Pack()`, which gives up
// slack: the emitter calls it on what a rule says. A struct with `using Redacted = void;` shows
// nothing of itself in explanations.
#pragma once

#include <array>
#include <bit>
#include <concepts>
#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "engine/fingerprint.h"
#include "engine/symbol.h"
#include "engine/text.h"

namespace engine {

// A key: symbols and numbers without padding, at most 40 bytes; hashed as bytes, ordered by text.
template <class K>
concept RowKey = std::is_trivially_copyable_v<K> && std::has_unique_object_representations_v<K> &&
                 std::is_default_constructible_v<K> && std::totally_ordered<K> && sizeof(K) <= 40;

template <class T>
concept HasFields = requires(const T& t) { t.fields(); };

template <class T>
concept Row = std::move_constructible<T> && HasFields<T> && requires(const T& row) {
  requires RowKey<typename T::Key>;
  { row.key() } -> std::convertible_to<typename T::Key>;
};

namespace internal {

template <class T>
concept Pointer = requires(const T& p) {
  { p.get() } -> std::convertible_to<const typename T::element_type*>;
};
template <class T>
concept Optional = requires(const T& o) {
  { o.has_value() } -> std::same_as<bool>;
  *o;
};
template <class T>
concept Text = std::is_convertible_v<const T&, std::string_view>;
template <class T>
concept Sequence = !Text<T> && requires(const T& s) {
  s.begin();
  s.end();
  s.size();
};
template <class T>
concept Plain = std::is_arithmetic_v<T> || std::is_enum_v<T>;
// A type that says `using Redacted = void;` is compared and fingerprinted, but its text is never
// shown.
template <class T>
concept RedactedText = requires { typename T::Redacted; };
// A type that has its own text for people.
template <class T>
concept OwnText = requires(const T& t) {
  { t.text() } -> std::convertible_to<std::string>;
};
template <class T>
concept PairLike = requires(const T& p) {
  p.first;
  p.second;
};

// Appends an unambiguous encoding of a field: sizes come before contents.
template <class T>
void Encode(const T& field, std::string& out) {
  auto bytes = [&out](const auto& x) { out.append(reinterpret_cast<const char*>(&x), sizeof x); };
  if constexpr (std::is_same_v<T, Symbol>)
    bytes(field.number() + 0u);
  else if constexpr (Plain<T>)
    bytes(field);
  else if constexpr (Text<T>) {
    std::string_view text = field;
    bytes(text.size() + size_t{0});
    out.append(text);
  } else if constexpr (HasFields<T>) {
    std::apply([&](const auto&... each) { (Encode(each, out), ...); }, field.fields());
  } else if constexpr (Sequence<T>) {
    bytes(field.size() + size_t{0});
    if constexpr (Plain<std::remove_cvref_t<decltype(*field.begin())>> &&
                  requires { field.data(); }) {
      out.append(reinterpret_cast<const char*>(field.data()), field.size() * sizeof(*field.data()));
    } else {
      for (const auto& each : field) Encode(each, out);
    }
  } else if constexpr (Optional<T>) {
    bytes(field.has_value() ? '\1' : '\0');
    if (field) Encode(*field, out);
  } else if constexpr (Pointer<T>) {
    bytes(field ? '\1' : '\0');
    if (field) Encode(*field, out);
  } else if constexpr (PairLike<T>) {
    Encode(field.first, out), Encode(field.second, out);
  } else {
    static_assert(std::has_unique_object_representations_v<T>, "give this struct a fields()");
    bytes(field);
  }
}

template <class T>
bool Equal(const T& a, const T& b) {
  if constexpr (HasFields<T>) {
    auto x = a.fields();
    auto y = b.fields();
    return [&]<size_t... I>(std::index_sequence<I...>) {
      return (Equal(std::get<I>(x), std::get<I>(y)) && ...);
    }(std::make_index_sequence<std::tuple_size_v<decltype(x)>>());
  } else if constexpr (std::is_floating_point_v<T>) {
    return std::memcmp(&a, &b, sizeof a) == 0;  // As the fingerprint sees it: NaN equals itself.
  } else if constexpr (Pointer<T> || Optional<T>) {
    if (!a || !b) return !a == !b;
    return Equal(*a, *b);
  } else if constexpr (Sequence<T>) {
    if (a.size() != b.size()) return false;
    auto y = b.begin();
    for (const auto& x : a) {
      if (!Equal(x, *y)) return false;
      ++y;
    }
    return true;
  } else if constexpr (PairLike<T>) {
    return Equal(a.first, b.first) && Equal(a.second, b.second);
  } else {
    return a == b;
  }
}

template <class T>
void Describe(const T& field, std::string& out) {
  if constexpr (RedactedText<T>)
    out += "<redacted>";
  else if constexpr (std::is_same_v<T, Symbol>)
    Append(out, field);
  else if constexpr (OwnText<T>)
    out += field.text();
  else if constexpr (std::is_same_v<T, bool>)
    out += field ? "true" : "false";
  else if constexpr (std::is_enum_v<T>)
    Append(out, static_cast<int64_t>(field));
  else if constexpr (std::is_floating_point_v<T>)
    out += std::to_string(field);
  else if constexpr (std::is_same_v<T, char>)
    out += field;
  else if constexpr (std::is_integral_v<T>)
    Append(out, field);
  else if constexpr (Text<T>)
    out.append(std::string_view(field));
  else if constexpr (HasFields<T>) {
    out += '(';
    size_t n = 0;
    std::apply([&](const auto&... each) { ((out += n++ ? " " : "", Describe(each, out)), ...); },
               field.fields());
    out += ')';
  } else if constexpr (Sequence<T>) {
    out += '[';
    size_t n = 0;
    for (const auto& each : field) out += n++ ? " " : "", Describe(each, out);
    out += ']';
  } else if constexpr (Optional<T> || Pointer<T>) {
    if (field)
      Describe(*field, out);
    else
      out += '-';
  } else if constexpr (PairLike<T>) {
    Describe(field.first, out), out += '=', Describe(field.second, out);
  } else {
    out += '?';
  }
}

// Heap bytes behind a field.
template <class T>
size_t HeapBytes(const T& field) {
  if constexpr (std::is_same_v<T, std::string>) {
    return field.capacity() > 15 ? field.capacity() + 1 : 0;
  } else if constexpr (HasFields<T>) {
    size_t n = 0;
    std::apply([&](const auto&... each) { ((n += HeapBytes(each)), ...); }, field.fields());
    return n;
  } else if constexpr (Sequence<T> && requires { field.capacity(); }) {
    size_t n = field.capacity() * sizeof(*field.begin());
    for (const auto& each : field) n += HeapBytes(each);
    return n;
  } else if constexpr (Pointer<T>) {
    return field ? sizeof(*field) + HeapBytes(*field) : 0;
  } else if constexpr (Optional<T>) {
    return field ? HeapBytes(*field) : 0;
  } else {
    return 0;
  }
}

}  // namespace internal

template <HasFields R>
Fingerprint FingerprintOf(const R& row) {
  thread_local std::string buffer;
  buffer.clear();
  internal::Encode(row, buffer);
  return Fingerprint::Of(buffer);
}

template <HasFields R>
bool EqualRows(const R& a, const R& b) {
  return internal::Equal(a, b);
}

// For explanations and test failures; not for parsing.
template <HasFields R>
std::string TextOf(const R& row) {
  std::string out;
  internal::Describe(row, out);
  return out;
}

template <HasFields R>
size_t BytesOf(const R& row) {
  return sizeof row + internal::HeapBytes(row);
}

}  // namespace engine
