// The graph of the Ingress world, alive: on the engine's thread, with everything that leaves it.
//
// After each epoch it tells what changed outside: that there is something to deliver, which Secrets
// rules want now, and, in the log, which problems came and went (once each, not once a tick).
// Between epochs it makes payloads, a builder a class, and answers questions: is it right (from
// scratch equals incremental), why is a row as it is, what is the whole configuration.
//
// Calls come from the loop's thread; the work is done on the engine's; answers come back through
// `post`, which must not outlive what the answers touch: the owner of a LiveGraph guards that.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "engine/graph.h"
#include "kong/engine_thread.h"
#include "kong/gateway_graph.h"
#include "kong/metrics.h"
#include "kong/patch.h"
#include "kong/payload_builder.h"
#include "kong/propagation.h"

namespace kong {

// Of one entity in one epoch.
struct EntityChange {
  EntityKey key;
  std::optional<std::string> name;  // Unset: it is gone.
};

// What an epoch means to others.
struct Published {
  engine::Version version = 0;
  bool deliverable = false;                  // Something changed that payloads are made of.
  std::vector<ObjectName> wanted, unwanted;  // Secrets.
};

using Post = std::function<void(absl::AnyInvocable<void()>)>;

struct LiveGraphHooks {
  Post post;                                 // Onto the loop's thread, from any.
  std::function<void(Published)> published;  // On the loop's thread.
  std::function<void(engine::Version, std::vector<EntityChange>)> changed;  // Too; may be empty.
};

class LiveGraph {
 public:
  LiveGraph(Options options, engine::Version start, Metrics& metrics, Propagation& propagation,
            LiveGraphHooks hooks);
  ~LiveGraph();
  LiveGraph(const LiveGraph&) = delete;
  LiveGraph& operator=(const LiveGraph&) = delete;

  // The sources, to be set through the inbox.
  GatewayGraph& sources() { return tables_; }
  engine::Inbox& inbox() { return thread_->inbox(); }
  void Open() { thread_->Open(); }

  // `then` is called on the loop's thread.
  void Build(Needs offers, absl::AnyInvocable<void(std::shared_ptr<const Payload>)> then);
  void Changes(Needs offers, engine::Version from,
               absl::AnyInvocable<void(std::shared_ptr<const Patch>)> then);
  void Hold(Needs offers, engine::Version oldest);
  void Refuse(std::vector<RefusedEntity> rows);
  void Reconsider(Needs offers);  // What this class refused may be taken now.
  // After all news so far.
  void Settle(absl::AnyInvocable<void(engine::Version)> then);
  void Check(absl::AnyInvocable<void(absl::Status)> then);
  void Explain(std::string table, std::string key, absl::AnyInvocable<void(std::string)> then);
  // What an object is and became; `kind` as Kubernetes spells it.
  void ExplainObject(ObjectRef object, absl::AnyInvocable<void(std::string)> then);
  // The configuration of all classes together, without private keys.
  void Configuration(absl::AnyInvocable<void(std::string)> then);
  void RefreshMetrics(absl::AnyInvocable<void()> then);

 private:
  struct Class {
    Class(engine::Graph& graph, PayloadTables tables, Needs offers)
        : contents(graph, std::move(tables), offers), payloads(contents) {}
    ClassContents contents;
    PayloadBuilder payloads;
    engine::Version asked = 0;  // The graph's, when something was last asked of it.
  };
  void Stepped(const engine::EpochStats& stats, absl::Duration took);
  void TellProblems();
  void TakeWanted(Published& published);
  void TellEntities();
  template <class Question, class Then>
  void Ask(Question question, Then then);
  Class& ClassOf(Needs offers);
  void ForgetIdleClasses();
  std::string DescribeConfiguration() const;
  void MeasureTables();

  engine::Graph graph_;
  GatewayGraph tables_;
  Metrics& metrics_;
  Propagation& propagation_;
  const LiveGraphHooks hooks_;
  engine::Graph::Consumer consumer_;
  engine::Version told_ = 0;  // Whose changes were told.
  engine::SetHash entities_hash_, refused_hash_;
  bool delivered_ = false;
  engine::Version measured_ = 0;
  std::map<Needs, Class> classes_;
  std::unique_ptr<EngineThread> thread_;  // Last: it uses the rest.
};

}  // namespace kong
