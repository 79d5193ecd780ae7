// Random runs: a world that is edited, and data planes, wires and control planes that fail in every
// way. In the end each data plane serves exactly what it should, nothing more is sent, and none
// ever held an entity that refers to a missing one. The data planes are the simulated ones, with
// the traps of the running Kong: one that is given a route without `updated_at` acknowledges it and
// is dead, and an unchanged `updated_at` leaves the old route in its router.
//
// KDELTA_RUNS sets how many runs there are, KDELTA_SEED chooses one.
#include <random>

#include "engine/text.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "io/log.h"
#include "tests/kong/hybrid/faulty_wire.h"
#include "tests/kong/random_runs.h"
#include "tests/kong/rows_seen.h"
#include "tests/kong/sink_world.h"
#include "tests/kong/small_payload.h"
#include "tools/simulators/data_plane_v1.h"
#include "tools/simulators/data_plane_v2.h"

namespace kong {
namespace {

using engine::Cat;
using testing::IsEmpty;

constexpr int kEdits = 100, kFaults = 10, kRuns = 20;
constexpr size_t kPlanes = 3;

class WorldPayloads final : public PayloadSource {
 public:
  WorldPayloads(io::FakeClock& clock, const VersionedRows& rows) : clock_(clock), rows_(rows) {}
  void Build(Needs offers, absl::AnyInvocable<void(std::shared_ptr<const Payload>)> then) override {
    clock_.Post([this, offers, then = std::move(then)]() mutable {
      SmallPayload payload;
      for (const auto& [key, entity] : rows_.now()) payload.Add(entity);
      then(payload.Make(rows_.newest(), offers));
    });
  }

 private:
  io::FakeClock& clock_;
  const VersionedRows& rows_;
};

// A data plane of either protocol, as the runs treat them.
class Plane {
 public:
  virtual ~Plane() = default;
  virtual void Drop() = 0;
  virtual void Restart(bool keep) = 0;
  virtual void Refuse(int times) = 0;
  virtual void SetApplyTime(absl::Duration time) = 0;
  virtual uint64_t received() const = 0;  // Messages with something in them.
  virtual void ExpectServes(const Rows& expected) const = 0;
};

class FullPlane final : public Plane {
 public:
  FullPlane(io::FakeClock& clock, size_t number, uint64_t seed, simulators::Dial dial)
      : plane_(clock,
               {.node_id = Cat("n", number), .hostname = Cat("plane-", number), .seed = seed},
               std::move(dial)) {
    plane_.OnApplied([this] { ExpectNothingDangles(plane_.entities()); });
    plane_.Start();
  }
  void Drop() override { plane_.Drop(); }
  void Restart(bool keep) override { plane_.Restart(keep); }
  void Refuse(int times) override { plane_.RefusePayloads(times); }
  void SetApplyTime(absl::Duration time) override { plane_.SetApplyTime(time); }
  uint64_t received() const override { return plane_.pushes(); }
  void ExpectServes(const Rows& expected) const override {
    EXPECT_TRUE(plane_.up() && plane_.ready()) << plane_.last_error();
    ExpectHolds(plane_.entities(), expected);
  }

 private:
  simulators::DataPlaneV1 plane_;
};

class DeltaPlane final : public Plane {
 public:
  DeltaPlane(io::FakeClock& clock, size_t number, uint64_t seed, simulators::Dial dial)
      : plane_(clock,
               {.node_id = Cat("n", number),
                .hostname = Cat("plane-", number),
                .workers = static_cast<int>(1 + seed % 2),
                .seed = seed},
               std::move(dial)) {
    plane_.OnBatch([this](const simulators::DataPlaneBatch&) {
      ExpectNothingDangles(plane_.store().Visible());
      EXPECT_THAT(plane_.store().Unfindable(), IsEmpty());
      EXPECT_FALSE(plane_.router().dead());
    });
    plane_.Start();
  }
  void Drop() override { plane_.Drop(); }
  void Restart(bool keep) override { plane_.Restart(keep); }
  void Refuse(int times) override {
    plane_.FailBatches(times);
    plane_.RefuseNotifications(times);
  }
  void SetApplyTime(absl::Duration time) override { plane_.SetApplyTime(time); }
  uint64_t received() const override { return plane_.counts().batches; }
  void ExpectServes(const Rows& expected) const override {
    EXPECT_TRUE(plane_.ready() && !plane_.broken()) << plane_.last_error();
    const simulators::Entities held = plane_.store().Visible();
    ExpectHolds(held, expected);
    for (const auto& [key, entity] : expected) ExpectComplete(held, entity);
    simulators::DataPlaneRouter::Routes served = plane_.router().http();
    for (const auto& [id, route] : plane_.router().stream()) served.emplace(id, route);
    EXPECT_EQ(served, plane_.store().Routes()) << "what is held is what is served";
  }

 private:
  static void ExpectComplete(const simulators::Entities& held, const Entity& entity) {
    auto rows = held.find(ArrayName(entity.kind));
    if (rows == held.end() || !rows->second.contains(entity.id.text())) return;  // Told already.
    Json row = rows->second.at(entity.id.text());
    for (const char* added : {"created_at", "updated_at", "ws_id"}) row.erase(added);
    EXPECT_EQ(DumpJson(row), *SchemaTable::Bundled().Complete(entity.kind, entity.json));
  }
  simulators::DataPlaneV2 plane_;
};

template <class Kind>
class RandomRun {
 public:
  explicit RandomRun(uint64_t seed) : random_(seed), world_(random_) {
    source_.Publish(world_.Make());
    StartControlPlane();
    control_plane_->Published(source_.newest());
    for (size_t i = 0; i < kPlanes; ++i) {
      wires_[i].cut = [this, i] { planes_[i]->Drop(); };
    }
    for (size_t i = 0; i < kPlanes; ++i) {
      planes_[i] = std::make_unique<Kind>(clock_, i, seed * kPlanes + i,
                                          DialThrough(clock_, wires_[i], control_plane_));
    }
  }

  void Play() {
    int faults_left = kFaults;
    for (int edit = 0; edit < kEdits; ++edit) {
      world_.Edit();
      source_.Publish(world_.Make());
      control_plane_->Lead(true);
      control_plane_->Published(source_.newest());
      if (random_() % static_cast<uint64_t>(kEdits - edit) < static_cast<uint64_t>(faults_left)) {
        --faults_left, Disturb();
      }
      // Sometimes the next edit comes while the last is under way.
      clock_.Advance(absl::Milliseconds(random_() % 3 == 0 ? 0 : random_() % 5000));
    }
    Calm();
  }

  void Judge() {
    for (const auto& plane : planes_) plane->ExpectServes(source_.now());
    for (const auto& [node, plane] : control_plane_->data_planes().all()) {
      EXPECT_TRUE(control_plane_->InSync(plane)) << node << ' ' << plane.trouble;
    }
    const uint64_t sent = Sent(), received = Received();
    clock_.Advance(absl::Hours(1));
    EXPECT_EQ(Sent(), sent) << "nothing is sent once it converged";
    EXPECT_EQ(Received(), received);
  }

 private:
  void StartControlPlane() {
    ControlPlaneHooks hooks;
    hooks.acknowledged = [this](const DataPlane&, engine::Version version) {
      EXPECT_LE(version, source_.newest());
    };
    hooks.refused = [](std::vector<RefusedEntity> rows) {
      for (const RefusedEntity& row : rows) ADD_FAILURE() << row.message;
    };
    control_plane_.reset();
    control_plane_ = std::make_unique<ControlPlane>(
        clock_,
        ControlPlane::Sources{.payloads = payloads_,
                              .patches = source_,
                              .schemas = SchemaTable::Bundled(),
                              .versions_ahead = random_() & 0xffffffff},
        /*expressions=*/false, std::move(hooks));
  }
  // Another process, whose clock may be behind: then data planes show higher versions than its own.
  void RestartControlPlane() {
    const engine::Version now = source_.newest();
    source_.Restart(random_() % 2 == 0 ? now + 1000 : 1 + now / 2);
    StartControlPlane();
  }
  void Disturb() {
    const size_t victim = random_() % kPlanes;
    const int times = static_cast<int>(1 + random_() % 3);
    Wire& wire = wires_[victim];
    Plane& plane = *planes_[victim];
    switch (random_() % 10) {
      case 0:
        return plane.Drop();
      case 1:
        wire.duplicates = times;
        return;
      case 2:
        wire.halves = times;
        return;
      case 3:
        wire.latency = absl::Milliseconds(random_() % 3000);
        return;
      case 4:
        return plane.Restart(/*keep=*/true);
      case 5:
        return plane.Restart(/*keep=*/false);
      case 6:
        return RestartControlPlane();
      case 7:
        return plane.Refuse(times);
      case 8:
        return plane.SetApplyTime(absl::Milliseconds(random_() % 4000));
      default:
        return control_plane_->Lead(false);
    }
  }
  void Calm() {
    for (size_t i = 0; i < kPlanes; ++i) {
      wires_[i].latency = absl::ZeroDuration();
      wires_[i].duplicates = wires_[i].halves = 0;
      planes_[i]->SetApplyTime(absl::ZeroDuration());
      planes_[i]->Refuse(0);
    }
    control_plane_->Lead(true);
    control_plane_->Published(source_.newest());
    clock_.Advance(absl::Minutes(5));
    // What refused the last one for a reason of its own is offered the next.
    world_.Edit();
    control_plane_->Published(source_.Publish(world_.Make()));
    clock_.Advance(absl::Minutes(10));
  }
  uint64_t Sent() const {
    return control_plane_->delta_costs().messages + control_plane_->full_costs().messages;
  }
  uint64_t Received() const {
    uint64_t received = 0;
    for (const auto& plane : planes_) received += plane->received();
    return received;
  }

  io::FakeClock clock_;
  std::mt19937_64 random_;
  SinkWorld world_;
  VersionedRows source_{clock_};
  WorldPayloads payloads_{clock_, source_};
  std::array<Wire, kPlanes> wires_;
  std::unique_ptr<ControlPlane> control_plane_;
  std::array<std::unique_ptr<Plane>, kPlanes> planes_;
};

template <class Kind>
void Play(uint64_t seed) {
  RandomRun<Kind> run(seed);
  run.Play();
  run.Judge();
}

TEST(RandomDataPlanesTest, ThoseOfDeltasConvergeWhateverHappens) {
  io::SetLog(io::LogLevel::kError, io::LogFormat::kText);
  ForEachSeed(kRuns, Play<DeltaPlane>);
}

TEST(RandomDataPlanesTest, ThoseOfWholeConfigurationsConvergeWhateverHappens) {
  io::SetLog(io::LogLevel::kError, io::LogFormat::kText);
  ForEachSeed(kRuns, Play<FullPlane>);
}

}  // namespace
}  // namespace kong
