// What every Kubernetes object says about itself, as far as anything here uses it.
//
// The resource version is not part of it: a change of status only must give an equal row. Parsers
// hand it over beside the row. Of labels and annotations only those are kept that ParseOptions ask
// for. Plain values, no threads. About 120 bytes and the kept texts.
#pragma once

#include <algorithm>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "engine/symbol.h"
#include "engine/text.h"

namespace k8s {

// The key of every Kubernetes row. Objects of the cluster have an empty namespace.
struct NamespacedName {
  engine::Symbol ns;
  engine::Symbol name;

  auto fields() const { return std::tie(ns, name); }
  // "shop/cart", or "cart" for an object of the cluster.
  std::string Text() const {
    return ns.empty() ? std::string(name.text()) : engine::Cat(ns, '/', name);
  }
  friend bool operator==(const NamespacedName&, const NamespacedName&) = default;
  friend std::strong_ordering operator<=>(const NamespacedName&, const NamespacedName&) = default;
  template <class H>
  friend H AbslHashValue(H h, const NamespacedName& key) {
    return H::combine(std::move(h), key.ns, key.name);
  }
};

inline void Append(std::string& out, const NamespacedName& key) { out += key.Text(); }

// Labels or annotations: few, so a vector sorted by key, and a look goes through them one by one.
struct TextMap {
  std::vector<std::pair<engine::Symbol, std::string>> all;

  auto fields() const { return std::tie(all); }
  bool empty() const { return all.empty(); }
  size_t size() const { return all.size(); }
  auto begin() const { return all.begin(); }
  auto end() const { return all.end(); }

  // Null if there is none. The first form compares numbers and is the fast one.
  const std::string* Find(engine::Symbol key) const {
    for (const auto& [each, value] : all) {
      if (each == key) return &value;
    }
    return nullptr;
  }
  const std::string* Find(std::string_view key) const {
    for (const auto& [each, value] : all) {
      if (each.text() == key) return &value;
    }
    return nullptr;
  }
  bool Has(std::string_view key, std::string_view value) const {
    const std::string* found = Find(key);
    return found != nullptr && *found == value;
  }

  // Adds or replaces, and keeps the order.
  void Set(engine::Symbol key, std::string value) {
    auto at = std::lower_bound(all.begin(), all.end(), key,
                               [](const auto& pair, engine::Symbol k) { return pair.first < k; });
    if (at != all.end() && at->first == key) {
      at->second = std::move(value);
    } else {
      all.emplace(at, key, std::move(value));
    }
  }
};

struct ObjectMeta {
  NamespacedName id;
  std::string uid;
  int64_t created_s = 0;  // Unix seconds; 0 if the object does not say.
  int64_t generation = 0;
  TextMap labels;
  TextMap annotations;

  auto fields() const { return std::tie(id, uid, created_s, generation, labels, annotations); }
  engine::Symbol ns() const { return id.ns; }
  engine::Symbol name() const { return id.name; }
};

}  // namespace k8s
