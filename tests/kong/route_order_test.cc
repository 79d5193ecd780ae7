#include "kong/route_order.h"

#include <optional>
#include <random>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "gtest/gtest.h"
#include "kong/route_order_graph.h"

namespace kong {
namespace {

using engine::Cat;
using engine::Symbol;

constexpr uint64_t kHttp = uint64_t{2} << 44, kGrpc = uint64_t{1} << 44;

// What a rule for HTTPRoutes would write.
struct Given {
  using Key = EntityId;
  ExpressionMatch match;
  Key key() const { return match.route; }
  auto fields() const { return std::tie(match); }
};

// A graph of nothing but the order of equals.
struct OrderedRoutes {
  explicit OrderedRoutes(engine::Graph& given_graph) : graph(given_graph) {
    graph.AddRule("routes", given, {}, std::tie(order.matches),
                  [](const Given& row, engine::Reader&, engine::Emitter<ExpressionMatch>& say) {
                    say.Emit(row.match);
                  });
    order.DeclareRules(problems);
  }
  engine::Graph& graph;
  engine::Source<Given>& given = graph.AddSource<Given>("given");
  engine::Table<Problem>& problems = graph.AddTable<Problem>("problems");
  RouteOrderGraph order{graph};
};

class RouteOrderTest : public testing::Test {
 protected:
  // Steps, and counts the routes that have another number than before, or none any more.
  size_t ChangedOrders() {
    auto before = std::exchange(numbers_, {});
    last_ = graph_.Step();
    size_t changed = 0;
    g_.order.orders.ForEach([&](const ExpressionOrder& order) {
      numbers_[order.route] = order.number;
      auto at = before.find(order.route);
      changed += at == before.end() || at->second != order.number;
      if (at != before.end()) before.erase(at);
    });
    return changed + before.size();
  }
  uint32_t NumberOf(std::string_view route) {
    const ExpressionOrder* order = g_.order.orders.Find(RouteId(route));
    return order ? order->number : ~0u;
  }
  absl::Status Check() {
    std::optional<OrderedRoutes> routes;
    return graph_.Check([&](engine::Graph& fresh) { routes.emplace(fresh); });
  }

  engine::Graph graph_{engine::NewSerialExecutor()};
  OrderedRoutes g_{graph_};
  engine::EpochStats last_;
  absl::flat_hash_map<EntityId, uint32_t> numbers_;
};

ExpressionMatch Match(std::string_view name, int64_t created_s, MatchPattern pattern,
                      uint64_t bits = kHttp) {
  static const Symbol kKind("HTTPRoute"), kNamespace("shop");
  return {.route = RouteId(name),
          .bits = bits,
          .pattern = std::move(pattern),
          .object = {kKind, kNamespace, Symbol(name)},
          .created_s = created_s};
}

TEST_F(RouteOrderTest, OneAloneHasTheHighestNumberOfItsKind) {
  g_.given.Set({Match("http", 1, {.apart = "a"})});
  g_.given.Set({Match("grpc", 1, {.apart = "a"}, kGrpc)});
  graph_.Step();
  EXPECT_EQ(NumberOf("http"), 4095u);
  EXPECT_EQ(NumberOf("grpc"), 255u);
}

TEST_F(RouteOrderTest, FewAreNumberedByAgeThenNameThenPositionThenLaterHost) {
  ExpressionMatch old = Match("old", 1, {.apart = "a"}), young = Match("young", 3, {.apart = "b"});
  ExpressionMatch second = Match("young", 3, {.apart = "c"});
  second.route = RouteId("young.1");
  second.nth = 1;
  ExpressionMatch host = Match("young", 3, {.apart = "d"});
  host.route = RouteId("young.host");
  host.host_nth = 1;
  ExpressionMatch name = Match("nameless", 3, {.apart = "e"});
  for (const ExpressionMatch& each : {young, second, old, host, name}) g_.given.Set({each});
  graph_.Step();
  EXPECT_EQ(NumberOf("old"), 4095u);
  EXPECT_EQ(NumberOf("nameless"), 4094u);
  EXPECT_EQ(NumberOf("young.host"), 4093u);
  EXPECT_EQ(NumberOf("young"), 4092u);
  EXPECT_EQ(NumberOf("young.1"), 4091u);
}

TEST_F(RouteOrderTest, FromFewToCrowdedAndBackAtMostThirtyThreeChange) {
  for (int i = 0; i < 32; ++i)
    g_.given.Set({Match(Cat("r", i), 100 + i, {.apart = Cat("host", i)})});
  ASSERT_EQ(ChangedOrders(), 32u);
  EXPECT_EQ(NumberOf("r31"), 4095u - 31);

  g_.given.Set({Match("oldest", 1, {.apart = "other"})});
  EXPECT_EQ(ChangedOrders(), 32u) << "all but r0, which was the highest before";
  EXPECT_EQ(NumberOf("r31"), 4095u);
  EXPECT_EQ(Check(), absl::OkStatus());

  g_.given.Erase(RouteId("oldest"));
  EXPECT_EQ(ChangedOrders(), 32u);
  EXPECT_EQ(NumberOf("r31"), 4095u - 31);
  EXPECT_EQ(Check(), absl::OkStatus());
}

// One more match in a crowd of 50,000 equals: how many routes it changes, and how many rules run.
struct Crowd {
  std::string_view name;
  MatchPattern (*pattern)(int nth);
  size_t changed;
  uint64_t evaluations;
};
constexpr int kMany = 50'000;

class CrowdTest : public RouteOrderTest, public testing::WithParamInterface<Crowd> {};

TEST_P(CrowdTest, OneMoreMatchThatIsOlderThanAllChangesFewRoutes) {
  const Crowd& crowd = GetParam();
  for (int i = 0; i < kMany; ++i) g_.given.Set({Match(Cat("r", i), 100 + i, crowd.pattern(i))});
  ChangedOrders();

  g_.given.Set({Match("oldest", 1, crowd.pattern(kMany))});
  EXPECT_EQ(ChangedOrders(), crowd.changed);
  EXPECT_EQ(last_.evaluations, crowd.evaluations);
  EXPECT_EQ(NumberOf("oldest"), 4095u);

  g_.given.Erase(RouteId("oldest"));
  EXPECT_EQ(ChangedOrders(), crowd.changed);
  EXPECT_EQ(g_.problems.size(), 0u);
}

INSTANTIATE_TEST_SUITE_P(
    All, CrowdTest,
    testing::Values(
        Crowd{"hosts", [](int i) { return MatchPattern{.apart = Cat("host", i)}; }, 1, 6},
        Crowd{"repeats", [](int) { return MatchPattern{.apart = "all"}; }, 2, 5},
        Crowd{"header_values",
              [](int i) { return MatchPattern{.apart = "all", .exact = {{"tenant", Cat(i)}}}; }, 1,
              5}),
    [](const auto& crowd) { return std::string(crowd.param.name); });

TEST_F(RouteOrderTest, OverlappingPatternsOfACrowdAreNumberedByTheirChains) {
  // Fills the group; none of these meets those below.
  for (int i = 0; i < 40; ++i) g_.given.Set({Match(Cat("r", i), 1, {.apart = Cat("host", i)})});
  auto give = [this](std::string_view name, int64_t created_s,
                     std::vector<std::pair<std::string, std::string>> exact) {
    g_.given.Set({Match(name, created_s, {.apart = "a", .exact = std::move(exact)})});
  };
  give("tenant1", 10, {{"tenant", "1"}});
  give("tenant2", 11, {{"tenant", "2"}});
  give("canary", 12, {{"canary", "yes"}});
  give("tenant3", 13, {{"tenant", "3"}});
  give("tenant1 again", 14, {{"tenant", "1"}});
  ChangedOrders();
  EXPECT_EQ(NumberOf("tenant1"), 4095u);
  EXPECT_EQ(NumberOf("tenant2"), 4095u);
  EXPECT_EQ(NumberOf("canary"), 4094u);
  EXPECT_EQ(NumberOf("tenant3"), 4093u);
  EXPECT_EQ(NumberOf("tenant1 again"), 0u);

  g_.given.Erase(RouteId("tenant1"));
  EXPECT_EQ(ChangedOrders(), 2u) << "the one that goes, and the one that takes its place";
  EXPECT_EQ(NumberOf("tenant1 again"), 4093u) << "below the canary, which is below tenant2";
  EXPECT_EQ(Check(), absl::OkStatus());
}

TEST_F(RouteOrderTest, AChainLongerThanTheNumbersIsReported) {
  for (int i = 0; i < 300; ++i) {
    ExpressionMatch match = Match(Cat("r", 1000 + i), 100 + i,
                                  {.apart = "a", .exact = {{Cat("name", 1000 + i), "x"}}}, kGrpc);
    g_.given.Set({match});
  }
  graph_.Step();
  EXPECT_EQ(NumberOf("r1000"), 255u);
  EXPECT_EQ(NumberOf("r1254"), 1u);
  EXPECT_EQ(NumberOf("r1255"), 1u);
  EXPECT_EQ(NumberOf("r1299"), 1u);
  EXPECT_EQ(g_.problems.size(), 45u);
}

// ---- the property: the oldest match that holds for a request is alone at the top

using Random = std::mt19937_64;
using Request = std::array<char, 4>;  // The values of apart, and of three names.

// `rest` stands for a regex here: "0ab" says that the first name is one of a and b.
bool Holds(const MatchPattern& pattern, const Request& request) {
  if (pattern.apart[0] != request[0]) return false;
  for (const auto& [name, value] : pattern.exact) {
    if (request[static_cast<size_t>(name[0] - '0') + 1] != value[0]) return false;
  }
  if (pattern.rest.empty()) return true;
  char value = request[static_cast<size_t>(pattern.rest[0] - '0') + 1];
  return pattern.rest.find(value, 1) != std::string::npos;
}

MatchPattern RandomPattern(Random& random) {
  auto one_of = [&random](std::string_view chars) {
    return std::string(1, chars[random() % chars.size()]);
  };
  MatchPattern pattern{.apart = one_of("xy")};
  for (std::string name : {"0", "1", "2"}) {
    if (random() % 2) pattern.exact.emplace_back(name, one_of("abc"));
  }
  if (random() % 8 == 0) pattern.rest = one_of("012") + one_of("abc") + one_of("abc");
  return pattern;
}

TEST_F(RouteOrderTest, TheOldestMatchThatHoldsIsAloneAtTheTop) {
  Random random(4);
  size_t contested = 0;
  for (int round = 0; round < 60; ++round) {
    for (uint64_t edits = 1 + random() % 30; edits; --edits) {
      std::string name = Cat("r", random() % 80);
      if (round % 12 > 8 || random() % 4 == 0)
        g_.given.Erase(RouteId(name));
      else
        g_.given.Set({Match(name, static_cast<int64_t>(random() % 20), RandomPattern(random))});
    }
    graph_.Step();
    ASSERT_EQ(Check(), absl::OkStatus());
    for (char apart : {'x', 'y'}) {
      for (int i = 0; i < 27; ++i) {
        Request request{apart, "abc"[i % 3], "abc"[i / 3 % 3], "abc"[i / 9]};
        const ExpressionMatch* first = nullptr;
        const ExpressionMatch* top = nullptr;
        size_t at_top = 0, holding = 0;
        g_.order.matches.ForEach([&](const ExpressionMatch& match) {
          if (!Holds(match.pattern, request)) return;
          ++holding;
          if (!first || ComesFirst(match, *first)) first = &match;
          uint32_t number = g_.order.orders.Find(match.route)->number;
          uint32_t highest = top ? g_.order.orders.Find(top->route)->number : 0;
          if (!top || number > highest) top = &match, at_top = 0;
          at_top += number >= highest;
        });
        contested += holding > 1;
        ASSERT_EQ(first, top) << "round " << round;
        ASSERT_LE(at_top, 1u) << "round " << round;
      }
    }
  }
  EXPECT_GT(contested, 1000u);
}

TEST(RouteOrderTextTest, NoTwoListsOfPartsGiveOneText) {
  EXPECT_NE(JoinParts({"a", "b"}), JoinParts({"ab"}));
  EXPECT_NE(JoinParts({"a", ""}), JoinParts({"", "a"}));
  EXPECT_NE(JoinParts({"1:a"}), JoinParts({"", "1:a"}));
}

TEST(RouteOrderTextTest, DigestsTellNamesFromValues) {
  MatchPattern a{.apart = "x", .exact = {{"n", "v"}}}, b{.apart = "x", .exact = {{"v", "n"}}};
  MatchPattern c{.apart = "x", .exact = {{"n", "w"}}};
  EXPECT_NE(DigestOfPattern(1, a), DigestOfPattern(1, b));
  EXPECT_NE(DigestOfPattern(1, a), DigestOfPattern(2, a));
  EXPECT_NE(DigestOfShape(a), DigestOfShape(b));
  EXPECT_EQ(DigestOfShape(a), DigestOfShape(c));
  EXPECT_EQ(DigestOfBucket(1, a), DigestOfBucket(1, c));
}

}  // namespace
}  // namespace kong
