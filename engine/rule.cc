#include "engine/rule.h"

#include <algorithm>

#include "engine/assert.h"

namespace engine {
namespace {
constexpr size_t kKeepCapacity = 4096;  // Lists of one epoch that grew beyond it give memory back.
constexpr size_t kShortPosting = 32;    // Up to here a withdrawn reader is taken off at once.
}  // namespace

GroupId Reader::Look(const IndexBase& index, const void* key) {
  uint32_t read = 0;
  while (read < reads_.size() && reads_[read] != &index) ++read;
  CHECK(read < reads_.size(), Cat("a rule reads ", index.name(), ", which it did not declare"));
  GroupId group = index.numbers().Find(key);
  if (group != kNoGroup) {
    looks_.edges.push_back(EdgeOf(read, group));
  } else {
    auto& miss = looks_.misses.emplace_back();
    miss.read = read;
    std::memcpy(miss.key.bytes, key, index.numbers().type().size);
  }
  return group;
}

RuleBase::RuleBase(std::string name, uint32_t ordinal, Domain& domain,
                   std::vector<IndexBase*> reads, std::vector<TableBase*> tables)
    : name_(std::move(name)),
      ordinal_(ordinal),
      domain_(domain),
      reads_(std::move(reads)),
      tables_(std::move(tables)),
      postings_(reads_.size()) {
  level_ = domain_.table().level();
  domain_.table().Seal();
  domain_.wakes_.push_back(this);
  for (uint32_t read = 0; read < reads_.size(); ++read) {
    TableBase& table = reads_[read]->table();
    level_ = std::max(level_, table.level());
    table.Seal();
    reads_[read]->readings_.push_back({this, read});
    reads_[read]->wakes_.push_back(this);
  }
  ++level_;
  for (TableBase* table : tables_) {
    CHECK(!table->is_source(), Cat("rule ", name_, " writes source ", table->name()));
    table->WrittenAt(level_);
  }
}

void RuleBase::Wake(Epoch& epoch) {
  if (std::exchange(awake_, true)) return;
  epoch.awake[static_cast<size_t>(level_)].push_back(this);
}

bool RuleBase::IsRead(uint32_t read, GroupId group) const {
  return group < postings_[read].size() && !postings_[read][group].empty();
}

std::span<const uint64_t> RuleBase::FootprintOf(GroupId group) const {
  if (group >= footprints_.size()) return {};
  return footprints_[group];
}

bool RuleBase::Reads(GroupId reader, uint64_t edge) const {
  auto& footprint = footprints_[reader];
  return std::binary_search(footprint.begin(), footprint.end(), edge);
}

void RuleBase::CollectDirty() {
  domain_.Refresh();
  if (dirty_.size() < domain_.limit()) dirty_.resize(domain_.limit());
  auto mark = [&](GroupId group) {
    if (dirty_[group]) return;
    dirty_[group] = true;
    batch_.push_back(group);
  };
  for (GroupId group : domain_.changed()) mark(group);
  for (uint32_t read = 0; read < reads_.size(); ++read) {
    for (GroupId group : reads_[read]->changed()) {
      if (group >= postings_[read].size()) continue;
      const Posting& posting = postings_[read][group];
      if (posting.empty()) continue;
      uint64_t edge = EdgeOf(read, group);
      bool some_dead = dead_.contains(edge);
      for (GroupId reader : posting) {
        if (!dirty_[reader] && (!some_dead || Reads(reader, edge))) mark(reader);
      }
    }
  }
  for (GroupId group : batch_) dirty_[group] = false;
  if (batch_.empty()) return;
  evaluations_ += batch_.size();
  if (footprints_.size() >= domain_.limit()) return;
  footprints_.resize(domain_.limit());
  said_.resize(domain_.limit() * tables_.size());
}

void RuleBase::FinishBatch() {
  batch_.clear();
  if (batch_.capacity() > kKeepCapacity) batch_.shrink_to_fit();
  Sweep();
  awake_ = false;
}

void RuleBase::Evaluate(Evaluation& evaluation) const {
  Reader reader(reads_, evaluation.looks);
  Run(evaluation.group, reader, evaluation.said);
  if (kChecks) CheckPurity(evaluation);
}

void RuleBase::CheckPurity(const Evaluation& first) const {
  Evaluation second;
  Reader reader(reads_, second.looks);
  Run(first.group, reader, second.said);
  bool same = first.looks.edges == second.looks.edges &&
              first.looks.misses.size() == second.looks.misses.size() &&
              first.said.size() == second.said.size();
  for (size_t i = 0; same && i < first.said.size(); ++i) {
    same = first.said[i].table == second.said[i].table &&
           first.said[i].claim.fingerprint == second.said[i].claim.fingerprint &&
           first.said[i].claim.rank == second.said[i].claim.rank;
  }
  CHECK(same, Cat("rule ", name_,
                  " is not pure: it said or read something else the second time. Does it "
                  "use a clock, a static, or the order of a hash map?"));
}

void RuleBase::Commit(Evaluation& evaluation) {
  CommitFootprint(evaluation.group, evaluation.looks);
  if (!CommitRows(evaluation.group, evaluation.said)) ++cutoffs_;
}

void RuleBase::NumberMisses(Evaluation& evaluation) {
  for (const auto& miss : evaluation.looks.misses) {
    GroupId group = reads_[miss.read]->numbers_.Intern(miss.key.data());
    evaluation.looks.edges.push_back(EdgeOf(miss.read, group));
  }
}

void RuleBase::CommitFootprint(GroupId group, Looks& looks) {
  auto& edges = looks.edges;
  std::sort(edges.begin(), edges.end());
  edges.erase(std::unique(edges.begin(), edges.end()), edges.end());
  auto& old = footprints_[group];
  if (std::equal(edges.begin(), edges.end(), old.begin(), old.end())) return;
  absl::InlinedVector<uint64_t, 6> gone;
  auto a = old.begin();
  auto b = edges.begin();
  while (a != old.end() || b != edges.end()) {  // Only the difference of the two is touched.
    if (b == edges.end() || (a != old.end() && *a < *b)) {
      gone.push_back(*a++);
    } else if (a == old.end() || *b < *a) {
      Link(*b++, group);
    } else {
      ++a, ++b;
    }
  }
  old.assign(edges.begin(), edges.end());
  old.shrink_to_fit();
  for (uint64_t edge : gone) Unlink(edge, group);
}

void RuleBase::Link(uint64_t edge, GroupId reader) {
  auto& postings = postings_[ReadOf(edge)];
  GroupId group = GroupOf(edge);
  if (postings.size() <= group)
    postings.resize(std::max<size_t>(group + 1, reads_[ReadOf(edge)]->limit()));
  // Perhaps beside a dead mention of itself; marking and sweeping forgive that.
  postings[group].push_back(reader);
}

void RuleBase::Unlink(uint64_t edge, GroupId reader) {
  Posting& posting = postings_[ReadOf(edge)][GroupOf(edge)];
  if (posting.size() <= kShortPosting && !dead_.contains(edge)) {
    posting.erase(std::find(posting.begin(), posting.end(), reader));
    if (posting.empty()) posting.shrink_to_fit(), reads_[ReadOf(edge)]->MayBeDead(GroupOf(edge));
    return;
  }
  if (++dead_[edge] * 2 > posting.size()) sweep_.push_back(edge);
}

void RuleBase::Sweep() {
  std::sort(sweep_.begin(), sweep_.end());
  sweep_.erase(std::unique(sweep_.begin(), sweep_.end()), sweep_.end());
  for (uint64_t edge : sweep_) {
    Posting& posting = postings_[ReadOf(edge)][GroupOf(edge)];
    std::sort(posting.begin(), posting.end());
    posting.erase(std::unique(posting.begin(), posting.end()), posting.end());
    posting.erase(
        std::remove_if(posting.begin(), posting.end(), [&](GroupId r) { return !Reads(r, edge); }),
        posting.end());
    if (posting.size() < posting.capacity() / 4) posting.shrink_to_fit();
    dead_.erase(edge);
    if (posting.empty()) reads_[ReadOf(edge)]->MayBeDead(GroupOf(edge));
  }
  sweep_.clear();
}

bool RuleBase::CommitRows(GroupId group, std::vector<Said>& said) {
  struct Order {
    uint32_t table;
    GroupId key;
    uint32_t nth;
  };
  absl::InlinedVector<Order, 8> order;
  for (uint32_t i = 0; i < said.size(); ++i) {
    TableBase& table = *tables_[said[i].table];
    KeyBytes key;
    table.type().key_of(said[i].claim.row.get(), key.bytes);
    order.push_back({said[i].table, table.numbers_.Intern(key.data()), i});
  }
  std::sort(order.begin(), order.end(), [&](const Order& a, const Order& b) {
    if (a.table != b.table) return a.table < b.table;
    if (a.key != b.key) return a.key < b.key;
    const Rank& x = said[a.nth].claim.rank;
    const Rank& y = said[b.nth].claim.rank;
    return x != y ? x < y : a.nth < b.nth;
  });
  order.erase(std::unique(order.begin(), order.end(),
                          [](const Order& a, const Order& b) {
                            return a.table == b.table && a.key == b.key;
                          }),
              order.end());
  bool changed = false;
  auto next = order.begin();
  for (uint32_t t = 0; t < tables_.size(); ++t) {
    Keys& old = SaidBy(group, t);
    auto was = old.begin();
    Keys now;
    for (; next != order.end() && next->table == t; ++next) {
      for (; was != old.end() && *was < next->key; ++was)
        withdrawals_.push_back({tables_[t], group, *was});
      if (was != old.end() && *was == next->key) ++was;
      changed |= tables_[t]->claims_->Assert({ordinal_, group}, next->key,
                                             std::move(said[next->nth].claim));
      now.push_back(next->key);
    }
    for (; was != old.end(); ++was) withdrawals_.push_back({tables_[t], group, *was});
    if (now.size() != old.size()) changed = true;
    if (!std::equal(now.begin(), now.end(), old.begin(), old.end())) {
      old = std::move(now);
      old.shrink_to_fit();
    }
  }
  return changed;
}

void RuleBase::Withdraw() {
  for (const Withdrawal& w : withdrawals_) w.table->claims_->Withdraw({ordinal_, w.group}, w.key);
  withdrawals_.clear();
  if (withdrawals_.capacity() > kKeepCapacity) withdrawals_.shrink_to_fit();
}

void RuleBase::Compact() {
  size_t limit = domain_.limit();
  auto cut = [](auto& column, size_t n) {
    if (column.size() > n) column.resize(n);
    column.shrink_to_fit();
  };
  cut(footprints_, limit), cut(said_, limit * tables_.size()), cut(dirty_, limit);
  for (uint32_t read = 0; read < reads_.size(); ++read) cut(postings_[read], reads_[read]->limit());
  if (dead_.capacity() > 4 * dead_.size() + 64) dead_.rehash(0);
}

absl::Status RuleBase::Check() const {
  size_t edges = 0, mentions = 0;
  for (GroupId group = 0; group < footprints_.size(); ++group) {
    for (uint64_t edge : footprints_[group]) {
      ++edges;
      auto& postings = postings_[ReadOf(edge)];
      if (GroupOf(edge) >= postings.size())
        return Internal("rule ", name_, ": a footprint has no posting");
      const Posting& posting = postings[GroupOf(edge)];
      if (std::find(posting.begin(), posting.end(), group) == posting.end()) {
        return Internal("rule ", name_, ": a reader is missing from the posting of what it read");
      }
      if (!reads_[ReadOf(edge)]->numbers().used(GroupOf(edge))) {
        return Internal("rule ", name_, ": a footprint holds a released number of ",
                        reads_[ReadOf(edge)]->name());
      }
    }
  }
  for (auto& postings : postings_) {
    for (auto& posting : postings) mentions += posting.size();
  }
  size_t dead = 0;
  for (auto& [edge, n] : dead_) dead += n;
  if (mentions != edges + dead) {
    return Internal("rule ", name_, ": ", mentions, " mentions for ", edges, " edges and ", dead,
                    " dead ones");
  }
  return absl::OkStatus();
}

size_t RuleBase::bytes() const {
  size_t n = footprints_.capacity() * sizeof(footprints_[0]) + said_.capacity() * sizeof(Keys);
  for (auto& footprint : footprints_) n += footprint.capacity() > 2 ? footprint.capacity() * 8 : 0;
  for (auto& keys : said_) n += keys.capacity() > 4 ? keys.capacity() * 4 : 0;
  for (auto& postings : postings_) {
    n += postings.capacity() * sizeof(Posting);
    for (auto& posting : postings) n += posting.capacity() > 4 ? posting.capacity() * 4 : 0;
  }
  return n;
}

}  // namespace engine
