// What data planes of one class lack, as messages that all of them share.
//
// A data plane says which version it has; the answer is one patch from there to now, made by the
// engine, written once and compressed once, however many data planes ask. There is no log of
// deltas: the tables are the log (architecture of the engine), so any version that we issued is a
// start, and a change that came and went in between was never there.
//
// Data planes of Kong 3.9 apply whatever they are told, so: a version that we did not issue is
// answered by everything, never by a difference to something unknown; versions as data planes see
// them only grow, also above those that somebody else issued; an entity that cannot be completed
// goes to quarantine, and until the engine has left its object and its dependants out, nothing is
// sent; and everything that is nothing empties nobody.
//
// Loop thread only. Cost: one encoding and one compression for each version that is asked from.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/btree_map.h"
#include "absl/container/flat_hash_map.h"
#include "absl/functional/any_invocable.h"
#include "io/clock.h"
#include "kong/hybrid/delta_encoder.h"
#include "kong/hybrid/stream_closure.h"
#include "kong/hybrid/unique_owners.h"

namespace kong {

// Data planes of the incremental protocol are a class of their own, so that what only they cannot
// take is kept from nobody else.
inline constexpr Needs kOffersDeltas = Needs{1} << 31;

// How versions of the engine are spelled for data planes. One for a process; `ahead` tells it from
// others: a number that two of them issued for different contents would be taken for the own.
class VersionLine {
 public:
  explicit VersionLine(uint64_t ahead = 0) : ahead_(ahead) {}
  uint64_t Of(engine::Version version) const { return version + ahead_; }
  // From now on versions from `newest` on are above this one.
  bool JumpAbove(uint64_t foreign, engine::Version newest);

 private:
  uint64_t ahead_;
};

struct DeltaBatch {
  engine::Version from = 0, to = 0;
  uint64_t version = 0;  // What a data plane has then.
  bool full = false;
  size_t deltas = 0, entities = 0;
  uint64_t risk = 0;  // RiskOf the patch.
  std::string block;  // The message up to its id, compressed.

  bool nothing() const { return deltas == 0; }
  // The answer to the request `id`.
  std::shared_ptr<const std::string> Message(std::string_view id) const;

 private:
  // The big ones are asked for under the same few ids.
  mutable std::map<std::string, std::shared_ptr<const std::string>, std::less<>> messages_;
};

// An answer that changes nothing.
std::shared_ptr<const std::string> NoDeltas(std::string_view id);

class DeltaFeed {
 public:
  // Null: nothing can be said; the data plane keeps what it has.
  using Then = absl::AnyInvocable<void(const std::shared_ptr<const DeltaBatch>&)>;
  struct Parts {
    io::Clock& clock;
    PatchSource& source;
    const SchemaTable& schemas;
    StampSource& stamps;
    VersionLine& line;
    std::function<void(std::vector<RefusedEntity>)> refused;
  };
  DeltaFeed(Parts parts, Needs offers, VersionSpelling spelling);

  void Published(engine::Version version);
  // What a copy at `have` lacks; 0 asks for everything. At once if it is known, else later.
  void Lack(uint64_t have, Then then);
  // Up to where a copy at this version has everything; 0 if we did not issue it.
  engine::Version Covers(uint64_t have) const;
  // Some data plane still has no more than this.
  void Hold(engine::Version oldest) { parts_.source.Hold(offers_, oldest); }
  VersionSpelling spelling() const { return spelling_; }
  uint64_t encodings() const { return encodings_; }

 private:
  struct Waiter {
    uint64_t have;
    Then then;
  };
  struct Question {
    bool asked = false;
    std::vector<Waiter> waiters;
  };
  void Ask(engine::Version from, bool everything);
  void Got(engine::Version from, const Patch& patch);
  std::shared_ptr<const DeltaBatch> Encode(const Patch& patch);
  bool ReportFailures(const Patch& patch, std::vector<RefusedEntity> failures);
  void Issue(const DeltaBatch& batch);
  static void Tell(Waiter& waiter, const std::shared_ptr<const DeltaBatch>& batch);

  Parts parts_;
  const Needs offers_;
  const VersionSpelling spelling_;
  engine::Version newest_ = 0;
  StreamClosure streams_;
  UniqueOwners owners_;
  absl::btree_map<uint64_t, engine::Version> issued_;
  std::map<engine::Version, std::shared_ptr<const DeltaBatch>> batches_;  // By where they begin.
  std::map<engine::Version, Question> questions_;
  absl::flat_hash_map<EntityId, uint64_t> reported_;  // With the fingerprint; while it is that.
  uint64_t encodings_ = 0;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace kong
