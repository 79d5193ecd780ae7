#include "tools/simulators/cluster.h"

#include <set>

#include "gtest/gtest.h"
#include "tests/simulators/exchange_recorder.h"
#include "tools/simulators/api_server.h"

namespace simulators {
namespace {

size_t Endpoints(const Json& slice) { return At(slice, "endpoints").size(); }

TEST(ClusterTest, AnApiServerTakesEveryObject) {
  Cluster cluster({.ingresses = 50, .services = 30, .namespaces = 7});
  ApiStore store({});
  size_t count = 0;
  cluster.ForEach([&](Json object) {
    ++count;
    ApiResult result = store.Apply(object, absl::UnixEpoch());
    ASSERT_TRUE(std::holds_alternative<ApiObjectPtr>(result)) << std::get<ApiError>(result).message;
  });
  EXPECT_EQ(count, 7u + 1 + 30 + 30 + 50 + 5);
  EXPECT_EQ(store.Count(*store.Find("networking.k8s.io", "v1", "ingresses")), 50u);
}

TEST(ClusterTest, IngressesReferToServicesOfTheirNamespace) {
  Cluster cluster({.ingresses = 50, .services = 30, .namespaces = 7});
  std::set<std::string> services;
  for (size_t at = 0; at < cluster.services(); ++at) {
    Json metadata = cluster.Service(at)["metadata"];
    services.insert(metadata["namespace"].get<std::string>() + "/" +
                    metadata["name"].get<std::string>());
  }
  for (size_t at = 0; at < cluster.ingresses(); ++at) {
    Json ingress = cluster.Ingress(at);
    std::string space = ingress["metadata"]["namespace"];
    const Json& paths = ingress["spec"]["rules"][0]["http"]["paths"];
    ASSERT_EQ(paths.size(), 2u);
    for (const Json& path : paths) {
      std::string name = path["backend"]["service"]["name"];
      EXPECT_TRUE(services.contains(space + "/" + name)) << at << " " << space << "/" << name;
    }
  }
}

TEST(ClusterTest, ObjectsHaveOneLengthWhateverTheSizeOfTheFleet) {
  Cluster small({.ingresses = 1000, .services = 1000});
  Cluster big({.ingresses = 50'000, .services = 50'000});
  EXPECT_EQ(DumpJson(small.Ingress(7)).size(), DumpJson(big.Ingress(49'997)).size());
  EXPECT_EQ(DumpJson(small.Service(7)).size(), DumpJson(big.Service(49'997)).size());
  EXPECT_EQ(DumpJson(small.EndpointSlice(7)).size(), DumpJson(big.EndpointSlice(49'997)).size());
}

TEST(ClusterTest, TheSameSeedMakesTheSameFleetAndTheSameHistory) {
  Cluster a({.seed = 3});
  Cluster b({.seed = 3});
  Cluster c({.seed = 4});
  for (int at = 0; at < 100; ++at) {
    ClusterChanges of_a = a.RandomEdit();
    ClusterChanges of_b = b.RandomEdit();
    ASSERT_EQ(of_a.size(), of_b.size());
    for (size_t step = 0; step < of_a.size(); ++step)
      EXPECT_EQ(of_a[step].object, of_b[step].object);
  }
  EXPECT_NE(a.TlsSecret(0), c.TlsSecret(0));
}

TEST(ClusterTest, EditsChangeWhatTheySayAndNothingElse) {
  Cluster cluster({});
  Json service = cluster.Service(1);
  EXPECT_EQ(Endpoints(cluster.ScaleOut(1).object), 5u);
  EXPECT_EQ(Endpoints(cluster.ReplaceEndpoint(1).object), 5u);
  ClusterChanges rolled = cluster.RollOut(1);
  EXPECT_EQ(rolled.size(), 5u);
  EXPECT_NE(rolled.front().object, rolled.back().object);
  EXPECT_EQ(cluster.Service(1)["spec"], service["spec"]);
  Json retried = cluster.SetRetries(1, 7).object;
  EXPECT_EQ(retried["metadata"]["annotations"]["konghq.com/retries"], "7");

  Json ingress = cluster.Ingress(0);
  Json moved = cluster.ChangePath(0).object;
  EXPECT_NE(moved["spec"], ingress["spec"]);
  EXPECT_EQ(moved["metadata"]["uid"], ingress["metadata"]["uid"]);
  ClusterChanges again = cluster.Recreate(0);
  ASSERT_EQ(again.size(), 2u);
  EXPECT_EQ(again[0].what, ClusterChange::What::kDelete);
  EXPECT_NE(again[1].object["metadata"]["uid"], moved["metadata"]["uid"]);
  EXPECT_EQ(again[1].object["spec"], moved["spec"]);
  Json secret = cluster.TlsSecret(0);
  EXPECT_NE(cluster.RotateCertificate(0).object["data"], secret["data"]);
}

TEST(ClusterTest, EveryEditFitsTheServerThatHasTheFleet) {
  Cluster cluster({.ingresses = 20});
  ManualClock clock;
  ApiServer api(clock, {});
  cluster.ForEach([&](Json object) { api.Apply(std::move(object)); });
  for (int at = 0; at < 200; ++at) {
    for (ClusterChange& change : cluster.RandomEdit()) {
      int64_t before = api.store().revision();
      bool deletes = change.what == ClusterChange::What::kDelete;
      ApiResult result = deletes ? api.Delete(change.object) : api.Apply(change.object);
      EXPECT_TRUE(std::holds_alternative<ApiObjectPtr>(result));
      EXPECT_LE(api.store().revision(), before + 1);
    }
  }
  EXPECT_GT(api.store().revision(), 250);
}

TEST(ClusterTest, ListTextIsAList) {
  Cluster cluster({.ingresses = 3});
  Json list = ParseJson(cluster.ListText("Ingress")).value();
  EXPECT_EQ(list["kind"], "IngressList");
  EXPECT_EQ(list["items"].size(), 3u);
}

}  // namespace
}  // namespace simulators
