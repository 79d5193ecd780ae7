// Keeps the database of Kong as it should be: one sink, however many gateways share the database.
//
// At first the database is read whole and compared; from then on each change is the calls that it
// needs. Changes that come while calls are under way are taken in one patch when these have ended,
// so there is no queue. A call that failed stays pending and is tried again; a conflict (the
// database is not as we think) has it read again; a conflict that outlives two such readings is
// with somebody else's entity, which is never touched: the object is told, as it is for what Kong
// refuses. At intervals the database is read again in the background, while changes go on, and what
// others changed is put right.
//
// Only entities that carry our tags are seen, and creations never overwrite. Gateways of one
// database are equal: one is talked to, another takes over when it does not answer. Loop thread
// only. Cost: one change, its calls; a reading, a call for 1,000 rows and one for each upstream.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/btree_set.h"
#include "absl/functional/any_invocable.h"
#include "io/clock.h"
#include "kong/database/admin_calls.h"
#include "kong/database/database_reader.h"
#include "kong/database/plan_runner.h"
#include "kong/gateway_identity.h"
#include "kong/patch.h"
#include "kong/refused_entity.h"
#include "kong/schema_table.h"

namespace kong {

struct DatabaseOptions {
  AdminOptions admin;
  std::vector<std::string> tags = {"managed-by-ingress-controller"};  // --kong-admin-filter-tag
  size_t concurrency = 10;                                            // --kong-admin-concurrency
  absl::Duration drift_check_interval = absl::Minutes(10);            // Zero: never.
  bool skip_authorities = false;                                      // --skip-ca-certificates
  absl::Duration retry_first = absl::Seconds(1);  // After a failure; doubles up to retry_most.
  absl::Duration retry_most = absl::Seconds(30);
  const SchemaTable* schemas = nullptr;  // Null: only what we say ourselves is compared.
};

// Calls that were made together, as they ended.
struct DatabaseRound {
  std::string gateway;
  size_t calls = 0, failed = 0, refused = 0, bytes = 0;
  bool answered = true;  // Some of them were.
  std::string reason;    // Of the first failure.
  absl::Duration took;
};

// All may be empty.
struct DatabaseCallbacks {
  absl::AnyInvocable<void(std::vector<RefusedEntity>)> refused;
  // The database has everything up to this version.
  absl::AnyInvocable<void(const std::string& gateway, engine::Version)> acknowledged;
  absl::AnyInvocable<void(const DatabaseRound&)> pushed;
  absl::AnyInvocable<void(const std::string& gateway)> drifted;  // Others changed something.
};

class DatabaseSink {
 public:
  DatabaseSink(io::Clock& clock, PatchSource& source, DatabaseOptions options,
               DatabaseCallbacks callbacks);
  ~DatabaseSink();

  // Another gateway of the database, which was found to be this.
  void Add(std::string name, std::unique_ptr<io::HttpClient> client, GatewayIdentity identity);
  // Lets go of one; what was under way with it has an unknown outcome. Not from within a callback.
  void Remove(std::string_view name);
  bool Has(std::string_view name) const;
  // Whether this replica may write; at first it may. Without, nothing is asked.
  void Lead(bool leads);
  void Published(engine::Version version);

  engine::Version acknowledged() const { return acknowledged_; }
  const std::string& trouble() const { return trouble_; }  // Empty: all is well.
  bool empty() const { return nodes_.empty(); }
  const std::string& gateway() const { return nodes_[active_].name; }  // That is talked to.
  std::vector<std::string> gateways() const;
  const Holdings& holdings() const { return holdings_; }

 private:
  struct Node {
    std::string name;
    std::unique_ptr<io::HttpClient> client;
  };
  void Step();
  bool Waits();
  void AskIdentity();
  void TakeIdentity(const absl::StatusOr<io::HttpResponse>& response);
  void AskPatch(engine::Version from);
  void TakePatch(std::shared_ptr<const Patch> patch);
  void Enter(const EntityKey& key, std::shared_ptr<const Entity> entity);
  void Read();
  void TakeRows(absl::StatusOr<std::vector<FoundRow>> rows);
  void CompareWith(std::shared_ptr<const Patch> whole);
  void Prune();
  Pending Able();
  void Run(Plan plan);
  void Ended(const kong::Step& step, const StepReport& report);
  void Done(const kong::Step& step, const StepReport& report);
  void Refuse(const EntityKey& key, const Entity& entity, const std::string& why);
  void Conflict(const kong::Step& step, const StepReport& report);
  void FinishRound();
  void Fail(std::string_view why);
  void Acknowledge();
  void Later(absl::Duration delay);
  void Stop();

  io::Clock& clock_;
  PatchSource& source_;
  const DatabaseOptions options_;
  DatabaseCallbacks callbacks_;
  AdminCalls calls_;
  std::vector<Node> nodes_;
  size_t active_ = 0;
  std::optional<GatewayIdentity> identity_;
  bool identity_due_ = false;

  engine::Version published_ = 0, taken_ = 0, acknowledged_ = 0;
  Holdings holdings_;
  Pending pending_;
  std::map<EntityKey, uint64_t> refused_;  // Fingerprints that are not sent again.
  std::map<EntityKey, int> conflicts_;     // How many readings a conflict has outlived.
  bool known_ = false;                     // The holdings are what the database has.
  bool asking_ = false;                    // For a patch.
  bool identifying_ = false;
  bool leads_ = true;
  std::optional<std::vector<FoundRow>> found_;
  absl::btree_set<EntityKey> touched_;  // Since a reading began.
  std::unique_ptr<DatabaseReader> reader_;
  std::unique_ptr<PlanRunner> runner_;
  DatabaseRound round_;
  absl::Duration round_began_;
  std::vector<RefusedEntity> refusals_;  // Of the round.
  bool retry_ = false;                   // Something of the round is to be tried again.
  absl::Duration not_before_, retry_delay_, drift_at_;
  std::string trouble_ = "the database was not read yet";
  io::Timer timer_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace kong
