#include "kong/gateway_discovery.h"

#include "engine/text.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "io/log.h"
#include "tests/k8s/fake_world.h"

namespace kong {
namespace {

using engine::Cat;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const k8s::NamespacedName kService{engine::Symbol("kong"), engine::Symbol("kong-admin")};

std::string Slice(const std::string& name, const std::string& endpoints,
                  const std::string& ports = R"([{"name":"admin-tls","port":8444}])") {
  return Cat(R"({"metadata":{"namespace":"kong","name":")", name,
             R"(","labels":{"kubernetes.io/service-name":"kong-admin"}},"addressType":"IPv4",)",
             R"("ports":)", ports, R"(,"endpoints":)", endpoints, "}");
}

std::set<std::string> AddressesOf(const std::string& json) {
  auto slice = k8s::ParseObject<k8s::EndpointSlice>(json, {});
  EXPECT_TRUE(slice.ok()) << slice.status();
  return AdminAddressesOf(slice->row, {"admin-tls", "kong-admin-tls"});
}

struct AddressCase {
  std::string name, endpoints, ports;
  std::vector<std::string> addresses;
};

TEST(AdminAddressesTest, AreEndpointsThatDoNotTerminateAtPortsOfTheNames) {
  const std::string port = R"([{"name":"admin-tls","port":8444}])";
  const std::vector<AddressCase> cases = {
      {"ready",
       R"([{"addresses":["10.1.0.1"],"conditions":{"ready":true}}])",
       port,
       {"https://10.1.0.1:8444"}},
      {"not ready",
       R"([{"addresses":["10.1.0.1"],"conditions":{"ready":false}}])",
       port,
       {"https://10.1.0.1:8444"}},
      {"terminating",
       R"([{"addresses":["10.1.0.1"],"conditions":{"ready":false,"terminating":true}}])",
       port,
       {}},
      {"the first address",
       R"([{"addresses":["10.1.0.1","10.1.0.2"]}])",
       port,
       {"https://10.1.0.1:8444"}},
      {"no address", R"([{"addresses":[]}])", port, {}},
      {"IPv6", R"([{"addresses":["fd00::1"]}])", port, {"https://[fd00::1]:8444"}},
      {"twice",
       R"([{"addresses":["10.1.0.1"]},{"addresses":["10.1.0.1"]}])",
       port,
       {"https://10.1.0.1:8444"}},
      {"another port", R"([{"addresses":["10.1.0.1"]}])", R"([{"name":"proxy","port":8000}])", {}},
      {"two names",
       R"([{"addresses":["10.1.0.1"]}])",
       R"([{"name":"admin-tls","port":8444},{"name":"kong-admin-tls","port":9444}])",
       {"https://10.1.0.1:8444", "https://10.1.0.1:9444"}},
      {"a port without a number",
       R"([{"addresses":["10.1.0.1"]}])",
       R"([{"name":"admin-tls"}])",
       {}},
      {"UDP",
       R"([{"addresses":["10.1.0.1"]}])",
       R"([{"name":"admin-tls","port":8444,"protocol":"UDP"}])",
       {}},
      {"no ports", R"([{"addresses":["10.1.0.1"]}])", "null", {}},
      {"what is no host",
       R"([{"addresses":["a/b?c","x y","10.1.0.1@evil","h\r\nX: y"]}])",
       port,
       {}},
  };
  for (const AddressCase& each : cases) {
    const auto found = AddressesOf(Slice("a", each.endpoints, each.ports));
    EXPECT_EQ(std::vector<std::string>(found.begin(), found.end()), each.addresses) << each.name;
  }
}

TEST(AdminAddressesTest, NameTheServerAsItsCertificateDoes) {
  EXPECT_EQ(AdminServerName(kService), "pod.kong-admin.kong.svc");
}

class GatewayDiscoveryTest : public ::testing::Test {
 protected:
  GatewayDiscoveryTest() {
    io::SetLog(io::LogLevel::kError, io::LogFormat::kText);
    discovery_.Start();
  }
  // The first list, as pages: a stream is refused.
  void List(const std::string& slices) {
    if (http_.last().request.target.find("sendInitialEvents") != std::string::npos) {
      http_.last().Answer(400, "{}");
      clock_.Advance(absl::Seconds(2));
    }
    http_.last().Answer(200, Cat(R"({"metadata":{"resourceVersion":"7"},"items":[)", slices, "]}"));
    clock_.Advance(absl::Seconds(2));
  }
  void Event(const std::string& type, const std::string& object) {
    auto& watch = http_.last();
    if (!opened_) watch.Head(200), opened_ = true;
    std::string versioned = object;
    versioned.replace(versioned.find(R"("namespace")"), 0,
                      Cat(R"("resourceVersion":")", ++version_, R"(",)"));
    watch.Body(Cat(R"({"type":")", type, R"(","object":)", versioned, "}\n"));
  }

  k8s::FakeClock clock_;
  k8s::FakeHttp http_;
  k8s::ApiClient api_{http_, clock_, {}, "test"};
  std::vector<std::string> found_, gone_;
  bool opened_ = false;
  int version_ = 7;
  GatewayDiscovery discovery_{
      api_,
      clock_,
      {.service = kService, .port_names = {"admin-tls"}, .connect = {}, .times = {}, .seed = 1},
      {.found = [this](const std::string& address) { found_.push_back(address); },
       .gone = [this](const std::string& address) { gone_.push_back(address); }}};
};

TEST_F(GatewayDiscoveryTest, AsksForTheSlicesOfItsServiceOnly) {
  const std::string& target = http_.last().request.target;
  EXPECT_THAT(target, HasSubstr("/apis/discovery.k8s.io/v1/namespaces/kong/endpointslices?"));
  EXPECT_THAT(target, HasSubstr("labelSelector=kubernetes.io%2Fservice-name%3Dkong-admin"));
  EXPECT_THAT(discovery_.Trouble(), HasSubstr("are not listed yet"));
}

TEST_F(GatewayDiscoveryTest, SaysThatThereAreNone) {
  List("");
  EXPECT_THAT(discovery_.Trouble(), HasSubstr("Service kong/kong-admin have no endpoint with a "
                                              "port named admin-tls"));
}

TEST_F(GatewayDiscoveryTest, FollowsWhatComesAndGoes) {
  List(Slice("a", R"([{"addresses":["10.1.0.1"]},{"addresses":["10.1.0.2"]}])"));
  EXPECT_THAT(found_, ElementsAre("https://10.1.0.1:8444", "https://10.1.0.2:8444"));
  EXPECT_EQ(discovery_.Trouble(), "");
  // What moves to another slice neither goes nor comes.
  Event("ADDED", Slice("b", R"([{"addresses":["10.1.0.2"]}])"));
  Event("MODIFIED", Slice("a", R"([{"addresses":["10.1.0.1"]}])"));
  EXPECT_THAT(found_, testing::SizeIs(2));
  EXPECT_THAT(gone_, IsEmpty());
  Event("DELETED", Slice("a", "[]"));
  EXPECT_THAT(gone_, ElementsAre("https://10.1.0.1:8444"));
  Event("ADDED", Slice("a", R"([{"addresses":["10.1.0.1"]}])"));
  EXPECT_THAT(found_, testing::SizeIs(3));
}

TEST_F(GatewayDiscoveryTest, KeepsWhatItKnowsWhileTheServerCannotBeReached) {
  List(Slice("a", R"([{"addresses":["10.1.0.1"]}])"));
  for (int i = 0; i < 8; ++i) {
    http_.last().Done(absl::UnavailableError("no connection"));
    clock_.Advance(absl::Minutes(1));
  }
  EXPECT_THAT(gone_, IsEmpty());
  EXPECT_NE(discovery_.Trouble(), "");
}

TEST_F(GatewayDiscoveryTest, PassesOverASliceThatCannotBeRead) {
  List(Cat(Slice("bad", R"("nonsense")"), ",", Slice("a", R"([{"addresses":["10.1.0.1"]}])")));
  EXPECT_THAT(found_, ElementsAre("https://10.1.0.1:8444"));
}

}  // namespace
}  // namespace kong
