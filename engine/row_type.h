// Rows and keys without their types: what the engine's core works on.
//
// The core (tables, indexes, claims, rules) is compiled once, on bytes and these tables of
// functions; typed facades of a few lines stand in front of it. Without this each rule stamps out
// its own engine: one unit with 23 rules took 70 s to compile.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "engine/fingerprint.h"
#include "engine/row.h"

namespace engine {

using Version = uint64_t;  // Of an epoch; grows.
using GroupId =
    uint32_t;  // Dense number of a group in its index; a table's rows are groups of one.
inline constexpr GroupId kNoGroup = ~GroupId{0};
inline constexpr size_t kMaxKeyBytes = 40;

struct KeyType {
  uint32_t size;
  std::strong_ordering (*compare)(const void*, const void*);  // By text, not by number.
  void (*describe)(const void*, std::string& out);
};

struct RowType {
  const KeyType* key;
  void (*key_of)(const void* row, void* key);
  Fingerprint (*fingerprint)(const void* row);
  bool (*equal)(const void* a, const void* b);
  void* (*clone)(const void* row);
  void (*destroy)(void* row);
  void (*describe)(const void* row, std::string& out);
  size_t (*bytes)(const void* row);
};

// The key of the only group of an index over a whole table.
struct Unit {
  uint32_t zero = 0;
  auto fields() const { return std::tie(zero); }
  friend auto operator<=>(const Unit&, const Unit&) = default;
};

template <RowKey K>
inline constexpr KeyType kKeyType = {
    .size = sizeof(K),
    .compare = [](const void* a, const void* b) -> std::strong_ordering {
      return *static_cast<const K*>(a) <=> *static_cast<const K*>(b);
    },
    .describe = [](const void* k,
                   std::string& out) { internal::Describe(*static_cast<const K*>(k), out); },
};

template <Row R>
inline constexpr RowType kRowType = {
    .key = &kKeyType<typename R::Key>,
    .key_of =
        [](const void* row, void* key) {
          typename R::Key k = static_cast<const R*>(row)->key();
          std::memcpy(key, &k, sizeof k);
        },
    .fingerprint = [](const void* row) { return FingerprintOf(*static_cast<const R*>(row)); },
    .equal =
        [](const void* a, const void* b) {
          return EqualRows(*static_cast<const R*>(a), *static_cast<const R*>(b));
        },
    .clone = [](const void* row) -> void* { return new R(*static_cast<const R*>(row)); },
    .destroy = [](void* row) { delete static_cast<R*>(row); },
    .describe = [](const void* row,
                   std::string& out) { internal::Describe(*static_cast<const R*>(row), out); },
    .bytes = [](const void* row) { return BytesOf(*static_cast<const R*>(row)); },
};

// Owns one row of a type.
class AnyRow {
 public:
  AnyRow() = default;
  AnyRow(void* row, const RowType* type) : row_(row), type_(type) {}
  AnyRow(AnyRow&& other) noexcept : row_(std::exchange(other.row_, nullptr)), type_(other.type_) {}
  AnyRow& operator=(AnyRow&& other) noexcept {
    std::swap(row_, other.row_);
    std::swap(type_, other.type_);
    return *this;
  }
  ~AnyRow() {
    if (row_) type_->destroy(row_);
  }
  template <Row R>
  static AnyRow Of(R row) {
    return AnyRow(new R(std::move(row)), &kRowType<R>);
  }
  const void* get() const { return row_; }
  explicit operator bool() const { return row_ != nullptr; }
  void* release() { return std::exchange(row_, nullptr); }

 private:
  void* row_ = nullptr;
  const RowType* type_ = nullptr;
};

// Room for any key, by value.
struct KeyBytes {
  alignas(8) unsigned char bytes[kMaxKeyBytes];
  const void* data() const { return bytes; }
};

}  // namespace engine
