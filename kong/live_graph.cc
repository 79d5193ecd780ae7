#include "kong/live_graph.h"

#include <set>
#include <utility>

#include "engine/text.h"
#include "io/json_writer.h"
#include "io/log.h"
#include "kong/explanation.h"
#include "kong/redact.h"

namespace kong {
namespace {

using engine::Cat;

constexpr size_t kProblemsTold = 50;             // An epoch; the rest is counted.
constexpr engine::Version kIdleEpochs = 10'000;  // After which a class is taken to be gone.

// Calls visit(key, row or null) for what changed since; from the beginning if that is too long ago.
template <class R, class Visit>
void ForEachChange(const engine::Table<R>& table, engine::Version since, Visit visit) {
  if (table.ChangedSince(since, visit)) return;
  table.ForEach([&](const R& row) { visit(row.key(), &row); });
}

}  // namespace

LiveGraph::LiveGraph(Options options, engine::Version start, Metrics& metrics,
                     Propagation& propagation, LiveGraphHooks hooks)
    : graph_(engine::NewExecutor(0), start),
      tables_(graph_, std::move(options)),
      metrics_(metrics),
      propagation_(propagation),
      hooks_(std::move(hooks)),
      consumer_(graph_.AddConsumer()) {
  thread_ = std::make_unique<EngineThread>(
      graph_, EngineHooks{.draining = [this] { propagation_.Draining(); },
                          .stepped = [this](const engine::EpochStats& stats,
                                            absl::Duration took) { Stepped(stats, took); }});
}

LiveGraph::~LiveGraph() { thread_.reset(); }

void LiveGraph::Stepped(const engine::EpochStats& stats, absl::Duration took) {
  metrics_.Stepped(stats, took);
  Published published{.version = stats.version, .deliverable = false, .wanted = {}, .unwanted = {}};
  const bool entities = !(entities_hash_ == tables_.entities.hash());
  published.deliverable = entities || !(refused_hash_ == tables_.refused.hash()) || !delivered_;
  entities_hash_ = tables_.entities.hash();
  refused_hash_ = tables_.refused.hash();
  delivered_ = true;
  propagation_.Published(stats.version, entities);
  TakeWanted(published);
  TellProblems();
  TellEntities();
  told_ = stats.version;
  graph_.Acknowledge(consumer_, told_);
  ForgetIdleClasses();
  hooks_.post([this, published = std::move(published)]() mutable {
    hooks_.published(std::move(published));
  });
}

void LiveGraph::TakeWanted(Published& published) {
  ForEachChange(tables_.wanted_secrets, told_, [&](const ObjectName& key, const WantedSecret* row) {
    (row ? published.wanted : published.unwanted).push_back(key);
  });
}

void LiveGraph::TellProblems() {
  size_t count = 0;
  ForEachChange(tables_.problems, told_, [&](const Problem::Key& key, const Problem* row) {
    if (++count > kProblemsTold) return;
    if (!row) {
      io::Info("a problem is gone", {{"object", key.object.text()}});
    } else if (row->severity == Severity::kFailure) {
      io::Warning("an object cannot be translated",
                  {{"object", key.object.text()}, {"problem", row->text}});
    } else {
      io::Warning("a part of an object is ignored",
                  {{"object", key.object.text()}, {"problem", row->text}});
    }
  });
  if (count > kProblemsTold) {
    io::Warning("more problems came or went; /debug/explain?table=problems lists them",
                {{"more", count - kProblemsTold}});
  }
}

void LiveGraph::TellEntities() {
  if (!hooks_.changed) return;
  std::vector<EntityChange> changes;
  ForEachChange(tables_.entities, told_, [&](const EntityKey& key, const Entity* row) {
    changes.push_back({key, row ? std::optional(row->name) : std::nullopt});
  });
  if (changes.empty()) return;
  hooks_.post([this, version = graph_.version(), changes = std::move(changes)]() mutable {
    hooks_.changed(version, std::move(changes));
  });
}

// A class whose last gateway went would hold the feeds back for ever. If it comes again it starts
// anew.
void LiveGraph::ForgetIdleClasses() {
  std::erase_if(classes_, [&](const auto& each) {
    return graph_.version() - each.second.asked > kIdleEpochs;
  });
}

template <class Question, class Then>
void LiveGraph::Ask(Question question, Then then) {
  thread_->Ask([this, question = std::move(question), then = std::move(then)]() mutable {
    hooks_.post(
        [answer = question(), then = std::move(then)]() mutable { then(std::move(answer)); });
  });
}

LiveGraph::Class& LiveGraph::ClassOf(Needs offers) {
  PayloadTables tables{.entities = {&tables_.entities}, .refused = &tables_.refused};
  Class& of = classes_.try_emplace(offers, graph_, std::move(tables), offers).first->second;
  of.asked = graph_.version();
  return of;
}

void LiveGraph::Build(Needs offers, absl::AnyInvocable<void(std::shared_ptr<const Payload>)> then) {
  Ask(
      [this, offers] {
        std::shared_ptr<const Payload> payload = ClassOf(offers).payloads.Build();
        for (const RefusedEntity::Key& key : payload->lifted) inbox().Erase(tables_.refused, key);
        return payload;
      },
      std::move(then));
}

void LiveGraph::Changes(Needs offers, engine::Version from,
                        absl::AnyInvocable<void(std::shared_ptr<const Patch>)> then) {
  Ask(
      [this, offers, from]() -> std::shared_ptr<const Patch> {
        ClassContents& contents = ClassOf(offers).contents;
        contents.Update();
        for (const auto& key : contents.Lifted()) inbox().Erase(tables_.refused, key);
        return std::make_shared<const Patch>(MakePatch(contents, from));
      },
      std::move(then));
}

void LiveGraph::Hold(Needs offers, engine::Version oldest) {
  thread_->Ask([this, offers, oldest] { ClassOf(offers).contents.Hold(oldest); });
}

void LiveGraph::Refuse(std::vector<RefusedEntity> rows) {
  for (RefusedEntity& row : rows) inbox().Set(tables_.refused, std::move(row));
}

void LiveGraph::Reconsider(Needs offers) {
  thread_->Ask([this, offers] {
    tables_.refused.ForEach([&](const RefusedEntity& row) {
      if (row.offers == offers) inbox().Erase(tables_.refused, row.key());
    });
  });
}

void LiveGraph::Settle(absl::AnyInvocable<void(engine::Version)> then) {
  Ask([this] { return graph_.version(); }, std::move(then));
}

void LiveGraph::Check(absl::AnyInvocable<void(absl::Status)> then) {
  Ask(
      [this]() -> absl::Status {
        if (!delivered_) {
          return engine::Unavailable("nothing to check yet: the first lists are not complete");
        }
        std::unique_ptr<GatewayGraph>
            fresh_tables;  // Rules refer to it while the fresh graph lives.
        return graph_.Check([&](engine::Graph& fresh) {
          fresh_tables = std::make_unique<GatewayGraph>(fresh, tables_.options);
        });
      },
      std::move(then));
}

void LiveGraph::Explain(std::string table, std::string key,
                        absl::AnyInvocable<void(std::string)> then) {
  Ask([this, table, key] { return WithoutPrivateKeys(graph_.Explain(table, key)); },
      std::move(then));
}

void LiveGraph::ExplainObject(ObjectRef object, absl::AnyInvocable<void(std::string)> then) {
  Ask([this, object] { return kong::ExplainObject(graph_, tables_, object); }, std::move(then));
}

void LiveGraph::Configuration(absl::AnyInvocable<void(std::string)> then) {
  Ask([this] { return WithoutPrivateKeys(DescribeConfiguration()); }, std::move(then));
}

// Sections in the order of kinds; ids in order, so that two answers can be compared.
std::string LiveGraph::DescribeConfiguration() const {
  std::map<EntityKey, const Entity*> ordered;
  tables_.entities.ForEach([&](const Entity& entity) { ordered.emplace(entity.key(), &entity); });
  std::string out;
  io::JsonWriter json(out);
  json.BeginObject().Member("_format_version", "3.0");
  auto next = ordered.begin();
  while (next != ordered.end()) {
    const std::string_view array = ArrayOf(*next->second);
    json.Key(array).BeginArray();
    for (; next != ordered.end() && ArrayOf(*next->second) == array; ++next)
      json.Raw(ShownJson(*next->second));
    json.EndArray();
  }
  json.EndObject();
  return out;
}

void LiveGraph::MeasureTables() {
  metrics_.InboxDepth(inbox().size());
  if (measured_ == graph_.version()) return;  // Nothing changed: the last measure holds.
  measured_ = graph_.version();
  std::array<size_t, kEntityKinds> counts{}, bytes{};
  tables_.entities.ForEach([&](const Entity& entity) {
    ++counts[static_cast<size_t>(entity.kind)];
    bytes[static_cast<size_t>(entity.kind)] += entity.json.size();
  });
  for (size_t kind = 0; kind < kEntityKinds; ++kind) {
    metrics_.Entities(static_cast<EntityKind>(kind), counts[kind], bytes[kind]);
  }
  std::set<ObjectRef> broken;
  tables_.problems.ForEach([&](const Problem& problem) {
    if (problem.severity == Severity::kFailure) broken.insert(problem.object);
  });
  metrics_.BrokenObjects(broken.size());
  for (const auto& table : graph_.tables()) {
    if (table->is_source()) metrics_.Objects(table->name(), table->size(), table->bytes());
  }
}

void LiveGraph::RefreshMetrics(absl::AnyInvocable<void()> then) {
  thread_->Ask([this, then = std::move(then)]() mutable {
    MeasureTables();
    hooks_.post(std::move(then));
  });
}

}  // namespace kong
