#include "engine/table.h"

#include <algorithm>

#include "engine/assert.h"
#include "engine/claims.h"

namespace engine {

TableBase::TableBase(std::string name, const RowType* type, Epoch& epoch)
    : IndexBase(std::move(name), type->key, epoch), type_(type) {}

TableBase::~TableBase() {
  for (void* row : rows_) {
    if (row) type_->destroy(row);
  }
}

const void* TableBase::FindRow(const void* key) const {
  GroupId row = numbers_.Find(key);
  return row == kNoGroup ? nullptr : RowAt(row);
}

bool TableBase::SetRow(AnyRow row) {
  Fingerprint fingerprint = type_->fingerprint(row.get());
  return SetRow(std::move(row), fingerprint);
}

bool TableBase::SetRow(AnyRow row, Fingerprint fingerprint) {
  KeyBytes key;
  type_->key_of(row.get(), key.bytes);
  return Replace(numbers_.Intern(key.data()), std::move(row), fingerprint);
}

bool TableBase::EraseRow(const void* key) {
  GroupId row = numbers_.Find(key);
  return row != kNoGroup && Replace(row, {}, {});
}

bool TableBase::Replace(GroupId row, AnyRow next, Fingerprint fingerprint) {
  if (rows_.size() <= row) rows_.resize(row + 1), fingerprints_.resize(row + 1);
  void* old = rows_[row];
  if (!next && !old) return false;
  // Equal fingerprints make it likely, the comparison makes it certain: a collision costs time
  // only.
  if (next && old && fingerprint == fingerprints_[row] && type_->equal(old, next.get()))
    return false;
  if (old) hash_.Remove(fingerprints_[row]), --size_;
  if (next) hash_.Insert(fingerprint), ++size_;
  for (GroupIndex* index : indexes_) index->Update(row, old, next.get());
  fingerprints_[row] = fingerprint;
  rows_[row] = next.release();
  if (old) type_->destroy(old);
  if (keeps_feed_) EnterFeed(row);
  MarkChanged(row);
  if (!rows_[row]) MayBeDead(row);
  return true;
}

void TableBase::EnterFeed(GroupId row) {
  Version version = epoch_.published + 1;
  if (changed_at_.size() <= row) changed_at_.resize(std::max<size_t>(row + 1, rows_.size()));
  if (changed_at_[row] != version) feed_.push_back({version, row});
  changed_at_[row] = version;
}

bool TableBase::ChangedSince(Version since, absl::FunctionRef<void(GroupId)> visit) const {
  CHECK(keeps_feed_, name_);
  if (since == 0) {
    for (GroupId row = 0; row < rows_.size(); ++row) {
      if (rows_[row]) visit(row);
    }
    return true;
  }
  if (since < horizon_) return false;
  for (size_t i = feed_.size(); i-- > 0 && feed_[i].version > since;) {
    if (changed_at_[feed_[i].row] == feed_[i].version) visit(feed_[i].row);
  }
  return true;
}

void TableBase::CompactFeed(Version acknowledged) {
  if (!keeps_feed_ || acknowledged <= horizon_) return;
  horizon_ = acknowledged;
  std::erase_if(feed_, [&](const Mention& m) {
    if (changed_at_[m.row] != m.version) return true;  // A later mention says it.
    if (m.version > horizon_) return false;
    if (!rows_[m.row]) MayBeDead(m.row);
    return true;  // Everybody knows it.
  });
  if (feed_.capacity() > 4 * feed_.size() + 1024) feed_.shrink_to_fit();
}

bool TableBase::Occupied(GroupId group) const {
  return RowAt(group) || InFeed(group) || (claims_ && claims_->Contested(group));
}

void TableBase::Compact() {
  IndexBase::Compact();
  auto cut = [limit = numbers_.limit()](auto& column) {
    column.resize(std::min(column.size(), limit));
    column.shrink_to_fit();
  };
  cut(rows_), cut(fingerprints_), cut(changed_at_);
  if (claims_) claims_->Compact(numbers_.limit());
}

void TableBase::WrittenAt(int level) {
  CHECK(!sealed_, Cat("a rule writes table ", name_, ", which an earlier rule reads"));
  level_ = std::max(level_, level);
}

size_t TableBase::row_bytes() const {
  size_t n = 0;
  for (const void* row : rows_) {
    if (row) n += type_->bytes(row);
  }
  return n;
}

size_t TableBase::bytes() const {
  size_t n = row_bytes();
  n += rows_.capacity() * sizeof(void*) + fingerprints_.capacity() * sizeof(Fingerprint);
  n += changed_at_.capacity() * sizeof(Version) + feed_.capacity() * sizeof(Mention);
  n += numbers_.limit() * (type_->key->size + 6);
  if (claims_) n += claims_->bytes();
  for (const GroupIndex* index : indexes_) n += index->bytes();
  return n;
}

}  // namespace engine
