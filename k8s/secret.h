// core/v1 Secret: its type and its decoded bytes, which no text ever shows.
//
// SecretBytes takes part in fingerprints and comparison, but describes itself as redacted and has
// no way to be streamed or joined into text by accident: a reader must call bytes().
#pragma once

#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "engine/symbol.h"
#include "k8s/object_meta.h"
#include "k8s/resource_type.h"

namespace k8s {

class SecretBytes {
 public:
  using Redacted = void;  // engine/row.h shows nothing of it.
  SecretBytes() = default;
  explicit SecretBytes(std::string bytes) : bytes_(std::move(bytes)) {}
  const std::string& bytes() const { return bytes_; }
  auto fields() const { return std::tie(bytes_); }

 private:
  std::string bytes_;
};

struct Secret {
  using Key = NamespacedName;
  static constexpr ResourceType kType{"", "v1", "secrets", "Secret", true};

  ObjectMeta meta;
  engine::Symbol type;
  std::vector<std::pair<std::string, SecretBytes>> data;  // Sorted by key, each key once.

  // Null if there is no such key; an empty value is not an absent one.
  const std::string* Find(std::string_view name) const {
    for (const auto& [each, value] : data) {
      if (each == name) return &value.bytes();
    }
    return nullptr;
  }

  Key key() const { return meta.id; }
  auto fields() const { return std::tie(meta, type, data); }
};

}  // namespace k8s
