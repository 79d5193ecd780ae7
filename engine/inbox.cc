#include "engine/inbox.h"

namespace engine {
namespace {

std::string KeyOf(const TableBase& source, const AnyRow& row) {
  KeyBytes key;
  source.type().key_of(row.get(), key.bytes);
  return std::string(static_cast<const char*>(key.data()), source.type().key->size);
}

}  // namespace

void Inbox::Put(TableBase& source, AnyRow row, Fingerprint fingerprint) {
  std::string key = KeyOf(source, row);
  bool was_empty;
  {
    std::lock_guard lock(mutex_);
    was_empty = news_.empty();
    news_[&source].by_key.insert_or_assign(std::move(key), Piece{std::move(row), fingerprint});
  }
  Wake(was_empty);
}

void Inbox::PutErased(TableBase& source, const void* key) {
  std::string bytes(static_cast<const char*>(key), source.type().key->size);
  bool was_empty;
  {
    std::lock_guard lock(mutex_);
    was_empty = news_.empty();
    News& news = news_[&source];
    if (news.replace_all) {
      news.by_key.erase(bytes);
    } else {
      news.by_key.insert_or_assign(std::move(bytes), Piece{});
    }
  }
  Wake(was_empty);
}

void Inbox::PutAll(TableBase& source, std::vector<std::pair<AnyRow, Fingerprint>> rows) {
  News all{.by_key = {}, .replace_all = true};
  all.by_key.reserve(rows.size());
  for (auto& [row, fingerprint] : rows) {
    std::string key = KeyOf(source, row);
    all.by_key.insert_or_assign(std::move(key), Piece{std::move(row), fingerprint});
  }
  bool was_empty;
  {
    std::lock_guard lock(mutex_);
    was_empty = news_.empty();
    std::swap(news_[&source], all);  // Older news is destroyed after the lock.
  }
  Wake(was_empty);
}

void Inbox::Wake(bool was_empty) {
  if (was_empty && wake_) wake_();
}

size_t Inbox::size() const {
  std::lock_guard lock(mutex_);
  size_t n = 0;
  for (auto& [source, news] : news_) n += news.by_key.size();
  return n;
}

size_t Inbox::Drain() {
  absl::flat_hash_map<TableBase*, News> all;
  {
    std::lock_guard lock(mutex_);
    std::swap(all, news_);
  }
  size_t changed = 0;
  for (auto& [source, news] : all) changed += Apply(*source, std::move(news));
  return changed;
}

size_t Inbox::Apply(TableBase& source, News news) {
  size_t changed = 0;
  if (news.replace_all) {
    size_t limit = source.limit();
    for (GroupId row = 0; row < limit; ++row) {
      if (!source.RowAt(row)) continue;
      const void* key = source.numbers().At(row);
      std::string bytes(static_cast<const char*>(key), source.type().key->size);
      if (!news.by_key.contains(bytes)) changed += source.EraseRow(key);
    }
  }
  for (auto& [key, piece] : news.by_key) {
    changed += piece.row ? source.SetRow(std::move(piece.row), piece.fingerprint)
                         : source.EraseRow(key.data());
  }
  return changed;
}

}  // namespace engine
