#include "kong/database/database_sink.h"

#include <algorithm>
#include <utility>

#include "engine/text.h"
#include "io/log.h"
#include "kong/refusal.h"

namespace kong {
namespace {

using engine::Cat;

constexpr int kReadingsBeforeClash = 2;

}  // namespace

DatabaseSink::DatabaseSink(io::Clock& clock, PatchSource& source, DatabaseOptions options,
                           DatabaseCallbacks callbacks)
    : clock_(clock),
      source_(source),
      options_(std::move(options)),
      callbacks_(std::move(callbacks)),
      calls_(options_.admin) {}

DatabaseSink::~DatabaseSink() = default;

void DatabaseSink::Add(std::string name, std::unique_ptr<io::HttpClient> client,
                       GatewayIdentity identity) {
  nodes_.push_back({std::move(name), std::move(client)});
  if (nodes_.size() > 1) {
    return io::Info("gateway shares the database; another one is written to",
                    {{"gateway", nodes_.back().name}, {"writes to", gateway()}});
  }
  io::Info("database found", {{"gateway", gateway()}, {"version", identity.version}});
  identity_ = std::move(identity);
  identity_due_ = false;
  calls_.Use(nodes_[0].client.get());
  Step();
}

bool DatabaseSink::Has(std::string_view name) const {
  return std::any_of(nodes_.begin(), nodes_.end(),
                     [&](const Node& node) { return node.name == name; });
}

std::vector<std::string> DatabaseSink::gateways() const {
  std::vector<std::string> names;
  for (const Node& node : nodes_) names.push_back(node.name);
  return names;
}

// Whatever is under way is dropped; some of it may have been carried out.
void DatabaseSink::Stop() {
  runner_.reset();
  reader_.reset();
  found_.reset();
  known_ = identifying_ = false;
  timer_.Cancel();
}

void DatabaseSink::Remove(std::string_view name) {
  for (size_t at = 0; at < nodes_.size(); ++at) {
    if (nodes_[at].name != name) continue;
    const bool active = at == active_;
    if (active) Stop();
    if (active) calls_.Use(nullptr);
    nodes_.erase(nodes_.begin() + static_cast<std::ptrdiff_t>(at));
    if (at < active_) --active_;
    if (!active) return;
    active_ = 0;
    identity_due_ = true;
    if (!nodes_.empty()) calls_.Use(nodes_[0].client.get());
    return Step();
  }
}

void DatabaseSink::Lead(bool leads) {
  if (std::exchange(leads_, leads) == leads) return;
  Stop();
  calls_.Use(nodes_.empty() ? nullptr : nodes_[active_].client.get());
  Step();
}

void DatabaseSink::Published(engine::Version version) {
  published_ = std::max(published_, version);
  Step();
}

void DatabaseSink::Later(absl::Duration delay) {
  timer_ = clock_.After(delay, [this] { Step(); });
}

// Whether something is under way that must end first, or time must pass.
bool DatabaseSink::Waits() {
  if (nodes_.empty() || !leads_ || published_ == 0) return true;
  if (asking_ || identifying_ || runner_) return true;
  absl::Duration now = clock_.Uptime();
  if (now >= not_before_) return false;
  Later(not_before_ - now);
  return true;
}

// One question: what is next? Whatever ends comes back here.
void DatabaseSink::Step() {
  if (Waits()) return;
  if (identity_due_) return AskIdentity();
  if (found_) return AskPatch(0);
  if (!known_) return reader_ ? void() : Read();
  if (taken_ < published_) return AskPatch(taken_);
  Prune();
  if (Pending able = Able(); !able.empty()) return Run(MakePlan(able, holdings_));
  if (!pending_.empty()) return;  // A patch will say what becomes of what needs the refused.
  Acknowledge();
  if (options_.drift_check_interval == absl::ZeroDuration() || reader_) return;
  absl::Duration now = clock_.Uptime();
  now >= drift_at_ ? Read() : Later(drift_at_ - now);
}

void DatabaseSink::AskIdentity() {
  identifying_ = true;
  calls_.Send({.target = options_.admin.workspace.empty() ? "/" : "/kong"},
              [this](absl::StatusOr<io::HttpResponse> response) {
                identifying_ = false;
                TakeIdentity(response);
              });
}

void DatabaseSink::TakeIdentity(const absl::StatusOr<io::HttpResponse>& response) {
  if (!response.ok()) return Fail(engine::MessageOf(response.status()));
  if (response->head.status != 200) {
    return Fail(Cat("GET / answers ", ExplainStatus(response->head.status, response->body)));
  }
  absl::StatusOr<GatewayIdentity> identity = ReadIdentity(response->body);
  if (!identity.ok()) return Fail(engine::MessageOf(identity.status()));
  if (identity->database == "off" || identity->offers() != identity_->offers()) {
    return Fail("the gateway is of another kind than before: restart kdelta");
  }
  identity_due_ = false;
  Step();
}

void DatabaseSink::AskPatch(engine::Version from) {
  asking_ = true;
  auto then = [this, alive = std::weak_ptr<bool>(alive_)](std::shared_ptr<const Patch> patch) {
    if (alive.expired()) return;
    asking_ = false;
    TakePatch(std::move(patch));
    Step();
  };
  source_.Changes(identity_->offers(), from, std::move(then));
}

void DatabaseSink::TakePatch(std::shared_ptr<const Patch> patch) {
  if (patch->from == 0 && found_) return CompareWith(std::move(patch));
  if (patch->from == 0 || !known_) {  // Its feed does not reach back so far.
    known_ = false;
    return;
  }
  for (const Entity& entity : patch->upserts) {
    Enter(entity.key(), std::make_shared<Entity>(entity));
  }
  for (const EntityKey& key : patch->removals) Enter(key, nullptr);
  taken_ = patch->to;
  source_.Hold(identity_->offers(), taken_);
}

void DatabaseSink::Enter(const EntityKey& key, std::shared_ptr<const Entity> entity) {
  refused_.erase(key);
  conflicts_.erase(key);
  pending_[key] = std::move(entity);
}

void DatabaseSink::Read() {
  touched_.clear();
  auto then = [this](absl::StatusOr<std::vector<FoundRow>> rows) {
    reader_.reset();
    TakeRows(std::move(rows));
  };
  reader_ = std::make_unique<DatabaseReader>(
      clock_, calls_,
      DatabaseReader::Wish{.tags = options_.tags, .concurrency = options_.concurrency},
      std::move(then));
  reader_->Start();
}

void DatabaseSink::TakeRows(absl::StatusOr<std::vector<FoundRow>> rows) {
  if (rows.ok()) {
    found_ = *std::move(rows);
    return Step();
  }
  drift_at_ = clock_.Uptime() + options_.drift_check_interval;
  identity_due_ = true;
  Fail(engine::MessageOf(rows.status()));
}

void DatabaseSink::CompareWith(std::shared_ptr<const Patch> whole) {
  engine::Version version = whole->to;
  Pending before = std::exchange(pending_, {});
  pending_ = Compare({.schemas = options_.schemas,
                      .whole = std::move(whole),
                      .rows = *std::exchange(found_, std::nullopt),
                      .touched = &touched_},
                     holdings_);
  for (auto& [key, entity] : before) {
    if (touched_.contains(key)) pending_.emplace(key, std::move(entity));
  }
  taken_ = version;
  source_.Hold(identity_->offers(), taken_);
  drift_at_ = clock_.Uptime() + options_.drift_check_interval;
  bool drifted = std::exchange(known_, true) && !pending_.empty() && before.empty();
  io::Info("database compared", {{"gateway", gateway()},
                                 {"entities", holdings_.rows().size()},
                                 {"differences", pending_.size()}});
  if (drifted && callbacks_.drifted) callbacks_.drifted(gateway());
}

// Leaves out what would be in vain.
void DatabaseSink::Prune() {
  std::vector<std::pair<EntityKey, std::shared_ptr<const Entity>>> unserved;
  std::erase_if(pending_, [&](const auto& one) {
    const auto& [key, entity] = one;
    if (key.kind == EntityKind::kCaCertificate && options_.skip_authorities) return true;
    if (!entity) return holdings_.Find(key) == nullptr;
    if (!HasAdminPath(key.kind)) unserved.emplace_back(key, entity);
    auto refused = refused_.find(key);
    return !HasAdminPath(key.kind) ||
           (refused != refused_.end() && refused->second == FragmentFingerprint(entity->json));
  });
  for (const auto& [key, entity] : unserved) {
    if (refused_.contains(key)) continue;
    Refuse(key, *entity,
           Cat("a ", NameOf(key.kind),
               " is not sent to a gateway with a database; remove it, or"
               " run the gateway with KONG_DATABASE=off"));
  }
  if (!refusals_.empty() && callbacks_.refused) callbacks_.refused(std::exchange(refusals_, {}));
}

// What refers to what the database does not have, because it was refused, is not tried.
Pending DatabaseSink::Able() {
  if (refused_.empty()) return pending_;
  Pending able;
  absl::btree_set<EntityKey> absent;
  FragmentReader reader;
  for (const auto& [key, fingerprint] : refused_) {
    if (holdings_.Find(key) == nullptr) absent.insert(key);
  }
  for (const auto& [key, entity] : pending_) {  // Parents first.
    bool lacks = false;
    if (entity) {
      const auto& references = reader.Read(key.kind, entity->json).references;
      lacks = std::any_of(references.begin(), references.end(),
                          [&](const EntityKey& one) { return absent.contains(one); });
    }
    lacks ? void(absent.insert(key)) : void(able.emplace(key, entity));
  }
  return able;
}

void DatabaseSink::Run(Plan plan) {
  timer_.Cancel();
  round_ = {.gateway = gateway(), .answered = false, .reason = ""};
  round_began_ = clock_.Uptime();
  retry_ = false;
  bool begins = std::any_of(plan.begin(), plan.end(),
                            [](const kong::Step& step) { return step.waits.empty(); });
  if (!begins) {  // A ring: what is held must be matched anew.
    known_ = false;
    return Fail("changes wait for each other; the database is read again");
  }
  runner_ = std::make_unique<PlanRunner>(
      calls_, holdings_, std::move(plan),
      PlanRunner::Options{.tags = options_.tags, .concurrency = options_.concurrency},
      PlanRunner::Listener{.ended = [this](const kong::Step& step,
                                           const StepReport& report) { Ended(step, report); },
                           .finished = [this] { FinishRound(); }});
  runner_->Start();
}

void DatabaseSink::Ended(const kong::Step& step, const StepReport& report) {
  if (reader_ || found_) {
    touched_.insert(step.key);
    touched_.insert(step.takes_along.begin(), step.takes_along.end());
  }
  round_.answered |= report.status > 0;
  if (report.end == StepEnd::kDone) return Done(step, report);
  ++round_.failed;
  if (round_.reason.empty()) round_.reason = Cat(step.key.text(), ": ", report.reason);
  switch (report.end) {
    case StepEnd::kDone:
      return;
    case StepEnd::kRefused:
      if (step.entity) return Refuse(step.key, *step.entity, report.reason);
      retry_ = true;
      return;
    case StepEnd::kConflict:
      return Conflict(step, report);
    case StepEnd::kGone:
      holdings_.Erase(step.key);  // So it is created next.
      return;
    case StepEnd::kRetry:
      retry_ = true;
      return;
  }
}

void DatabaseSink::Done(const kong::Step& step, const StepReport& report) {
  using Verb = kong::Step::Verb;
  conflicts_.erase(step.key);
  if (step.verb == Verb::kRemove) {
    auto gone = [this](const EntityKey& key) {
      holdings_.Erase(key);
      auto at = pending_.find(key);
      if (at != pending_.end() && !at->second) pending_.erase(at);
    };
    gone(step.key);
    for (const EntityKey& key : step.takes_along) gone(key);
    return;
  }
  Held held = step.facts;
  if (step.verb == Verb::kFree) {
    held.unique_hash = held.fragment = held.stored = 0;
    return holdings_.Put(step.key, std::move(held));
  }
  auto ours = [this](const EntityKey& key) { return holdings_.OurIdOf(key); };
  held.stored = DigestOfRow(PlainRow(report.row, ours));
  held.created_at = CreatedAt(report.row);
  holdings_.Put(step.key, std::move(held));
  pending_.erase(step.key);
}

void DatabaseSink::Refuse(const EntityKey& key, const Entity& entity, const std::string& why) {
  uint64_t fingerprint = FragmentFingerprint(entity.json);
  refused_[key] = fingerprint;
  pending_.erase(key);
  ++round_.refused;
  RefusedEntity row{.offers = identity_->offers(),
                    .entity_kind = key.kind,
                    .entity_id = key.id,
                    .fingerprint = fingerprint,
                    .message = why};
  std::string object = entity.origins.empty() ? std::string() : entity.origins[0].text();
  io::Warning("the gateway refuses an entity; its object is left out",
              {{"object", object}, {"entity", key.text()}, {"reason", why}});
  if (entity.origins.empty()) refusals_.push_back(row);
  for (const ObjectRef& origin : entity.origins) row.object = origin, refusals_.push_back(row);
}

// What we know may be old: reading tells. What still clashes then is not ours.
void DatabaseSink::Conflict(const kong::Step& step, const StepReport& report) {
  known_ = false;
  reader_.reset();  // One that began before knows less.
  found_.reset();
  if (!step.entity) return;
  if (++conflicts_[step.key] <= kReadingsBeforeClash) return;
  std::string name = step.entity->secret ? std::string() : step.entity->name;
  Refuse(step.key, *step.entity,
         Cat("the database has another ", NameOf(step.key.kind), name.empty() ? "" : " \"", name,
             name.empty() ? "" : "\"", " in its place that does not carry the tag ",
             options_.tags.empty() ? std::string() : options_.tags[0], ", so it is left alone: ",
             report.reason, "; rename one of them, or remove the other and change this object"));
  conflicts_.erase(step.key);
}

void DatabaseSink::FinishRound() {
  std::unique_ptr<PlanRunner> runner = std::move(runner_);
  round_.calls = runner->calls();
  round_.bytes = runner->bytes();
  round_.took = clock_.Uptime() - round_began_;
  io::Info("database changed", {{"gateway", round_.gateway},
                                {"calls", round_.calls},
                                {"failed", round_.failed},
                                {"seconds", absl::ToDoubleSeconds(round_.took)}});
  if (callbacks_.pushed) callbacks_.pushed(round_);
  std::vector<RefusedEntity> refusals = std::exchange(refusals_, {});
  if (!refusals.empty() && callbacks_.refused) callbacks_.refused(std::move(refusals));
  if (retry_) {
    identity_due_ = !round_.answered;
    return Fail(round_.reason);
  }
  retry_delay_ = absl::ZeroDuration();
  Step();
}

// The next time another gateway of the database is asked, if nothing else was the matter.
void DatabaseSink::Fail(std::string_view why) {
  if (trouble_ != why) {
    io::Warning("database is not up to date", {{"gateway", gateway()}, {"reason", why}});
  }
  trouble_ = why;
  retry_delay_ = std::clamp(2 * retry_delay_, options_.retry_first, options_.retry_most);
  not_before_ = clock_.Uptime() + retry_delay_;
  if (identity_due_ && nodes_.size() > 1 && !reader_) {
    active_ = (active_ + 1) % nodes_.size();
    calls_.Use(nodes_[active_].client.get());
  }
  Step();
}

void DatabaseSink::Acknowledge() {
  trouble_.clear();
  retry_delay_ = absl::ZeroDuration();
  if (acknowledged_ >= taken_) return;
  acknowledged_ = taken_;
  if (callbacks_.acknowledged) callbacks_.acknowledged(gateway(), acknowledged_);
}

}  // namespace kong
