// A data plane against the whole program: a simulated cluster, the flags of `run`, a socket with
// mutual TLS, and a model of Kong's incremental sync at its other end.
#include <memory>

#include "engine/text.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/kdelta/data_plane_fixture.h"
#include "tests/kong/hybrid/model_data_plane.h"

namespace kdelta {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

class DataPlaneTest : public DataPlaneFixture {
 protected:
  // Opens a socket; null if it is refused.
  std::unique_ptr<io::WebSocket> Open(const io::Identity& identity) {
    io::WebSocketConnectOptions options = To(identity);
    options.target = "/v2/outlet";
    options.protocol = "kong.meta.v1";
    std::unique_ptr<io::WebSocket> socket;
    bool done = false;
    auto attempt = io::ConnectWebSocket(loop_, std::move(options),
                                        [&](absl::StatusOr<std::unique_ptr<io::WebSocket>> opened) {
                                          done = true;
                                          if (opened.ok()) socket = *std::move(opened);
                                        });
    RunUntil([&] { return done; });
    return socket;
  }
  // Puts the model at the end of a real socket.
  void Attach(kong::ModelDataPlane& plane, io::WebSocket& socket, bool& cut) {
    plane.Connect();  // Its memory half is thrown away.
    plane.end->alive = true;
    plane.end->events.message = [&socket](std::string_view message, bool) {
      socket.Send(std::make_shared<const std::string>(message), true);
    };
    socket.Listen({.message =
                       [&plane](std::string_view message, bool) {
                         plane.end->sent.emplace_back(message);
                         plane.Read();
                       },
                   .ping = [](std::string_view) {},
                   .pong = [](std::string_view) {},
                   .closed = [&cut](absl::Status) { cut = true; }});
  }
  size_t Count(const kong::ModelDataPlane& plane, const std::string& type) const {
    size_t count = 0;
    for (const auto& [key, entity] : plane.entities) count += key.starts_with(type + "|") ? 1 : 0;
    return count;
  }
  bool InSync() {
    const auto* control_plane = controller_->control_plane();
    for (const auto& [id, each] : control_plane->data_planes().all()) {
      if (control_plane->InSync(each)) return true;
    }
    return false;
  }
};

TEST_F(DataPlaneTest, GetsEverythingAndThenOnlyWhatChanges) {
  EXPECT_EQ(Open(own_), nullptr) << "there is nothing yet";
  StartController();
  std::unique_ptr<io::WebSocket> socket = Open(own_);
  ASSERT_NE(socket, nullptr);
  kong::ModelDataPlane plane("n1");
  bool cut = false;
  Attach(plane, *socket, cut);
  plane.Hello();
  RunUntil([&] { return plane.greeted; });
  plane.Pull();
  RunUntil([&] { return InSync(); });
  EXPECT_EQ(plane.wipes, 1u);
  EXPECT_EQ(Count(plane, "routes"), 12u);
  EXPECT_EQ(Count(plane, "services"), 12u);
  EXPECT_EQ(Count(plane, "targets"), 24u);
  EXPECT_EQ(Count(plane, "workspaces"), 1u);
  EXPECT_THAT(controller_->NotReady(), IsEmpty());
  EXPECT_THAT(controller_->Troubles(), IsEmpty());

  plane.bytes = 0;
  RemoveAnEndpoint();
  RunUntil([&] { return Count(plane, "targets") < 24 && InSync(); });
  EXPECT_EQ(plane.wipes, 1u);
  EXPECT_LE(plane.bytes, 1000u);
  EXPECT_FALSE(cut);
}

TEST_F(DataPlaneTest, FlagsThatLackSomethingSayWhat) {
  absl::StatusOr<Flags> no_flavour = ParseFlags({{"cluster-listen", "127.0.0.1:0"}});
  ASSERT_TRUE(no_flavour.ok());
  EXPECT_THAT(std::string(CheckDataPlaneFlags(*no_flavour).message()),
              HasSubstr("--router-flavor"));
  EXPECT_THAT(std::string(DataPlaneTlsOf(*no_flavour).status().message()),
              HasSubstr("--cluster-cert"));
  absl::StatusOr<Flags> pki = ParseFlags({{"cluster-listen", "127.0.0.1:0"},
                                          {"cluster-mtls", "pki"},
                                          {"cluster-cert", own_.certificate_pem},
                                          {"cluster-cert-key", own_.key_pem}});
  ASSERT_TRUE(pki.ok());
  EXPECT_THAT(std::string(DataPlaneTlsOf(*pki).status().message()), HasSubstr("--cluster-ca-cert"));
}

}  // namespace
}  // namespace kdelta
