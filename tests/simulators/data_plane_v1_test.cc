#include "tools/simulators/data_plane_v1.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "io/gzip.h"
#include "tests/simulators/socket_pair.h"

namespace simulators {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

const std::string kZeros(32, '0');

std::string Hash(char c) { return std::string(32, c); }

Json Push(Json config, const std::string& hash, Json hashes = nullptr) {
  config["_format_version"] = "3.0";
  Json push = {{"type", "reconfigure"}, {"config_table", std::move(config)}};
  if (!hash.empty()) push["config_hash"] = hash;
  if (!hashes.is_null()) push["hashes"] = std::move(hashes);
  return push;
}

Json Sections(char services, char routes, char plugins, char upstreams, char targets) {
  return {{"services", Hash(services)},
          {"routes", Hash(routes)},
          {"plugins", Hash(plugins)},
          {"upstreams", Hash(upstreams)},
          {"targets", Hash(targets)}};
}

Json OneService(const std::string& name = "cart") {
  return {{"services", {{{"name", name}, {"host", "cart.example"}}}}};
}

class DataPlaneV1Test : public testing::Test {
 protected:
  DataPlaneV1Test() : control_(clock_), plane_(clock_, {}, control_.Dialer()) {
    plane_.Start();
    clock_.Advance(absl::Milliseconds(10));
  }

  void Send(const Json& push) { SendFrame(io::Gzip(DumpJson(push))); }
  void SendFrame(std::string frame) {
    control_.last().socket->Send(std::make_shared<const std::string>(std::move(frame)), true);
    clock_.Advance(absl::Milliseconds(10));
  }
  const std::string& LastPing() { return control_.last().pings.back(); }

  io::FakeClock clock_;
  ScriptedControlPlane control_;
  DataPlaneV1 plane_;
};

TEST_F(DataPlaneV1Test, SaysWhoItIsAndPingsWithNothing) {
  EXPECT_EQ(control_.last().target,
            "/v1/outlet?node_id=0d3dce28-2a0c-441a-9009-5fd065cc5a72&node_hostname=plane-0"
            "&node_version=3.9.3");
  EXPECT_EQ(control_.last().protocol, "");
  const Json info = *ParseJson(control_.last().heard.front());
  EXPECT_EQ(info["type"], "basic_info");
  EXPECT_EQ(info["plugins"][0]["version"], "3.9.3");
  EXPECT_EQ(info["process_conf"]["router_flavor"], "traditional_compatible");
  EXPECT_THAT(control_.last().pings, ElementsAre(kZeros));
  EXPECT_FALSE(plane_.ready());
}

TEST_F(DataPlaneV1Test, APayloadIsAcknowledgedByAPingWithinASecond) {
  Send(Push(OneService(), Hash('a')));
  EXPECT_EQ(plane_.configuration_hash(), Hash('a'));
  EXPECT_EQ(plane_.entities().at("services").size(), 1U);
  clock_.Advance(absl::Seconds(1));
  EXPECT_EQ(LastPing(), Hash('a'));
  const size_t pings = control_.last().pings.size();
  clock_.Advance(absl::Seconds(29));
  EXPECT_EQ(control_.last().pings.size(), pings);
  clock_.Advance(absl::Seconds(3));
  EXPECT_EQ(control_.last().pings.size(), pings + 1);
}

TEST_F(DataPlaneV1Test, AnEqualHashIsNoLoadButAnswered) {
  Send(Push(OneService(), Hash('a')));
  clock_.Advance(absl::Seconds(2));
  const size_t pings = control_.last().pings.size();
  Send(Push(OneService("other"), Hash('a')));
  clock_.Advance(absl::Seconds(1));
  EXPECT_EQ(plane_.applied(), 1U);
  EXPECT_EQ(control_.last().pings.size(), pings + 1);
}

TEST_F(DataPlaneV1Test, WhatIsRefusedIsAnsweredBySilence) {
  Send(Push(OneService(), Hash('a')));
  clock_.Advance(absl::Seconds(2));
  const size_t pings = control_.last().pings.size();
  const std::string good = io::Gzip(DumpJson(Push(OneService(), Hash('b'))));
  const std::pair<const char*, std::string> cases[] = {
      {"a service without a host",
       io::Gzip(DumpJson(Push({{"services", {{{"name", "cart"}}}}}, Hash('b'))))},
      {"a reference into nothing",
       io::Gzip(
           DumpJson(Push({{"routes", {{{"paths", {"/a"}}, {"service", "none"}}}}}, Hash('b'))))},
      {"an unknown section", io::Gzip(DumpJson(Push({{"_info", {{"x", 1}}}}, Hash('b'))))},
      {"not compressed", DumpJson(Push(OneService(), Hash('b')))},
      {"cut", good.substr(0, good.size() / 2)},
      {"not JSON", io::Gzip("services: []")},
      {"another type", io::Gzip(R"({"type":"hello"})")},
  };
  uint64_t refused = 0;
  for (const auto& [name, frame] : cases) {
    SendFrame(frame);
    EXPECT_EQ(plane_.refused(), ++refused) << name;
    EXPECT_EQ(plane_.configuration_hash(), Hash('a')) << name;
  }
  clock_.Advance(absl::Seconds(2));
  EXPECT_EQ(control_.last().pings.size(), pings);
  clock_.Advance(absl::Seconds(30));
  EXPECT_EQ(LastPing(), Hash('a')) << "the periodic ping still has the old hash";
}

TEST_F(DataPlaneV1Test, AnEmptyConfigurationIsNeverReady) {
  Send(Push(Json::object(), Hash('a')));
  EXPECT_EQ(plane_.configuration_hash(), kZeros);
  EXPECT_FALSE(plane_.ready());
}

TEST_F(DataPlaneV1Test, SectionHashesDecideWhatIsRebuilt) {
  Send(Push(OneService(), Hash('a'), Sections('1', '1', '1', '1', '1')));
  const DataPlaneRebuilds first = plane_.rebuilds();
  EXPECT_EQ(first.router, 1U);
  struct Case {
    const char* name;
    Json sections;
    uint64_t router, plugins, balancer;
  };
  const Case cases[] = {
      {"a target", Sections('1', '1', '1', '1', '2'), 0, 0, 1},
      {"a plugin", Sections('1', '1', '2', '1', '2'), 0, 1, 0},
      {"a service", Sections('2', '1', '2', '1', '2'), 1, 0, 0},
      {"nothing of these", Sections('2', '1', '2', '1', '2'), 0, 0, 0},
      {"no routes: always", Sections('2', '0', '2', '1', '2'), 1, 0, 0},
      {"no hashes: everything", nullptr, 1, 1, 1},
  };
  char hash = 'b';
  for (const Case& c : cases) {
    const DataPlaneRebuilds before = plane_.rebuilds();
    Send(Push(OneService(), Hash(hash++), c.sections));
    EXPECT_EQ(plane_.rebuilds().router - before.router, c.router) << c.name;
    EXPECT_EQ(plane_.rebuilds().plugins - before.plugins, c.plugins) << c.name;
    EXPECT_EQ(plane_.rebuilds().balancer - before.balancer, c.balancer) << c.name;
  }
}

TEST_F(DataPlaneV1Test, OfWhatArrivesDuringAnApplyOnlyTheLatestIsKept) {
  plane_.SetApplyTime(absl::Seconds(3));
  for (const char c : {'a', 'b', 'c'}) Send(Push(OneService(), Hash(c)));
  clock_.Advance(absl::Seconds(10));
  EXPECT_EQ(plane_.pushes(), 3U);
  EXPECT_EQ(plane_.applied(), 2U);
  EXPECT_EQ(plane_.configuration_hash(), Hash('c'));
}

TEST_F(DataPlaneV1Test, ALostLinkOpensAgainWithWhatItHas) {
  Send(Push(OneService(), Hash('a')));
  plane_.Drop();
  clock_.Advance(absl::Milliseconds(4'900));
  EXPECT_FALSE(plane_.up());
  clock_.Advance(absl::Milliseconds(5'200));
  EXPECT_EQ(control_.links(), 2U);
  EXPECT_THAT(control_.last().pings.front(), Hash('a'));
  plane_.Restart(/*keep=*/true);
  clock_.Advance(absl::Milliseconds(10));
  EXPECT_THAT(control_.last().pings.front(), Hash('a'));
  plane_.Restart(/*keep=*/false);
  clock_.Advance(absl::Milliseconds(10));
  EXPECT_THAT(control_.last().pings.front(), kZeros);
}

TEST_F(DataPlaneV1Test, RefusedDialsAreTriedAgain) {
  control_.Refuse(true);
  plane_.Drop();
  clock_.Advance(absl::Minutes(1));
  EXPECT_EQ(control_.links(), 1U);
  control_.Refuse(false);
  clock_.Advance(absl::Seconds(11));
  EXPECT_TRUE(plane_.up());
}

TEST_F(DataPlaneV1Test, FullDisksAndMutePlanesAreHadOnRequest) {
  plane_.RefusePayloads(1);
  Send(Push(OneService(), Hash('a')));
  EXPECT_EQ(plane_.configuration_hash(), kZeros);
  plane_.Mute(true);
  const size_t pings = control_.last().pings.size();
  Send(Push(OneService(), Hash('b')));
  clock_.Advance(absl::Seconds(5));
  EXPECT_EQ(plane_.configuration_hash(), Hash('b'));
  EXPECT_EQ(control_.last().pings.size(), pings);
}

TEST(DataPlaneJudgeTest, AFleetSharesOneJudgement) {
  io::FakeClock clock;
  ScriptedControlPlane control(clock);
  const auto judge =
      std::make_shared<DataPlaneJudge>(SharedFacts(RouterFlavor::kTraditionalCompatible));
  std::vector<std::unique_ptr<DataPlaneV1>> planes;
  for (int i = 0; i < 20; ++i) {
    DataPlaneV1Options options;
    options.judge = judge;
    planes.push_back(std::make_unique<DataPlaneV1>(clock, options, control.Dialer()));
    planes.back()->Start();
  }
  clock.Advance(absl::Milliseconds(10));
  const auto frame =
      std::make_shared<const std::string>(io::Gzip(DumpJson(Push(OneService(), Hash('a')))));
  for (size_t i = 0; i < planes.size(); ++i) control.link(i).socket->Send(frame, true);
  clock.Advance(absl::Milliseconds(10));
  EXPECT_EQ(judge->judged(), 1U);
  for (const auto& plane : planes) EXPECT_EQ(plane->configuration_hash(), Hash('a'));
}

}  // namespace
}  // namespace simulators
