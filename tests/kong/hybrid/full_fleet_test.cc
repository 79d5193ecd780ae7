#include "kong/hybrid/full_fleet.h"

#include "engine/text.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "io/gzip.h"
#include "io/log.h"
#include "kong/json_tree.h"
#include "tests/io/fake_network.h"
#include "tests/kong/hybrid/fake_socket.h"
#include "tests/kong/small_payload.h"

namespace kong {
namespace {

using engine::Cat;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr std::string_view kBasic = R"({"type":"basic_info","filters":{},"labels":{"region":"eu"},)"
                                    R"("plugins":[{"name":"key-auth","version":"3.9.3"}],)"
                                    R"("process_conf":{"router_flavor":"traditional_compatible"}})";

class FakePayloads final : public PayloadSource {
 public:
  explicit FakePayloads(io::FakeClock& clock) : clock_(clock) {}
  void Build(Needs offers, absl::AnyInvocable<void(std::shared_ptr<const Payload>)> then) override {
    clock_.Post([this, offers, then = std::move(then)]() mutable { then(Make(offers)); });
  }
  std::shared_ptr<const Payload> Make(Needs offers) const {
    SmallPayload payload;
    for (const auto& [name, members] : services)
      payload.Add(EntityKind::kService, name, Cat("Service/", name), members);
    for (const auto& [name, members] : targets)
      payload.Add(EntityKind::kTarget, name, Cat("Service/", name), members);
    for (const std::string& name : plugins)
      payload.Add(EntityKind::kPlugin, name, Cat("KongPlugin/", name), "\"config\":{}");
    return payload.Make(version, offers);
  }
  std::map<std::string, std::string> services, targets;
  std::vector<std::string> plugins;
  engine::Version version = 10;

 private:
  io::FakeClock& clock_;
};

class FullFleetTest : public testing::Test {
 protected:
  FullFleetTest() {
    io::SetLog(io::LogLevel::kError, io::LogFormat::kText);
    source_.services["a"] = "\"port\":80";
    fleet_ = std::make_unique<FullFleet>(
        FullFleet::Parts{.clock = clock_,
                         .source = source_,
                         .table = table_,
                         .expressions = false,
                         .refused = [this](std::vector<RefusedEntity> rows) { rows_ = rows; }});
    fleet_->Published(source_.version);
  }
  std::shared_ptr<SocketEnd> Connect(const std::string& node, std::string_view basic = kBasic) {
    auto end = std::make_shared<SocketEnd>();
    FullFleet::Caller caller{
        .address = "10.0.0.1", .node_id = node, .hostname = "host", .identity = {}};
    EXPECT_TRUE(ReadGatewayVersion("3.9.3", caller.identity));
    fleet_->Add(std::move(caller), std::make_unique<FakeSocket>(end));
    end->Say(basic);
    end->Ping(kZeroHash);
    Run();
    return end;
  }
  void Publish() {
    fleet_->Published(++source_.version);
    Run();
  }
  void Run(absl::Duration by = absl::Milliseconds(1)) { clock_.Advance(by); }
  Json Read(const std::string& frame) {
    absl::StatusOr<std::string> text = io::Gunzip(frame, 1 << 20);
    EXPECT_TRUE(text.ok());
    std::optional<Json> tree = ParseJson(*text);
    EXPECT_TRUE(tree) << *text;
    return *tree;
  }
  Json Take(SocketEnd& end) {
    EXPECT_THAT(end.sent, SizeIs(1));
    return end.sent.empty() ? Json() : Read(end.Take()[0]);
  }

  io::FakeClock clock_;
  FakePayloads source_{clock_};
  std::map<std::string, engine::Version> acknowledged_;
  DataPlaneTable table_{[this](const DataPlane& plane, engine::Version version) {
    acknowledged_[plane.node_id] = version;
  }};
  std::vector<RefusedEntity> rows_;
  std::unique_ptr<FullFleet> fleet_;
};

TEST_F(FullFleetTest, ADataPlaneGetsEverythingAndAcknowledgesByItsPing) {
  auto end = Connect("n1");
  Json message = Take(*end);
  EXPECT_EQ(message["type"], "reconfigure");
  EXPECT_EQ(message["config_hash"], source_.Make(0)->hash);
  EXPECT_EQ(message["config_table"]["_format_version"], "3.0");
  EXPECT_THAT(message["config_table"]["services"], SizeIs(1));
  for (const char* member : {"config", "services", "routes", "plugins", "upstreams", "targets"}) {
    EXPECT_THAT(message["hashes"][member].get<std::string>(), SizeIs(32)) << member;
  }
  EXPECT_THAT(acknowledged_, IsEmpty());
  end->Ping(source_.Make(0)->hash);
  EXPECT_EQ(acknowledged_["n1"], source_.version);
  EXPECT_THAT(end->pongs, SizeIs(2));
  EXPECT_EQ(table_.all().at("n1").labels.at("region"), "eu");
  EXPECT_THAT(DescribeDataPlanes(table_), HasSubstr(R"("sync_status":"normal")"));
}

TEST_F(FullFleetTest, AChangeOfEndpointsChangesOnlyTheirHash) {
  auto end = Connect("n1");
  Json before = Take(*end)["hashes"];
  end->Ping(source_.Make(0)->hash);
  source_.targets["t"] = "\"weight\":1";
  Publish();
  Json after = Take(*end)["hashes"];
  EXPECT_EQ(before["services"], after["services"]);
  EXPECT_EQ(before["routes"], after["routes"]);
  EXPECT_EQ(before["plugins"], after["plugins"]);
  EXPECT_NE(before["targets"], after["targets"]);
  EXPECT_NE(before["config"], after["config"]);
}

TEST_F(FullFleetTest, AHundredDataPlanesShareOneFrame) {
  std::vector<std::shared_ptr<SocketEnd>> ends;
  for (int n = 0; n < 100; ++n) ends.push_back(Connect(Cat("n", n)));
  EXPECT_EQ(fleet_->costs().encodings, 1u);
  EXPECT_EQ(fleet_->costs().messages, 100u);
}

TEST_F(FullFleetTest, WhoHasItAlreadyIsSentNothing) {
  auto end = std::make_shared<SocketEnd>();
  FullFleet::Caller caller{
      .address = "10.0.0.1", .node_id = "n1", .hostname = "host", .identity = {}};
  EXPECT_TRUE(ReadGatewayVersion("3.9.3", caller.identity));
  fleet_->Add(std::move(caller), std::make_unique<FakeSocket>(end));
  end->Say(kBasic);
  end->Ping(source_.Make(0)->hash);
  Run();
  EXPECT_THAT(end->sent, IsEmpty());
  EXPECT_EQ(acknowledged_["n1"], source_.version);
}

TEST_F(FullFleetTest, NothingMoreIsSentBeforeTheFirstIsApplied) {
  auto end = Connect("n1");
  const std::string first = source_.Make(0)->hash;
  source_.services["b"] = "\"port\":80";
  Publish();
  source_.services["c"] = "\"port\":80";
  Publish();
  EXPECT_THAT(end->Take(), SizeIs(1));
  end->Ping(first);
  EXPECT_THAT(Take(*end)["config_table"]["services"], SizeIs(3));
}

TEST_F(FullFleetTest, ARefusalIsFoundOutAndTheNextChangeIsOffered) {
  auto end = Connect("n1");
  end->Take();
  for (int n = 0; n < 3; ++n) {
    Run(absl::Seconds(30));
    end->Ping(kZeroHash);
  }
  EXPECT_EQ(table_.all().at("n1").status, SyncStatus::kRejected);
  EXPECT_THAT(end->sent, IsEmpty()) << "the same again";
  source_.services["a"] = "\"port\":81";
  Publish();
  EXPECT_THAT(end->Take(), SizeIs(1));
  end->Ping(source_.Make(0)->hash);
  EXPECT_EQ(table_.all().at("n1").status, SyncStatus::kNormal);
}

TEST_F(FullFleetTest, AnErrorThatNamesEntitiesPutsThemApart) {
  auto end = Connect("n1");
  end->Say(Cat(R"({"type":"error","error":{"code":14,"message":"declarative config is invalid",)",
               R"("config_hash":")", source_.Make(0)->hash,
               R"(","fields":{},"flattened_errors":[{"entity_type":"service","entity_name":"a",)",
               R"("errors":[{"field":"port","message":"bad","type":"field"}]}]}})"));
  ASSERT_THAT(rows_, SizeIs(1));
  EXPECT_EQ(rows_[0].object.name.text(), "a");
  EXPECT_EQ(table_.all().at("n1").status, SyncStatus::kRejected);
}

TEST_F(FullFleetTest, APluginThatADataPlaneHasNotHoldsItsPushBack) {
  source_.plugins = {"my-plugin"};
  Publish();
  auto end = Connect("n1");
  EXPECT_THAT(end->sent, IsEmpty());
  EXPECT_EQ(table_.all().at("n1").status, SyncStatus::kPluginSetIncompatible);
  EXPECT_THAT(table_.all().at("n1").trouble, HasSubstr("my-plugin"));
  source_.plugins = {"key-auth"};
  Publish();
  EXPECT_THAT(end->sent, SizeIs(1));
}

TEST_F(FullFleetTest, StrangersAreClosed) {
  for (std::string_view bad : {"", "[]", "{\"type\":\"hello\"}", "{\"type\":\"basic_info\"}",
                               "{\"type\":\"basic_info\",\"plugins\":[]}"}) {
    auto end = Connect("x", bad);
    EXPECT_TRUE(end->closed) << bad;
    EXPECT_THAT(end->sent, IsEmpty());
  }
  EXPECT_EQ(fleet_->sockets(), 0u);
}

}  // namespace
}  // namespace kong
