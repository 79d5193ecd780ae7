#include "kong/hybrid/control_plane.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "io/log.h"
#include "tests/kong/hybrid/fake_source.h"
#include "tests/kong/hybrid/model_data_plane.h"

namespace kong {
namespace {

using testing::HasSubstr;

struct Verdict {
  int refused = 0;
  std::optional<std::string> protocol;  // If it was accepted.
};

class FakeAcceptor final : public io::WebSocketAcceptor {
 public:
  FakeAcceptor(Verdict& verdict, ModelDataPlane& plane) : verdict_(verdict), plane_(plane) {}
  void Accept(
      std::string protocol,
      absl::AnyInvocable<void(absl::StatusOr<std::unique_ptr<io::WebSocket>>)> then) override {
    verdict_.protocol = std::move(protocol);
    then(plane_.Connect());
  }
  void Refuse(int status, std::string) override { verdict_.refused = status; }

 private:
  Verdict& verdict_;
  ModelDataPlane& plane_;
};

class NoPayloads final : public PayloadSource {
 public:
  void Build(Needs, absl::AnyInvocable<void(std::shared_ptr<const Payload>)>) override {}
};

class ControlPlaneTest : public testing::Test {
 protected:
  ControlPlaneTest() { io::SetLog(io::LogLevel::kError, io::LogFormat::kText); }
  Verdict Ask(std::string path, std::string query = "", std::string protocol = "kong.meta.v1") {
    io::WebSocketRequest request;
    request.path = std::move(path);
    request.query = std::move(query);
    request.peer = "10.0.0.7:4711";
    if (!protocol.empty()) request.headers.Add("Sec-WebSocket-Protocol", protocol);
    Verdict verdict;
    control_plane_.Accept(request, std::make_unique<FakeAcceptor>(verdict, plane_));
    return verdict;
  }
  void Run() {
    do {
      clock_.Advance(absl::Milliseconds(1));
    } while (plane_.Read());
  }

  io::FakeClock clock_;
  FakePatches patches_{clock_};
  NoPayloads payloads_;
  FakeSchemas schemas_;
  size_t left_ = 0;
  ModelDataPlane plane_{"n1"};
  ControlPlane control_plane_{clock_,
                              {payloads_, patches_, schemas_},
                              false,
                              {.acknowledged = [](const DataPlane&, engine::Version) {},
                               .left = [this](const DataPlane&) { ++left_; },
                               .refused = [](std::vector<RefusedEntity>) {}}};
};

TEST_F(ControlPlaneTest, LetsNobodyInBeforeTheFirstVersion) {
  EXPECT_EQ(Ask("/v2/outlet").refused, 503);
  control_plane_.Published(1);
  EXPECT_EQ(Ask("/v2/outlet").protocol, "kong.meta.v1");
}

TEST_F(ControlPlaneTest, KnowsItsTwoDoors) {
  control_plane_.Published(1);
  EXPECT_EQ(Ask("/v3/outlet").refused, 404);
  EXPECT_EQ(Ask("/v2/outlet", "", "").refused, 400);
  EXPECT_EQ(Ask("/v1/outlet").refused, 400);
  EXPECT_EQ(Ask("/v1/outlet", "node_id=a&node_version=x").refused, 400);
  EXPECT_EQ(Ask("/v1/outlet", "node_id=a&node_hostname=h&node_version=3.9.3").protocol, "");
}

TEST_F(ControlPlaneTest, AFollowerClosesWhatIsOpenAndLetsNobodyIn) {
  patches_.Set(Row(EntityKind::kService, "a"));
  control_plane_.Published(patches_.version);
  Ask("/v2/outlet");
  plane_.Hello();
  Run();
  plane_.Pull();
  Run();
  const DataPlane& shown = control_plane_.data_planes().all().at("n1");
  EXPECT_TRUE(control_plane_.InSync(shown));
  EXPECT_EQ(shown.address, "10.0.0.7");
  EXPECT_THAT(DescribeDataPlanes(control_plane_.data_planes()),
              HasSubstr(R"("rpc_capabilities":["kong.sync.v2"],"sync_status":"normal")"));
  control_plane_.Lead(false);
  EXPECT_EQ(plane_.end->closed, 1001);
  EXPECT_EQ(left_, 1u);
  EXPECT_FALSE(control_plane_.InSync(shown));
  EXPECT_EQ(Ask("/v2/outlet").refused, 503);
}

}  // namespace
}  // namespace kong
