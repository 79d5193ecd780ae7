#include "k8s/lease_election.h"

#include <optional>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace k8s {
namespace {

using Ask = LeaseElection::Ask;
using ::testing::HasSubstr;

constexpr absl::Duration kStart = absl::Hours(1);

LeaseSpec HeldBy(std::string holder, int transitions = 0, std::string renewed = "then") {
  return {.holder = std::move(holder),
          .duration_s = 15,
          .acquired = "before",
          .renewed = std::move(renewed),
          .transitions = transitions};
}

// What the API server has, and an election over it whose every step a test sees.
class World {
 public:
  explicit World(std::string identity = "me") : election(std::move(identity), {}, 1) {}

  LeaseElection::Do Next() const { return election.Next(uptime, absl::UnixEpoch() + uptime); }
  // Does what is next, as a server without faults would; what it was.
  Ask Step() {
    const LeaseElection::Do next = Next();
    if (next.ask == Ask::kNothing) {
      uptime = next.at;
      return next.ask;
    }
    election.Asked(uptime);
    uptime += latency;
    if (next.ask == Ask::kRead) {
      lease ? election.OnRead(*lease, uptime) : election.OnAbsent(uptime);
    } else if (next.ask == Ask::kUpdate &&
               (!lease || lease->resource_version != next.resource_version)) {
      election.OnConflict(uptime);
    } else if (next.ask == Ask::kCreate && lease) {
      election.OnConflict(uptime);
    } else {
      Put(next.write);
      election.OnWritten(*lease, uptime);
    }
    return next.ask;
  }
  void RunFor(absl::Duration d) {
    const absl::Duration until = uptime + d;
    while (Next().ask != Ask::kNothing || Next().at <= until) Step();
    uptime = until;
  }
  void Put(LeaseSpec spec) { lease = Lease{std::move(spec), std::to_string(++version)}; }
  bool Leads() const { return election.Leads(uptime); }

  LeaseElection election;
  absl::Duration uptime = kStart;
  absl::Duration latency = absl::Milliseconds(10);
  std::optional<Lease> lease;
  int version = 0;
};

// The cases of client-go's TestTryAcquireOrRenew, under their names.
struct AcquireCase {
  std::string name;
  std::optional<LeaseSpec> there;
  absl::Duration observed_for;  // Since when it has said this, as we saw it.
  bool leads;
  std::string holder;
  int64_t transitions;
};

TEST(LeaseElectionTest, TriesToAcquireOrRenewAsClientGoDoes) {
  const std::vector<AcquireCase> cases = {
      {"acquire from no object", std::nullopt, {}, true, "me", 0},
      {"acquire from object without annotations", LeaseSpec{}, {}, true, "me", 1},
      {"acquire from unled object", HeldBy("", 3), {}, true, "me", 4},
      {"acquire from led, unacked object", HeldBy("bing", 3), absl::Seconds(15), true, "me", 4},
      {"acquire from empty led, acked object", HeldBy("", 1), absl::Seconds(1), true, "me", 2},
      {"don't acquire from led, acked object", HeldBy("bing", 3), absl::Seconds(14), false, "bing",
       3},
      {"renew already acquired object", HeldBy("me", 5), {}, true, "me", 5},
  };
  for (const AcquireCase& each : cases) {
    World world;
    world.latency = {};
    if (each.there) world.Put(*each.there);
    world.Step();
    world.RunFor(each.observed_for);
    world.RunFor({});
    EXPECT_EQ(world.Leads(), each.leads) << each.name;
    EXPECT_EQ(world.lease->spec.holder, each.holder) << each.name;
    EXPECT_EQ(world.lease->spec.transitions, each.transitions) << each.name;
  }
}

TEST(LeaseElectionTest, WritesWhoAndWhenForPeople) {
  World world;
  world.RunFor(absl::Milliseconds(50));
  EXPECT_EQ(world.lease->spec.duration_s, 15);
  EXPECT_EQ(world.lease->spec.acquired, "1970-01-01T01:00:00.010000Z");
  EXPECT_EQ(world.lease->spec.renewed, world.lease->spec.acquired);
  world.RunFor(absl::Seconds(2));
  EXPECT_EQ(world.lease->spec.acquired, "1970-01-01T01:00:00.010000Z");
  EXPECT_NE(world.lease->spec.renewed, world.lease->spec.acquired);
}

TEST(LeaseElectionTest, RenewsEveryTwoSecondsInOneRequest) {
  World world;
  world.RunFor(absl::Milliseconds(50));
  const int before = world.version;
  world.RunFor(absl::Minutes(1));
  EXPECT_EQ(world.version - before, 30);
  EXPECT_TRUE(world.Leads());
}

TEST(LeaseElectionTest, BelievesNoClockButItsOwn) {
  // The holder's clock is a year ahead, or behind; what counts is that its text changes.
  for (const char* year : {"2020-01-01T00:00:00.000000Z", "2099-01-01T00:00:00.000000Z"}) {
    World world;
    for (int i = 0; i < 20; ++i) {
      world.Put(HeldBy("other", 1, std::string(year) + std::to_string(i)));
      world.RunFor(absl::Seconds(10));
      EXPECT_FALSE(world.Leads());
    }
    world.RunFor(absl::Seconds(16));
    EXPECT_TRUE(world.Leads()) << "there was no sign of life";
  }
}

TEST(LeaseElectionTest, WaitsAWholeDurationFromWhenItFirstLooked) {
  World world;
  world.Put(HeldBy("other"));
  world.RunFor(absl::Milliseconds(14'900));
  EXPECT_FALSE(world.Leads());
  world.RunFor(absl::Milliseconds(200));
  EXPECT_TRUE(world.Leads()) << "and wakes for its end";
}

TEST(LeaseElectionTest, WaitsAsLongAsTheHolderClaimed) {
  for (const auto& [claimed_s, leads] : {std::pair(-5, true), {0, true}, {60, false}}) {
    World world;
    LeaseSpec spec = HeldBy("other");
    spec.duration_s = claimed_s;
    world.Put(spec);
    world.RunFor(absl::Seconds(20));
    EXPECT_EQ(world.Leads(), leads) << claimed_s;
  }
}

TEST(LeaseElectionTest, LeadsUntilTenSecondsAfterTheLastRenewalWasSent) {
  World world;
  world.RunFor(absl::Milliseconds(50));
  world.RunFor(absl::Seconds(3));
  const absl::Duration sent = kStart + absl::Milliseconds(10) + absl::Seconds(2);
  EXPECT_EQ(world.election.leads_until(), sent + absl::Seconds(10));
  while (world.uptime < sent + absl::Seconds(10)) {
    EXPECT_TRUE(world.Leads());
    const LeaseElection::Do next = world.Next();
    if (next.ask == Ask::kNothing) {
      world.uptime = next.at;
    } else {
      world.election.Asked(world.uptime);
      world.uptime += absl::Seconds(5);
      world.election.OnFailure(world.uptime);
    }
  }
  EXPECT_FALSE(world.Leads());
  world.RunFor(absl::Seconds(5));
  EXPECT_TRUE(world.Leads()) << "it is a candidate again, and nobody else took it";
}

TEST(LeaseElectionTest, AnAnswerThatComesTooLateMakesNoLeader) {
  World world;
  world.latency = absl::Seconds(11);
  world.Step();
  world.Step();
  EXPECT_EQ(world.lease->spec.holder, "me");
  EXPECT_FALSE(world.Leads());
}

TEST(LeaseElectionTest, AWriteWithoutAnAnswerIsReadBeforeTheNext) {
  World world;
  world.RunFor(absl::Milliseconds(50));
  world.uptime = world.Next().at;
  const LeaseElection::Do renewal = world.Next();
  ASSERT_EQ(renewal.ask, Ask::kUpdate);
  world.election.Asked(world.uptime);
  world.Put(renewal.write);  // It happened, but the answer is lost.
  world.uptime += absl::Seconds(5);
  world.election.OnFailure(world.uptime);
  EXPECT_EQ(world.Step(), Ask::kRead);
  EXPECT_EQ(world.Step(), Ask::kUpdate);
  EXPECT_TRUE(world.Leads());
}

TEST(LeaseElectionTest, LeadsNoMoreWhenItReadsThatAnotherHoldsIt) {
  World world;
  world.RunFor(absl::Milliseconds(50));
  world.Put(HeldBy("thief", 1));
  world.RunFor(absl::Seconds(3));
  EXPECT_FALSE(world.Leads());
  EXPECT_EQ(world.election.holder(), "thief");
}

TEST(LeaseElectionTest, TakesWhatWasDeletedUnderIt) {
  World world;
  world.RunFor(absl::Milliseconds(50));
  world.lease.reset();
  world.RunFor(absl::Seconds(3));
  EXPECT_TRUE(world.Leads());
  EXPECT_EQ(world.lease->spec.holder, "me");
}

TEST(LeaseElectionTest, GivesItBackWhenItEnds) {
  World world;
  world.RunFor(absl::Milliseconds(50));
  world.election.Release(world.uptime);
  EXPECT_FALSE(world.Leads());
  EXPECT_EQ(world.Step(), Ask::kUpdate);
  EXPECT_TRUE(world.election.released());
  EXPECT_EQ(world.lease->spec.holder, "");
  EXPECT_EQ(world.lease->spec.duration_s, 1);
  EXPECT_EQ(world.Next().at, absl::InfiniteDuration());
}

TEST(LeaseElectionTest, GivesBackWhatADroppedWriteMayHaveWon) {
  World world;
  world.Step();
  const LeaseElection::Do creation = world.Next();
  ASSERT_EQ(creation.ask, Ask::kCreate);
  world.election.Asked(world.uptime);
  world.Put(creation.write);
  world.election.Release(world.uptime);
  world.RunFor(absl::Seconds(1));
  EXPECT_EQ(world.lease->spec.holder, "");
  EXPECT_TRUE(world.election.released());
}

TEST(LeaseElectionTest, LeavesAnothersLeaseAloneWhenItEnds) {
  World world;
  world.Put(HeldBy("other"));
  world.Step();
  world.election.Release(world.uptime);
  EXPECT_TRUE(world.election.released());
  EXPECT_EQ(world.lease->spec.holder, "other");
}

TEST(LeaseTest, ReadsWhatItWritesAndNothingThatIsNone) {
  const LeaseSpec spec = HeldBy("a \"quoted\" name", 7);
  std::string patch = LeasePatchText(spec, "12");
  auto lease = ParseLease(patch);
  ASSERT_TRUE(lease.ok()) << lease.status();
  EXPECT_EQ(lease->spec, spec);
  EXPECT_EQ(lease->resource_version, "12");
  EXPECT_THAT(NewLeaseText({engine::Symbol("kong"), engine::Symbol("id")}, spec),
              HasSubstr(R"("metadata":{"name":"id","namespace":"kong"})"));
  for (const char* bad :
       {"", "[]", "{}", R"({"metadata":{}})", R"({"metadata":{"resourceVersion":"1"},"spec":[]})",
        R"({"metadata":{"resourceVersion":"1"},"spec":{"leaseDurationSeconds":"x"}})", "\0",
        R"({"metadata":{"resourceVersion":"1"},"spec":{"holderIdentity":")"}) {
    EXPECT_FALSE(ParseLease(bad).ok()) << bad;
  }
  EXPECT_TRUE(ParseLease(R"({"metadata":{"resourceVersion":"1"},"spec":{"renewTime":null}})").ok());
}

}  // namespace
}  // namespace k8s
