#include "tools/capacity/marks.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/simulators/cluster.h"

namespace capacity {
namespace {

using simulators::Json;
using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;

TEST(MarksTest, BothSidesOfAChangeAgree) {
  simulators::Cluster cluster({.ingresses = 20, .namespaces = 3, .tls_every = 2});
  const auto slice = cluster.ReplaceEndpoint(4).object;
  const std::string address = cluster.Addresses(4).back();
  EXPECT_THAT(MarksOfObject(slice),
              ElementsAre(MarksOfEntity("targets", {{"target", address + ":8080"}}).front()));

  const auto ingress = cluster.ChangePath(5).object;
  const Json route = {{"hosts", {"host-000005.example.com"}},
                      {"paths", {"/api-000001/", "~/api-000001$"}}};
  ASSERT_EQ(MarksOfObject(ingress).size(), 1u);
  EXPECT_THAT(MarksOfEntity("routes", route), Contains(MarksOfObject(ingress).front()));

  const auto service = cluster.SetRetries(7, 3).object;
  const Json kong = {{"name", "team-001.svc-000007.80"}, {"retries", 3}};
  EXPECT_EQ(MarksOfObject(service), MarksOfEntity("services", kong));

  const auto secret = cluster.RotateCertificate(6).object;
  ASSERT_EQ(MarksOfObject(secret).size(), 1u);
  const std::string pem = MarksOfObject(secret).front().substr(sizeof "certificate " - 1);
  EXPECT_EQ(MarksOfEntity("certificates", {{"cert", pem + "\n"}}), MarksOfObject(secret));
}

TEST(MarksTest, WhatBringsNothingNewHasNone) {
  simulators::Cluster cluster({.ingresses = 20});
  EXPECT_THAT(MarksOfObject(cluster.Service(1)), IsEmpty());
  EXPECT_THAT(MarksOfObject(cluster.ScaleToZero(1).object), IsEmpty());
  EXPECT_THAT(MarksOfObject(cluster.Namespace(0)), IsEmpty());
  EXPECT_THAT(MarksOfObject(Json::object()), IsEmpty());
  EXPECT_THAT(MarksOfEntity("upstreams", {{"name", "a"}}), IsEmpty());
  EXPECT_THAT(MarksOfEntity("routes", Json::object()), IsEmpty());
}

}  // namespace
}  // namespace capacity
