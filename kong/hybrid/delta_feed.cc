#include "kong/hybrid/delta_feed.h"

#include <algorithm>
#include <utility>

#include "engine/text.h"
#include "io/log.h"
#include "io/snappy.h"
#include "kong/hybrid/canary.h"

namespace kong {
namespace {

using engine::Cat;

constexpr uint64_t kLeap = uint64_t{1} << 20;  // More than anybody issues in a day.
constexpr size_t kIssuedMax = 1024;
constexpr size_t kReportedMax = 10'000;
constexpr size_t kMessagesKept = 4;
constexpr size_t kFailuresTold = 20;
// Data planes that claim to be this far ahead are not followed: there must be room to grow.
constexpr uint64_t kJumpEnd = kVersionEnd - (uint64_t{1} << 40);

// Snappy writes lengths in groups of seven bits, the lowest first.
std::string Varint(uint64_t number) {
  std::string out;
  for (; number >= 128; number >>= 7) out += static_cast<char>(number | 128);
  return out += static_cast<char>(number);
}

// A block of Snappy and some text of 1 to 60 bytes behind it. What stands in a block refers
// backwards by distance, so it may stay as it is; only the length in front is another.
std::string Extend(std::string_view block, std::string_view text) {
  uint64_t length = 0;
  size_t at = 0;
  for (int shift = 0; at < block.size(); shift += 7) {
    const auto byte = static_cast<uint8_t>(block[at++]);
    length |= uint64_t{byte & 127u} << shift;
    if (byte < 128) break;
  }
  return Cat(Varint(length + text.size()), block.substr(at),
             static_cast<char>((text.size() - 1) << 2), text);
}

}  // namespace

bool VersionLine::JumpAbove(uint64_t foreign, engine::Version newest) {
  if (foreign < Of(newest) || foreign >= kJumpEnd) return false;
  // Others may still show what was issued after that one, so its neighbours are not ours.
  ahead_ += foreign - Of(newest) + kLeap;
  return true;
}

std::shared_ptr<const std::string> DeltaBatch::Message(std::string_view id) const {
  if (auto found = messages_.find(id); found != messages_.end()) return found->second;
  auto message = std::make_shared<const std::string>(Extend(block, Cat(",\"id\":", id, "}")));
  if (messages_.size() < kMessagesKept) messages_.emplace(id, message);
  return message;
}

std::shared_ptr<const std::string> NoDeltas(std::string_view id) {
  return std::make_shared<const std::string>(io::Snap(
      Cat(R"({"jsonrpc":"2.0","result":{"default":{"deltas":[],"wipe":false}},"id":)", id, "}")));
}

DeltaFeed::DeltaFeed(Parts parts, Needs offers, VersionSpelling spelling)
    : parts_(std::move(parts)), offers_(offers | kOffersDeltas), spelling_(spelling) {}

engine::Version DeltaFeed::Covers(uint64_t have) const {
  auto found = issued_.find(have);
  return found == issued_.end() ? 0 : found->second;
}

void DeltaFeed::Published(engine::Version version) {
  newest_ = std::max(newest_, version);
  std::erase_if(batches_, [&](const auto& each) { return each.second->to < newest_; });
  for (auto& [from, question] : questions_) {
    if (!question.asked) Ask(from, false);
  }
}

void DeltaFeed::Lack(uint64_t have, Then then) {
  const engine::Version from = Covers(have);
  if (from == 0 && have != 0 && have != kUnreadableVersion &&
      parts_.line.JumpAbove(have, newest_)) {
    batches_.clear();
  }
  Waiter waiter{have, std::move(then)};
  if (auto found = batches_.find(from); found != batches_.end()) return Tell(waiter, found->second);
  Question& question = questions_[from];
  question.waiters.push_back(std::move(waiter));
  if (!question.asked) Ask(from, false);
}

void DeltaFeed::Ask(engine::Version from, bool everything) {
  questions_[from].asked = true;
  parts_.source.Changes(
      offers_, everything ? 0 : from,
      [this, from, alive = std::weak_ptr<bool>(alive_)](std::shared_ptr<const Patch> patch) {
        if (!alive.expired()) Got(from, *patch);
      });
}

void DeltaFeed::Got(engine::Version from, const Patch& patch) {
  // Both are to see every patch.
  const bool streams = streams_.Concerns(patch), moves = owners_.Move(patch);
  if ((streams || moves) && patch.from != 0) return Ask(from, true);
  questions_[from].asked = false;
  std::shared_ptr<const DeltaBatch> batch = Encode(patch);
  if (!batch) {  // The next version has an answer.
    if (patch.to < newest_) Ask(from, false);
    return;
  }
  Issue(*batch);
  if (batch->to >= newest_) batches_[from] = batch;
  Question question = std::move(questions_[from]);
  questions_.erase(from);
  for (Waiter& waiter : question.waiters) Tell(waiter, batch);
}

void DeltaFeed::Tell(Waiter& waiter, const std::shared_ptr<const DeltaBatch>& batch) {
  const bool empties = batch->full && batch->entities == 0 && waiter.have != 0;
  waiter.then(empties ? nullptr : batch);
}

std::shared_ptr<const DeltaBatch> DeltaFeed::Encode(const Patch& patch) {
  const bool routes =
      std::any_of(patch.upserts.begin(), patch.upserts.end(),
                  [](const Entity& entity) { return entity.kind == EntityKind::kRoute; });
  const absl::Time now = parts_.clock.Now();
  DeltaShape shape{.version = parts_.line.Of(patch.to),
                   .spelling = spelling_,
                   .full = patch.from == 0,
                   .stamp_s = routes ? parts_.stamps.For(patch.to, now) : absl::ToUnixSeconds(now)};
  ++encodings_;
  Deltas deltas = EncodeDeltas(patch, parts_.schemas, shape);
  if (ReportFailures(patch, std::move(deltas.failures))) return nullptr;
  auto batch = std::make_shared<DeltaBatch>();
  batch->from = patch.from;
  batch->to = patch.to;
  batch->version = shape.version;
  batch->full = shape.full;
  batch->deltas = deltas.count;
  batch->entities = deltas.entities;
  batch->risk = RiskOf(patch);
  batch->block = io::Snap(Cat(R"({"jsonrpc":"2.0","result":)", deltas.result));
  return batch;
}

// True if something is new: the engine will leave its object out. What was changed or removed since
// it was reported is in force no more, so it is new if it comes again.
bool DeltaFeed::ReportFailures(const Patch& patch, std::vector<RefusedEntity> failures) {
  if (reported_.size() > kReportedMax) reported_.clear();
  absl::flat_hash_map<EntityId, uint64_t> before;
  if (!reported_.empty()) {
    for (const EntityKey& key : patch.removals) reported_.erase(key.id);
    for (const Entity& entity : patch.upserts) {
      auto found = reported_.find(entity.id);
      if (found == reported_.end()) continue;
      before.insert(*found);
      reported_.erase(found);
    }
  }
  bool news = false;
  for (const RefusedEntity& row : failures) {
    const auto known = before.find(row.entity_id);
    news = news || known == before.end() || known->second != row.fingerprint;
    reported_[row.entity_id] = row.fingerprint;
  }
  if (!news) return false;
  size_t told = 0;
  for (RefusedEntity& row : failures) {
    row.offers = offers_;
    if (++told > kFailuresTold) continue;
    io::Warning("an entity cannot be sent as a delta; its object is left out",
                {{"object", row.object.text()},
                 {"entity", EntityKey{row.entity_kind, row.entity_id}.text()},
                 {"reason", row.message}});
  }
  parts_.refused(std::move(failures));
  return true;
}

void DeltaFeed::Issue(const DeltaBatch& batch) {
  if (batch.nothing()) {
    for (auto& [version, covers] : issued_) {
      if (covers == batch.from) covers = batch.to;
    }
    return;
  }
  issued_[batch.version] = batch.to;
  if (issued_.size() > kIssuedMax) issued_.erase(issued_.begin());
}

}  // namespace kong
