#include "kong/ingress_split.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "kong/route_match.h"

namespace kong {
namespace {

using k8s::PathType;
using testing::ElementsAre;
using testing::SizeIs;

RoutePlan Route(std::string_view host, std::string_view name,
                std::vector<std::pair<std::string, PathType>> paths) {
  RoutePlan route;
  route.host = Symbol(host);
  route.name = name;
  for (auto& [path, type] : paths) route.paths.push_back({path, type});
  return route;
}

std::vector<std::string> SplitNames(std::vector<RoutePlan> routes) {
  IngressPlan plan;
  plan.routes = std::move(routes);
  SplitMisleadingRoutes(plan);
  std::vector<std::string> names;
  for (const RoutePlan& route : plan.routes) names.push_back(route.name);
  return names;
}

constexpr auto kPrefix = PathType::kPrefix;

TEST(IngressSplitTest, AShortPathDoesNotOutweighALongerOneByItsNeighbour) {
  IngressPlan plan;
  plan.routes = {Route("a", "web", {{"/", kPrefix}, {"/assets/images", kPrefix}, {"/x", kPrefix}}),
                 Route("a", "api", {{"/api", kPrefix}})};
  SplitMisleadingRoutes(plan);
  ASSERT_THAT(plan.routes, SizeIs(4));
  EXPECT_EQ(plan.routes[0].name, "web");
  EXPECT_EQ(plan.routes[0].paths[0].path, "/assets/images");
  EXPECT_EQ(plan.routes[1].name, "web~3");
  EXPECT_EQ(plan.routes[1].paths[0].path, "/x");
  EXPECT_EQ(plan.routes[2].name, "web~1");
  EXPECT_EQ(plan.routes[2].paths[0].path, "/");
  EXPECT_EQ(plan.routes[3].name, "api");
}

TEST(IngressSplitTest, WhatCannotMisleadStaysWhole) {
  struct Case {
    std::string_view why;
    std::vector<RoutePlan> routes;
  };
  for (Case& c : std::vector<Case>{
           {"alone", {Route("a", "web", {{"/", kPrefix}, {"/long", kPrefix}})}},
           {"another host",
            {Route("a", "web", {{"/", kPrefix}, {"/long", kPrefix}}),
             Route("b", "api", {{"/api", kPrefix}})}},
           {"nothing below it",
            {Route("a", "web", {{"/web", kPrefix}, {"/website", kPrefix}}),
             Route("a", "api", {{"/api/x", kPrefix}})}},
           {"longer than both",
            {Route("a", "web", {{"/", kPrefix}, {"/w", kPrefix}}),
             Route("a", "api", {{"/api", kPrefix}})}},
       }) {
    EXPECT_THAT(SplitNames(std::move(c.routes)),
                testing::Each(testing::Not(testing::HasSubstr("~"))))
        << c.why;
  }
}

TEST(IngressSplitTest, RegexesMayMeetEverything) {
  EXPECT_THAT(SplitNames({Route("a", "web", {{"/w", kPrefix}, {"/w/long/one", kPrefix}}),
                          Route("a", "api", {{"/~/[a-z]+", PathType::kImplementationSpecific}})}),
              ElementsAre("web", "web~3", "api"));
}

TEST(IngressSplitTest, PlainPrefixesAndOthersOfOneLengthAreApart) {
  EXPECT_THAT(SplitNames({Route("a", "web",
                                {{"/abc", PathType::kImplementationSpecific}, {"/abcd", kPrefix}}),
                          Route("a", "api", {{"/abcde", PathType::kImplementationSpecific}})}),
              ElementsAre("web", "web~4p", "api"));
}

}  // namespace
}  // namespace kong
