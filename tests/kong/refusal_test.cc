#include "kong/refusal.h"

#include <cmath>
#include <optional>

#include "engine/text.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "kong/bisection.h"
#include "tests/kong/small_payload.h"

namespace kong {
namespace {

using engine::Cat;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

// service a, service b, route r (of a), upstream u, targets of u.
std::shared_ptr<const Payload> Whole() {
  SmallPayload whole;
  whole.Add(EntityKind::kService, "a", "Service/a").Add(EntityKind::kService, "b", "Service/b");
  whole.Add(EntityKind::kRoute, "r", "Ingress/web", R"("service":")" + ServiceId("a").text() + '"');
  return whole.Make();
}

struct Case {
  std::string_view name;
  int status;
  std::string body;
  Refusal::Kind kind;
  std::vector<std::string> culprits;  // "route r: message"
  std::string_view message = "";
};

std::vector<std::string> Texts(const Payload& payload, const Refusal& refusal) {
  std::vector<std::string> out;
  for (const Culprit& culprit : refusal.culprits) {
    std::span<const ObjectRef> origins = payload.Origins(culprit.part);
    out.push_back(Cat(origins[0].text(), ": ", culprit.message));
  }
  return out;
}

TEST(RefusalTest, IsTracedToObjectsWhateverItsShape) {
  auto flattened = [](std::string_view errors, std::string_view fields = "{}") {
    return Cat(R"({"code":14,"name":"invalid declarative configuration","message":"declarative )"
               R"(config is invalid: {}","fields":)",
               fields, R"(,"flattened_errors":)", errors, "}");
  };
  auto plain = [](std::string_view fields) {
    return Cat(R"({"code":14,"name":"invalid declarative configuration","message":"…","fields":)",
               fields, "}");
  };
  std::string r = RouteId("r").text();
  for (const Case& c : std::vector<Case>{
           {"by id",
            400,
            flattened(
                Cat(R"([{"entity_type":"route","entity_id":")", r,
                    R"(","entity":{"paths":["nope"]},"errors":[{"field":"paths.1","message":")"
                    R"(should start with: /","type":"field"}]}])")),
            Refusal::Kind::kCulprits,
            {"Ingress shop/web: paths.1: should start with: /"}},
           {"by name, several errors",
            400,
            flattened(R"([{"entity_type":"service","entity_name":"b","errors":[{"field":"port",)"
                      R"("message":"value should be between 0 and 65535"},{"message":"bad"}]}])"),
            Refusal::Kind::kCulprits,
            {"Service shop/b: port: value should be between 0 and 65535; bad"}},
           {"by tags",
            400,
            flattened(R"([{"entity_type":"service","entity_tags":["k8s-name:a","k8s-namespace:s)"
                      R"(hop","k8s-kind:Service"],"errors":{}}])"),
            Refusal::Kind::kCulprits,
            {"Service shop/a: refused"}},
           {"never a unique value",
            400,
            flattened(
                Cat(R"([{"entity_type":"route","entity_id":")", r,
                    R"(","errors":[{"message":"uniqueness violation: 'keys' entity with key s)"
                    R"(et to 's3cret' already declared"}]}])")),
            Refusal::Kind::kCulprits,
            {"Ingress shop/web: uniqueness violation: 'keys' entity with a key already declared"}},
           {"an empty object for an empty list",
            400,
            flattened("{}"),
            Refusal::Kind::kNamesNothing,
            {}},
           {"somebody we do not know",
            400,
            flattened(R"([{"entity_type":"route","entity_name":"other","errors":[]}])"),
            Refusal::Kind::kNamesNothing,
            {}},
           {"plain, by name",
            400,
            plain(R"x({"routes":{"r":["invalid reference 'service: ghost' (no such entry in)x"
                  R"x( 'services')"]}})x"),
            Refusal::Kind::kCulprits,
            {"Ingress shop/web: invalid reference 'service: ghost' (no such entry in 'services')"}},
           {"plain, with null holes",
            400,
            plain(R"({"services":[null,{"port":"too big"}]})"),
            Refusal::Kind::kCulprits,
            {"Service shop/SECOND: port: too big"}},
           {"plain, sparse positions count from 1",
            400,
            plain(R"({"services":{"2":{"port":"too big"}}})"),
            Refusal::Kind::kCulprits,
            {"Service shop/SECOND: port: too big"}},
           {"a kind that this Kong lacks",
            400,
            plain(R"({"routes":"unknown field"})"),
            Refusal::Kind::kCulprits,
            {"Ingress shop/web: this Kong takes no routes: unknown field"}},
           {"the document itself",
            400,
            plain(R"({"_format_version":"expected one of: 1.1, 2.1, 3.0"})"),
            Refusal::Kind::kWhole,
            {},
            "_format_version: expected one of: 1.1, 2.1, 3.0"},
           {"body beyond nginx' limit",
            413,
            "<html>413 Request Entity Too Large</html>",
            Refusal::Kind::kTooLarge,
            {},
            "nginx_admin_client_max_body_size"},
           {"body beyond nginx' buffer",
            400,
            R"({"message":"expected a declarative configuration"})",
            Refusal::Kind::kTooLarge,
            {},
            "nginx_admin_client_body_buffer_size"},
           {"body beyond nginx' buffer, as JSON",
            400,
            R"({"message":"Cannot parse JSON body"})",
            Refusal::Kind::kTooLarge,
            {},
            "nginx_admin_client_body_buffer_size"},
           {"beyond LMDB",
            413,
            R"({"message":"Configuration does not fit in LMDB database, consider raising"})",
            Refusal::Kind::kTooLarge,
            {},
            "lmdb_map_size"},
           {"no JSON", 400, std::string("\0\xff{", 3), Refusal::Kind::kWhole, {}, "status 400"},
           {"very deep", 400, std::string(100000, '['), Refusal::Kind::kWhole, {}, "status 400"},
           {"cut", 400, flattened("[]").substr(0, 40), Refusal::Kind::kWhole, {}, "status 400"},
       }) {
    std::shared_ptr<const Payload> payload = Whole();
    Refusal refusal = ReadRefusal(*payload, c.status, c.body);
    EXPECT_EQ(refusal.kind, c.kind) << c.name;
    EXPECT_THAT(refusal.message, HasSubstr(std::string(c.message))) << c.name;
    std::string second = payload->part({EntityKind::kService, 1}).id == ServiceId("a") ? "a" : "b";
    std::vector<std::string> expected = c.culprits;
    for (std::string& text : expected) {
      if (size_t at = text.find("SECOND"); at != std::string::npos) text.replace(at, 6, second);
    }
    EXPECT_EQ(Texts(*payload, refusal), expected) << c.name;
  }
}

// A payload of n routes over m services, in which the gateway refuses one.
struct Search {
  int trials = 0;
  std::optional<std::string> found;
};
Search Bisect(int n, std::string_view bad, const absl::flat_hash_set<uint64_t>& proven = {}) {
  SmallPayload whole;
  for (int i = 0; i < n / 2; ++i) whole.Add(EntityKind::kService, Cat("n", i), "Service/s");
  for (int i = n / 2; i < n; ++i) {
    std::string service = ServiceId(Cat("n", i % std::max(1, n / 2))).text();
    whole.Add(EntityKind::kRoute, Cat("n", i), "Ingress/i", Cat(R"("service":")", service, '"'));
  }
  Bisection bisection(whole.Make(), proven);
  std::string member = Cat(R"("name":")", bad, '"');
  while (std::shared_ptr<const Payload> trial = bisection.Trial()) {
    EXPECT_EQ(trial->version, 0u);
    trial->body->find(member) == std::string::npos ? bisection.Accepted() : bisection.Refused();
    if (bisection.trials() > 100) break;
  }
  Search search{.trials = bisection.trials(), .found = std::nullopt};
  if (std::optional<PartRef> culprit = bisection.culprit()) {
    bool named = bisection.payload().Fragment(*culprit).find(member) != std::string_view::npos;
    search.found = named ? std::string(bad) : "another";
  }
  return search;
}

TEST(BisectionTest, FindsTheCulpritInTwiceTheLogarithm) {
  for (int n : {1, 2, 3, 10, 33, 64}) {
    for (int bad = 0; bad < n; ++bad) {
      std::string name = Cat("n", bad);
      Search search = Bisect(n, name);
      EXPECT_EQ(search.found, name) << n;
      EXPECT_LE(search.trials, 2 * std::ceil(std::log2(n))) << n << ' ' << bad;
    }
  }
}

TEST(BisectionTest, TriesWhatIsNewFirst) {
  SmallPayload whole;
  for (int i = 0; i < 32; ++i) whole.Add(EntityKind::kService, Cat("n", i), "Service/s");
  std::shared_ptr<const Payload> payload = whole.Make();
  absl::flat_hash_set<uint64_t> proven;
  for (PartRef ref{EntityKind::kService, 0}; ref.index < 32; ++ref.index) {
    if (ref.index != 7) proven.insert(payload->part(ref).fingerprint);
  }
  Bisection bisection(payload, proven);
  // One part is new: all others are tried together once.
  std::shared_ptr<const Payload> trial = bisection.Trial();
  EXPECT_EQ(trial->count(), 31u);
  bisection.Accepted();
  EXPECT_EQ(bisection.Trial(), nullptr);
  EXPECT_EQ(bisection.culprit(), (PartRef{EntityKind::kService, 7}));
}

TEST(BisectionTest, FindsACulpritAmongWhatWasTakenBefore) {
  SmallPayload half;
  for (int i = 0; i < 16; ++i) half.Add(EntityKind::kService, Cat("n", i), "Service/s");
  std::shared_ptr<const Payload> before = half.Make();
  absl::flat_hash_set<uint64_t> proven;
  for (PartRef ref{EntityKind::kService, 0}; ref.index < 16; ++ref.index) {
    proven.insert(before->part(ref).fingerprint);
  }
  Search search = Bisect(32, "n3", proven);
  EXPECT_EQ(search.found, "n3");
  EXPECT_LE(search.trials, 10);
}

TEST(RefusalTest, ACodeOfAnotherTypeIsNone) {
  const auto payload = SmallPayload().Add(EntityKind::kService, "a", "Service/a").Make();
  for (std::string_view code : {R"("14")", "null", "[]", "1e300"}) {
    const Refusal refusal = ReadRefusal(*payload, 400, Cat(R"({"code":)", code, "}"));
    EXPECT_EQ(refusal.kind, Refusal::Kind::kWhole) << code;
  }
}

TEST(BisectionTest, ATrialHoldsNoDanglingReference) {
  SmallPayload whole;
  whole.Add(EntityKind::kService, "a", "Service/a");
  whole.Add(EntityKind::kRoute, "r", "Ingress/i",
            Cat(R"("service":")", ServiceId("a").text(), '"'));
  whole.Add(EntityKind::kUpstream, "u", "Service/a");
  std::shared_ptr<const Payload> payload = whole.Make();
  // The route was had before, the service is new.
  Bisection bisection(payload, {payload->part({EntityKind::kRoute, 0}).fingerprint,
                                payload->part({EntityKind::kUpstream, 0}).fingerprint});
  EXPECT_EQ(bisection.Trial()->count(EntityKind::kRoute), 0u);
}

}  // namespace
}  // namespace kong
