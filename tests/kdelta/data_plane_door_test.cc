// Who is let in by the port for data planes, and what those who are let in can do with bad frames:
// end their own socket, and nothing else.
#include <chrono>
#include <csignal>
#include <future>
#include <memory>
#include <string>
#include <vector>

#include "engine/text.h"
#include "gtest/gtest.h"
#include "io/gzip.h"
#include "io/snappy.h"
#include "tests/kdelta/data_plane_fixture.h"
#include "tests/kdelta/tls_visitor.h"
#include "tools/simulators/data_plane_v1.h"
#include "tools/simulators/data_plane_v2.h"

namespace kdelta {
namespace {

using engine::Cat;

// More than a handshake, a hello's answer and a close frame; less than any configuration.
constexpr size_t kNothingOfTheShop = 700;

std::string Upgrade(std::string_view target, std::string_view more = "") {
  return Cat("GET ", target,
             " HTTP/1.1\r\nHost: kdelta\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
             "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n",
             more, "\r\n");
}
std::string OpenV1() {
  return Upgrade("/v1/outlet?node_id=visitor&node_hostname=visitor&node_version=3.9.3");
}
std::string OpenV2() { return Upgrade("/v2/outlet", "Sec-WebSocket-Protocol: kong.meta.v1\r\n"); }

// A client's frame, masked with zeros.
std::string Frame(std::string_view payload, char first = '\x82') {
  std::string frame(1, first);
  if (payload.size() < 126) {
    frame += static_cast<char>(0x80 | payload.size());
  } else {
    frame += '\xff';
    for (int shift = 56; shift >= 0; shift -= 8)
      frame += static_cast<char>(static_cast<uint64_t>(payload.size()) >> shift);
  }
  return Cat(frame, std::string_view("\0\0\0\0", 4), payload);
}
std::string Hello() {
  return Frame(
      R"({"jsonrpc":"2.0","id":1,"method":"kong.meta.v1.hello","params":[{"rpc_capabilities":)"
      R"(["kong.sync.v2"],"rpc_frame_encodings":["x-snappy-framed"],"kong_version":"3.9.3",)"
      R"("kong_hostname":"visitor","kong_node_id":"visitor",)"
      R"("kong_conf":{"router_flavor":"traditional_compatible"}}]})");
}

class DataPlaneDoorTest : public DataPlaneFixture {
 protected:
  void SetUp() override {
    std::signal(SIGPIPE, SIG_IGN);
    DataPlaneFixture::SetUp();
  }
  std::future<Visit> Begin(const io::Identity& identity, const std::string& says) {
    return std::async(std::launch::async, [identity, says, port = server_->port()] {
      return PayVisit(port, identity, says);
    });
  }
  Visit End(std::future<Visit>& visit) {
    const auto over = [&] {
      return visit.wait_for(std::chrono::seconds(0)) == std::future_status::ready;
    };
    if (!over()) RunUntil(over);
    return visit.get();
  }
  // Not a byte of plain text comes back through either door.
  void ExpectNothingFor(const char* who, const io::Identity& identity) {
    for (const std::string& door : {OpenV1(), OpenV2() + Hello()}) {
      std::future<Visit> begun = Begin(identity, door);
      const Visit visit = End(begun);
      EXPECT_TRUE(visit.ended) << who;
      EXPECT_EQ(visit.heard, "") << who;
    }
    EXPECT_EQ(controller_->control_plane()->delta_sockets(), 0u) << who;
    EXPECT_EQ(controller_->control_plane()->full_sockets(), 0u) << who;
    EXPECT_TRUE(controller_->control_plane()->data_planes().all().empty()) << who;
  }
  // Two well-behaved data planes, one of each protocol.
  void Join(const io::Identity& identity) {
    v1_ = std::make_unique<simulators::DataPlaneV1>(loop_, simulators::DataPlaneV1Options(),
                                                    simulators::DialOver(loop_, To(identity)));
    v2_ = std::make_unique<simulators::DataPlaneV2>(loop_, simulators::DataPlaneV2Options(),
                                                    simulators::DialOver(loop_, To(identity)));
    v1_->Start();
    v2_->Start();
    RunUntil([&] { return BothHave(24); });
  }
  bool BothHave(size_t targets) const {
    const simulators::Entities& one = v1_->entities();
    const simulators::Entities two = v2_->store().Visible();
    const auto holds = [targets](const simulators::Entities& entities) {
      const auto found = entities.find("targets");
      return found != entities.end() && found->second.size() == targets;
    };
    return holds(one) && holds(two);
  }

  std::unique_ptr<simulators::DataPlaneV1> v1_;
  std::unique_ptr<simulators::DataPlaneV2> v2_;
};

TEST_F(DataPlaneDoorTest, OnlyWhoHasTheSharedCertificateGetsAnything) {
  StartController();
  const io::TestAuthority authority;
  ExpectNothingFor("no certificate", {});
  ExpectNothingFor("another certificate of the same name",
                   io::TestAuthority::SelfSigned("kong_clustering"));
  ExpectNothingFor("another name", io::TestAuthority::SelfSigned("visitor"));
  ExpectNothingFor("an expired one", io::TestAuthority::SelfSigned("kong_clustering", -60));
  ExpectNothingFor("one of an authority", authority.Issue("DNS:kong_clustering"));
  Join(own_);
}

class ExpiredDoorTest : public DataPlaneDoorTest {
 protected:
  Line ClusterLine() const override {
    Line line = DataPlaneDoorTest::ClusterLine();
    line["cluster-cert"] = expired_.certificate_pem;
    line["cluster-cert-key"] = expired_.key_pem;
    return line;
  }
  const io::Identity expired_ = io::TestAuthority::SelfSigned("kong_clustering", -60);
};

TEST_F(ExpiredDoorTest, ASharedCertificateThatHasExpiredOpensNoDoor) {
  StartController();
  ExpectNothingFor("the very one", expired_);
}

class PkiDoorTest : public DataPlaneDoorTest {
 protected:
  Line ClusterLine() const override {
    Line line = DataPlaneDoorTest::ClusterLine();
    line["cluster-mtls"] = "pki";
    line["cluster-cert"] = server_own_.certificate_pem;
    line["cluster-cert-key"] = server_own_.key_pem;
    line["cluster-ca-cert"] = authority_.pem();
    return line;
  }
  const io::TestAuthority authority_, stranger_;
  const io::Identity server_own_ = authority_.Issue("DNS:kdelta");
};

// As in Kong's open edition, the authority decides, not the name.
TEST_F(PkiDoorTest, WhomTheAuthoritySignedIsLetInAndNobodyElse) {
  StartController();
  ExpectNothingFor("no certificate", {});
  ExpectNothingFor("another authority", stranger_.Issue("DNS:plane"));
  ExpectNothingFor("another authority, the server's name", stranger_.Issue("DNS:kdelta"));
  ExpectNothingFor("an expired one", authority_.IssueExpired("DNS:plane"));
  ExpectNothingFor("signed by itself", io::TestAuthority::SelfSigned("kong_clustering"));
  Join(authority_.Issue("DNS:plane"));
}

TEST_F(DataPlaneDoorTest, ABadFrameEndsItsOwnSocketAndNoOther) {
  StartController();
  Join(own_);
  const std::string large(2 << 20, ' ');
  const struct {
    const char* name;
    std::string says;
  } bad[] = {
      {"v2, 2 MB", OpenV2() + Frame(large)},
      {"v1, 2 MB", OpenV1() + Frame(large)},
      {"a length of 2^63 - 1", OpenV2() + std::string("\x82\xff\x7f") + std::string(7, '\xff')},
      {"no mask", OpenV2() + "\x82\x02{}"},
      {"reserved bits", OpenV2() + Frame("{}", '\xf2')},
      {"an unknown opcode", OpenV2() + Frame("{}", '\x83')},
      {"a fragment", OpenV1() + Frame("{}", '\x02')},
      {"v2, no JSON", OpenV2() + Frame(std::string_view("\0\xff{", 3))},
      {"v1, no JSON", OpenV1() + Frame(std::string_view("\0\xff{", 3))},
      {"v2, deep", OpenV2() + Frame(std::string(500'000, '['))},
      {"v1, deep", OpenV1() + Frame(std::string(500'000, '['))},
      {"v1, 64 MB behind gzip", OpenV1() + Frame(io::Gzip(std::string(64 << 20, ' ')))},
      {"Snappy that claims 4 GB", OpenV2() + Hello() +
                                      Frame("\xff\xff\xff\xff\x0f"
                                            "abc")},
      {"Snappy whose length lies", OpenV2() + Hello() +
                                       Frame("\x40"
                                             "abc")},
      {"Snappy without a length", OpenV2() + Hello() + Frame("\xff\xff\xff\xff\xff\xff")},
      {"16 MB behind Snappy", OpenV2() + Hello() + Frame(io::Snap(std::string(16 << 20, ' ')))},
      {"Snappy, no JSON", OpenV2() + Hello() + Frame(io::Snap("]"))},
      {"Snappy, deep", OpenV2() + Hello() + Frame(io::Snap(std::string(500'000, '[')))},
      {"not snapped", OpenV2() + Hello() + Hello()},
  };
  // At once: a socket of ours waits a few seconds for the peer's half of a closing handshake.
  std::vector<std::future<Visit>> visits;
  for (const auto& [name, says] : bad) visits.push_back(Begin(own_, says));
  for (size_t i = 0; i < visits.size(); ++i) {
    const Visit visit = End(visits[i]);
    EXPECT_TRUE(visit.ended) << bad[i].name;
    EXPECT_LT(visit.heard.size(), kNothingOfTheShop) << bad[i].name;
  }
  EXPECT_EQ(controller_->control_plane()->delta_sockets(), 1u);
  EXPECT_EQ(controller_->control_plane()->full_sockets(), 1u);
  RemoveAnEndpoint();
  RunUntil([&] { return BothHave(23); });
  EXPECT_EQ(v2_->links_opened(), 1u) << "the others never noticed";
  EXPECT_EQ(v2_->counts().wipes, 1u);
  EXPECT_EQ(v1_->pushes(), 2u);
}

}  // namespace
}  // namespace kdelta
