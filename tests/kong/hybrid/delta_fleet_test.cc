#include "kong/hybrid/delta_fleet.h"

#include <random>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "io/log.h"
#include "tests/kong/hybrid/fake_source.h"
#include "tests/kong/hybrid/model_data_plane.h"

namespace kong {
namespace {

using engine::Cat;
using testing::HasSubstr;
using testing::SizeIs;

class DeltaFleetTest : public testing::Test {
 protected:
  DeltaFleetTest() {
    io::SetLog(io::LogLevel::kError, io::LogFormat::kText);
    DeltaFleet::Parts parts{.clock = clock_,
                            .source = source_,
                            .schemas = schemas_,
                            .table = table_,
                            .expressions = false,
                            .refused = [this](std::vector<RefusedEntity> rows) {
                              for (const RefusedEntity& row : rows)
                                source_.LeaveOut(std::string(row.object.name.text()));
                              refused_ += rows.size();
                              clock_.Post([this] { fleet_->Published(source_.version); });
                            }};
    fleet_ = std::make_unique<DeltaFleet>(std::move(parts));
  }
  void Publish() {
    fleet_->Published(source_.version);
    Run();
  }
  void Set(const Entity& entity) {
    source_.Set(entity);
    Publish();
  }
  void Connect(ModelDataPlane& plane) {
    planes_.push_back(&plane);
    fleet_->Add("10.0.0.1", plane.Connect());
    plane.Hello();
    Run();
    plane.Pull();
    Run();
  }
  void Run() {
    bool busy = true;
    while (busy) {
      clock_.Advance(absl::Milliseconds(1));
      busy = false;
      for (ModelDataPlane* plane : planes_) busy = plane->Read() || busy;
    }
  }
  // What a data plane should have.
  void ExpectInSync(const ModelDataPlane& plane) {
    size_t expected = 1;  // The workspace.
    for (const auto& [key, row] : source_.rows) {
      if (!row.first || source_.left_out.contains(row.first->name)) continue;
      ++expected;
      const std::string at = Cat(ArrayName(key.kind), '|', key.id.text());
      ASSERT_TRUE(plane.entities.contains(at)) << at;
      Json entity = plane.entities.at(at);
      for (const char* added : {"created_at", "updated_at", "ws_id"}) entity.erase(added);
      EXPECT_EQ(DumpJson(entity),
                DumpJson(*ParseJson(*schemas_.Complete(key.kind, row.first->json))));
    }
    EXPECT_EQ(plane.entities.size(), expected);
    EXPECT_EQ(plane.dangling, 0u);
  }
  engine::Version Acknowledged(const std::string& node) { return acknowledged_[node]; }

  io::FakeClock clock_;
  FakePatches source_{clock_};
  FakeSchemas schemas_;
  std::map<std::string, engine::Version> acknowledged_;
  DataPlaneTable table_{[this](const DataPlane& plane, engine::Version version) {
    EXPECT_GE(version, acknowledged_[plane.node_id]);
    acknowledged_[plane.node_id] = version;
  }};
  size_t refused_ = 0;
  std::vector<ModelDataPlane*> planes_;
  std::unique_ptr<DeltaFleet> fleet_;
};

TEST_F(DeltaFleetTest, ANewDataPlaneGetsEverythingAndThenWhatChanges) {
  Set(Row(EntityKind::kService, "a"));
  ModelDataPlane plane("n1");
  Connect(plane);
  ExpectInSync(plane);
  EXPECT_EQ(plane.wipes, 1u);
  EXPECT_EQ(Acknowledged("n1"), source_.version);

  Set(Row(EntityKind::kService, "b"));
  ExpectInSync(plane);
  EXPECT_EQ(plane.wipes, 1u);
  EXPECT_EQ(Acknowledged("n1"), source_.version);
  EXPECT_EQ(table_.all().at("n1").status, SyncStatus::kNormal);
  EXPECT_EQ(table_.all().at("n1").config_hash, Cat(std::string(28, '0'), source_.version));
}

TEST_F(DeltaFleetTest, DataPlanesAtOneVersionShareOneEncoding) {
  Set(Row(EntityKind::kService, "a"));
  std::vector<std::unique_ptr<ModelDataPlane>> planes;
  for (int n = 0; n < 100; ++n) {
    planes.push_back(std::make_unique<ModelDataPlane>(Cat("n", n)));
    Connect(*planes.back());
  }
  const uint64_t before = fleet_->costs().encodings;
  EXPECT_EQ(before, 1u);
  Set(Row(EntityKind::kService, "b"));
  EXPECT_EQ(fleet_->costs().encodings, before + 1);
  for (const auto& plane : planes) ExpectInSync(*plane);
}

TEST_F(DeltaFleetTest, AnEndpointThatIsReplacedCostsLessThanAKilobyte) {
  for (int n = 0; n < 1000; ++n) {
    source_.Set(Row(EntityKind::kTarget, Cat("10.0.", n / 256, '.', n % 256, ":8080")));
  }
  Publish();
  ModelDataPlane plane("n1");
  Connect(plane);
  plane.bytes = 0;
  source_.Erase(Row(EntityKind::kTarget, "10.0.0.1:8080"));
  source_.Set(Row(EntityKind::kTarget, "10.9.9.9:8080", R"("tags":["k8s-name:a"],"weight":100)"));
  Publish();
  ExpectInSync(plane);
  EXPECT_LE(plane.bytes, 1000u);
}

TEST_F(DeltaFleetTest, AVersionThatWeDidNotIssueIsAnsweredByEverythingAndPassed) {
  Set(Row(EntityKind::kService, "a"));
  ModelDataPlane plane("n1");
  plane.version = 5'000'000;
  plane.entities["services|old"] = Json::object();
  Connect(plane);
  ExpectInSync(plane);
  EXPECT_GT(plane.version, 5'000'000u);
  Set(Row(EntityKind::kService, "b"));
  ExpectInSync(plane);
  EXPECT_EQ(plane.wipes, 1u);
}

TEST_F(DeltaFleetTest, TheNumbersAfterAForeignVersionAreForeignToo) {
  Set(Row(EntityKind::kService, "a"));
  ModelDataPlane first("n1"), second("n2");
  first.version = 5'000'000;
  second.version = 5'000'002;  // By the same other control plane, a little later.
  second.entities["services|old"] = Json::object();
  Connect(first);
  Set(Row(EntityKind::kService, "b"));
  Set(Row(EntityKind::kService, "c"));
  Connect(second);
  ExpectInSync(second);
}

TEST_F(DeltaFleetTest, WhoComesBackGetsWhatItMissed) {
  Set(Row(EntityKind::kService, "a"));
  ModelDataPlane plane("n1");
  Connect(plane);
  plane.end->Cut();
  Run();
  EXPECT_EQ(fleet_->sockets(), 0u);
  EXPECT_EQ(table_.all().at("n1").sockets, 0u);
  source_.Erase(Row(EntityKind::kService, "a"));
  Set(Row(EntityKind::kService, "b"));
  planes_.clear();
  Connect(plane);
  ExpectInSync(plane);
  EXPECT_EQ(plane.wipes, 1u);
}

TEST_F(DeltaFleetTest, WhoComesBackIsAskedWhatItHas) {
  Set(Row(EntityKind::kService, "a"));
  ModelDataPlane plane("n1");
  Connect(plane);
  plane.end->Cut();
  Set(Row(EntityKind::kService, "b"));
  fleet_->Add("10.0.0.1", plane.Connect());
  plane.Hello();  // And it waits, as Kong does.
  Run();
  EXPECT_NE(Acknowledged("n1"), source_.version);
  clock_.Advance(absl::Seconds(1));
  Run();
  ExpectInSync(plane);
  EXPECT_EQ(Acknowledged("n1"), source_.version);
  EXPECT_EQ(plane.wipes, 1u);
}

TEST_F(DeltaFleetTest, WhoComesFromAnotherProcessWithALargerNumberIsAskedToo) {
  Set(Row(EntityKind::kService, "a"));
  ModelDataPlane plane("n1");
  plane.version = source_.version + 1'000'000;
  planes_.push_back(&plane);
  fleet_->Add("10.0.0.1", plane.Connect());
  plane.Hello();  // And it waits, as Kong does.
  Run();
  clock_.Advance(absl::Seconds(1));
  Run();
  ExpectInSync(plane);
  EXPECT_EQ(plane.wipes, 1u);
}

TEST_F(DeltaFleetTest, ARouteThatChangesTwiceInASecondIsNewTwice) {
  ModelDataPlane plane("n1");
  Set(Row(EntityKind::kRoute, "r", R"("v":0)"));
  Connect(plane);
  for (int n = 1; n < 5; ++n) Set(Row(EntityKind::kRoute, "r", Cat("\"v\":", n)));
  ExpectInSync(plane);  // The model judges updated_at.
}

TEST_F(DeltaFleetTest, AStreamRouteComesWithEverything) {
  Set(Row(EntityKind::kService, "s", R"("host":"up")"));
  ModelDataPlane plane("n1");
  Connect(plane);
  const std::string service = DeriveId("services", "s").text();
  Set(Row(EntityKind::kRoute, "tcp", Cat(R"("protocols":["tcp"],"service":")", service, '"')));
  EXPECT_EQ(plane.wipes, 2u);
  Set(Row(EntityKind::kService, "other"));
  EXPECT_EQ(plane.wipes, 2u) << "does not concern it";
  Set(Row(EntityKind::kService, "s", R"("host":"up","port":81)"));
  EXPECT_EQ(plane.wipes, 3u) << "its service";
  Set(Row(EntityKind::kTarget, "t", Cat(R"("upstream":")", UpstreamId("up").text(), '"')));
  EXPECT_EQ(plane.wipes, 4u) << "an endpoint of its service";
  source_.Erase(Row(EntityKind::kRoute, "tcp"));
  Publish();
  EXPECT_EQ(plane.wipes, 5u);
  ExpectInSync(plane);
}

TEST_F(DeltaFleetTest, WhatCannotBeCompletedIsLeftOutBeforeAnythingIsSent) {
  Set(Row(EntityKind::kService, "a"));
  ModelDataPlane plane("n1");
  Connect(plane);
  source_.Set(Row(EntityKind::kService, "b", R"("broken":1)"));
  Set(Row(EntityKind::kService, "c"));
  EXPECT_EQ(refused_, 1u);
  ExpectInSync(plane);
  EXPECT_NE(source_.last_offers & kOffersDeltas, 0u) << "other gateways keep it";
}

TEST_F(DeltaFleetTest, WhatWasRefusedIsReconsideredWhenItChangesAndRefusedAnewWhenItReturns) {
  Set(Row(EntityKind::kService, "a"));
  ModelDataPlane plane("n1");
  Connect(plane);
  Set(Row(EntityKind::kService, "b", R"("broken":1)"));
  EXPECT_EQ(refused_, 1u);
  source_.left_out.clear();  // As the engine does when the entity's bytes are others.
  Set(Row(EntityKind::kService, "b", R"("port":1)"));
  EXPECT_EQ(refused_, 1u);
  ExpectInSync(plane);
  Set(Row(EntityKind::kService, "b", R"("broken":1)"));
  EXPECT_EQ(refused_, 2u) << "it is left out with its dependants, not by itself";
  ExpectInSync(plane);
}

TEST_F(DeltaFleetTest, EverythingThatIsNothingEmptiesNobody) {
  Publish();
  ModelDataPlane old("n1"), fresh("n2");
  old.version = 7;
  old.entities["services|old"] = Json::object();
  Connect(old);
  EXPECT_THAT(old.entities, SizeIs(1));
  Connect(fresh);
  EXPECT_EQ(fresh.wipes, 1u) << "it has nothing to lose and becomes ready";
}

TEST_F(DeltaFleetTest, ADataPlaneThatCannotApplyIsWipedAndThenShown) {
  Set(Row(EntityKind::kService, "a"));
  ModelDataPlane plane("n1");
  Connect(plane);
  plane.broken = true;
  Set(Row(EntityKind::kService, "b"));
  for (int n = 0; n < 4; ++n) {
    plane.Pull();
    Run();
  }
  const DataPlane& shown = table_.all().at("n1");
  EXPECT_EQ(shown.status, SyncStatus::kRejected);
  EXPECT_THAT(shown.trouble, HasSubstr("KONG_CLUSTER_INCREMENTAL_SYNC=off"));
  plane.broken = false;
  plane.Pull();
  Run();
  ExpectInSync(plane);
  EXPECT_EQ(plane.wipes, 2u);
  EXPECT_EQ(shown.status, SyncStatus::kNormal);
  EXPECT_EQ(shown.trouble, "");
}

TEST_F(DeltaFleetTest, AnotherFlavourGetsNothing) {
  Set(Row(EntityKind::kService, "a"));
  ModelDataPlane plane("n1");
  plane.flavor = "expressions";
  planes_.push_back(&plane);
  fleet_->Add("10.0.0.1", plane.Connect());
  plane.Hello();
  EXPECT_EQ(plane.end->closed, 1008);
  EXPECT_THAT(plane.end->reason, HasSubstr("router_flavor"));
  EXPECT_THAT(plane.end->sent, SizeIs(0));
}

TEST_F(DeltaFleetTest, HostileSocketsEndAlone) {
  Set(Row(EntityKind::kService, "a"));
  ModelDataPlane good("n1");
  Connect(good);
  for (const std::string& hostile :
       {std::string(), std::string("\0\xff\xff", 3), std::string(2 << 20, 'x'), io::Snap("[]"),
        io::Snap(std::string(8 << 20, 'a'))}) {
    ModelDataPlane bad("bad");
    planes_.push_back(&bad);
    fleet_->Add("10.0.0.2", bad.Connect());
    bad.Hello();
    bad.end->Say(hostile);
    Run();
    EXPECT_TRUE(bad.end->closed) << hostile.size();
    planes_.pop_back();
  }
  Set(Row(EntityKind::kService, "b"));
  ExpectInSync(good);
}

TEST_F(DeltaFleetTest, SocketsThatAreSilentAreClosed) {
  ModelDataPlane mute("n1");
  fleet_->Add("10.0.0.1", mute.Connect());
  clock_.Advance(absl::Seconds(6));
  EXPECT_EQ(mute.end->closed, 1008) << "no hello";
  EXPECT_FALSE(mute.end->alive);

  ModelDataPlane idle("n2");
  Connect(idle);
  clock_.Advance(absl::Seconds(40));
  EXPECT_EQ(idle.end->pings, 1u);
  idle.end->Ping("");
  EXPECT_THAT(idle.end->pongs, SizeIs(1));
  clock_.Advance(absl::Seconds(40));
  EXPECT_FALSE(idle.end->closed);
  clock_.Advance(absl::Seconds(40));
  EXPECT_TRUE(idle.end->closed);
}

// Random changes and faults; afterwards everybody has what there is, and nothing more is sent.
TEST_F(DeltaFleetTest, ConvergesWhateverHappens) {
  for (uint32_t seed = 0; seed < 40; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937 random(seed);
    auto one_in = [&](uint32_t n) { return random() % n == 0; };
    std::vector<std::unique_ptr<ModelDataPlane>> planes;
    planes_.clear();
    for (int n = 0; n < 3; ++n) {
      planes.push_back(std::make_unique<ModelDataPlane>(Cat("s", seed, "n", n)));
      Connect(*planes.back());
    }
    for (int edit = 0; edit < 60; ++edit) {
      const std::string service = Cat("s", random() % 6);
      const Entity parent = Row(EntityKind::kService, service);
      const Entity child = Row(EntityKind::kRoute, "r-" + service,
                               Cat(R"("service":")", parent.id.text(), R"(","v":)", edit));
      if (one_in(3)) {
        source_.Erase(child);
        source_.Erase(parent);
      } else {
        source_.Set(parent);
        source_.Set(child);
      }
      ModelDataPlane& plane = *planes[random() % planes.size()];
      if (one_in(6)) plane.drop_next = true;
      if (one_in(8)) source_.forgotten = source_.version;
      if (one_in(10)) plane.version = random();
      if (one_in(6)) {
        plane.end->Cut();
        Run();
        fleet_->Add("10.0.0.1", plane.Connect());
        plane.Hello();
        Run();
      }
      if (one_in(2)) plane.Pull();
      if (one_in(2)) Publish();
    }
    Publish();
    for (const auto& plane : planes) {
      plane->drop_next = false;
      plane->Pull();
    }
    Run();
    for (const auto& plane : planes) ExpectInSync(*plane);
    const uint64_t messages = fleet_->costs().messages;
    clock_.Advance(absl::Seconds(14));
    for (const auto& plane : planes) plane->Pull();
    Run();
    EXPECT_EQ(fleet_->costs().messages, messages) << "sends on after it converged";
    for (const auto& plane : planes) plane->end->Cut();
    Run();
  }
}

class DeltaCanaryTest : public DeltaFleetTest {
 protected:
  void Start(int count) {
    Set(Row(EntityKind::kService, "a"));
    for (int n = 0; n < count; ++n) {
      all_.push_back(std::make_unique<ModelDataPlane>(Cat("n", n)));
      Connect(*all_.back());
    }
  }
  bool Has(int n, const Entity& entity) const {
    return all_[static_cast<size_t>(n)]->entities.contains(
        Cat(ArrayName(entity.kind), '|', entity.id.text()));
  }
  void Pass(absl::Duration time) {
    for (; time > absl::ZeroDuration(); time -= absl::Seconds(1)) {
      for (ModelDataPlane* plane : planes_) {
        if (plane->end->alive) plane->end->Ping("");
      }
      clock_.Advance(absl::Seconds(1));
      Run();
    }
  }
  // The first data plane loses the answer, so it hangs with what it was given.
  void GiveAndHang(const Entity& entity) {
    all_[0]->drop_next = false;
    all_[0]->broken = true;
    Set(entity);
  }
  std::vector<std::unique_ptr<ModelDataPlane>> all_;
  const Entity route_ = Row(EntityKind::kRoute, "r");
  const Entity target_ = Row(EntityKind::kTarget, "10.0.0.1:80");
};

TEST_F(DeltaCanaryTest, ARiskyChangeReachesTheOthersOnceOneHasIt) {
  Start(5);
  Set(route_);
  for (const auto& plane : all_) ExpectInSync(*plane);
}

TEST_F(DeltaCanaryTest, ACanaryThatDiesStopsTheChangeAndItsReturnReleasesIt) {
  Start(3);
  GiveAndHang(route_);
  all_[0]->end->Cut();
  Run();
  for (int n = 0; n < 3; ++n) EXPECT_FALSE(Has(n, route_)) << n;
  Pass(absl::Seconds(20));
  EXPECT_FALSE(Has(1, route_));
  EXPECT_FALSE(Has(2, route_));

  all_[0]->broken = false;
  fleet_->Add("10.0.0.1", all_[0]->Connect());
  all_[0]->Hello();
  Run();
  all_[0]->Pull();
  Run();
  for (const auto& plane : all_) ExpectInSync(*plane);
}

TEST_F(DeltaCanaryTest, ACanaryThatNeverTakesItStopsItAndAnotherChangeIsTriedOnAnother) {
  Start(3);
  GiveAndHang(route_);
  Pass(absl::Seconds(40));
  EXPECT_FALSE(Has(1, route_));
  source_.Erase(route_);
  Set(Row(EntityKind::kService, "b"));
  Pass(absl::Seconds(1));
  ExpectInSync(*all_[1]);
  ExpectInSync(*all_[2]);
}

TEST_F(DeltaCanaryTest, AStopDelaysForABoundedTime) {
  Start(3);
  GiveAndHang(route_);
  Pass(absl::Minutes(2));
  ExpectInSync(*all_[1]);
  ExpectInSync(*all_[2]);
}

TEST_F(DeltaCanaryTest, EndpointsGoToAllAtOnceThoughOneHangs) {
  Start(3);
  GiveAndHang(target_);
  EXPECT_TRUE(Has(1, target_));
  EXPECT_TRUE(Has(2, target_));
}

TEST_F(DeltaCanaryTest, WhoHasNothingIsServedWhileAChangeIsTried) {
  Start(3);
  GiveAndHang(route_);
  ModelDataPlane fresh("new");
  Connect(fresh);
  ExpectInSync(fresh);
  Pass(absl::Seconds(1));
  EXPECT_TRUE(Has(1, route_)) << "somebody has taken it";
}

TEST_F(DeltaCanaryTest, ADataPlaneAloneGetsWhatThereIs) {
  Start(1);
  Set(route_);
  ExpectInSync(*all_[0]);
}

}  // namespace
}  // namespace kong
