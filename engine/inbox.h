// News on its way to the sources, coalesced by key: the one hand-over into the engine.
//
// Any thread puts news in; the engine's thread drains it between epochs. Newer news of a key
// replaces older, so the inbox is bounded by the keys that are alive, whatever the rate.
// Fingerprints are made by the thread that brings the news. One mutex, held for a hash look-up.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/functional/any_invocable.h"
#include "engine/table.h"

namespace engine {

class Inbox {
 public:
  // `wake` is called, on the thread that brings news, when the inbox stops being empty.
  explicit Inbox(absl::AnyInvocable<void()> wake) : wake_(std::move(wake)) {}

  template <Row R>
  void Set(Source<R>& source, R row) {
    Fingerprint fingerprint = FingerprintOf(row);
    Put(source, AnyRow::Of(std::move(row)), fingerprint);
  }
  template <Row R>
  void Erase(Source<R>& source, const typename R::Key& key) {
    PutErased(source, &key);
  }
  // From now on the source has these rows and no others: the answer to a list.
  template <Row R>
  void ReplaceAll(Source<R>& source, std::vector<R> rows) {
    std::vector<std::pair<AnyRow, Fingerprint>> all;
    all.reserve(rows.size());
    for (R& row : rows) {
      Fingerprint fingerprint = FingerprintOf(row);
      all.emplace_back(AnyRow::Of(std::move(row)), fingerprint);
    }
    PutAll(source, std::move(all));
  }

  size_t size() const;  // Keys with news.
  // Engine thread: moves everything into the sources. Returns how many of them changed.
  size_t Drain();

 private:
  struct Piece {
    AnyRow row;  // Null: erased.
    Fingerprint fingerprint;
  };
  struct News {
    absl::flat_hash_map<std::string, Piece> by_key;  // By the bytes of the key.
    bool replace_all = false;
  };
  void Put(TableBase& source, AnyRow row, Fingerprint fingerprint);
  void PutErased(TableBase& source, const void* key);
  void PutAll(TableBase& source, std::vector<std::pair<AnyRow, Fingerprint>> rows);
  void Wake(bool was_empty);
  static size_t Apply(TableBase& source, News news);

  mutable std::mutex mutex_;
  absl::flat_hash_map<TableBase*, News> news_;  // Guarded by mutex_.
  absl::AnyInvocable<void()> wake_;
};

}  // namespace engine
