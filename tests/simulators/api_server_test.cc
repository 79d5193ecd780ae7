#include "tools/simulators/api_server.h"

#include <initializer_list>

#include "engine/text.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/simulators/exchange_recorder.h"

namespace simulators {
namespace {

using engine::Cat;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr char kIngresses[] = "/apis/networking.k8s.io/v1/ingresses";
constexpr char kShop[] = "/apis/networking.k8s.io/v1/namespaces/default/ingresses";
constexpr char kMergePatch[] = "application/merge-patch+json";

Json Ingress(const std::string& name, const std::string& host = "a.example") {
  return {{"apiVersion", "networking.k8s.io/v1"},
          {"kind", "Ingress"},
          {"metadata", {{"name", name}, {"namespace", "default"}, {"labels", {{"app", name}}}}},
          {"spec", {{"rules", {{{"host", host}}}}}}};
}

// The events of a watch so far, as "ADDED name" and the like.
std::vector<std::string> Events(const Recorded& watch) {
  std::vector<std::string> out;
  for (std::string_view line : engine::Split(watch.body, '\n')) {
    if (line.empty()) continue;
    Json event = ParseJson(line).value_or(Json());
    Json object = At(event, "object");
    std::string_view what = TextAt(event, "type");
    std::string_view name = TextAt(At(object, "metadata"), "name");
    if (what == "ERROR") name = TextAt(object, "reason");
    if (what == "BOOKMARK") {
      bool ends = IsSet(At(At(object, "metadata"), "annotations"), "k8s.io/initial-events-end");
      name = ends ? "end" : "";
    }
    out.push_back(Cat(what, " ", name));
  }
  return out;
}

std::vector<std::string> Names(const Json& list) {
  std::vector<std::string> out;
  for (const Json& item : At(list, "items")) out.emplace_back(TextAt(At(item, "metadata"), "name"));
  return out;
}

class ApiServerTest : public testing::Test {
 protected:
  std::shared_ptr<Recorded> Get(const std::string& target) {
    return Exchange(api_, {"GET", target, "", {}});
  }
  std::shared_ptr<Recorded> Post(const Json& object) {
    return Exchange(api_, {"POST", kShop, DumpJson(object), {}});
  }
  std::shared_ptr<Recorded> Merge(const std::string& target, const Json& patch) {
    return Exchange(api_, {"PATCH", target, DumpJson(patch), {{"Content-Type", kMergePatch}}});
  }
  std::shared_ptr<Recorded> Watch(const std::string& query) {
    return Get(Cat(kIngresses, "?watch=1", query));
  }
  void Make(std::initializer_list<const char*> names) {
    for (const char* name : names) ASSERT_EQ(Post(Ingress(name))->status, 201);
  }
  std::string Revision() { return Cat(api_.store().revision()); }

  ManualClock clock_;
  ApiServer api_{clock_, {}};
};

TEST_F(ApiServerTest, CreatedObjectsHaveWhatOnlyServersWrite) {
  Json made = Post(Ingress("web"))->json();
  EXPECT_EQ(made["kind"], "Ingress");
  EXPECT_EQ(made["metadata"]["generation"], 1);
  EXPECT_EQ(TextAt(made["metadata"], "uid").size(), 36u);
  EXPECT_EQ(made["metadata"]["creationTimestamp"], "2023-11-14T22:15:00Z");
  EXPECT_EQ(made["metadata"]["resourceVersion"], Revision());
  EXPECT_EQ(Get(Cat(kShop, "/web"))->json(), made);
}

TEST_F(ApiServerTest, RefusesWhatARealServerRefuses) {
  Make({"web"});
  Json no_name = Ingress("");
  no_name["metadata"].erase("name");
  Json other_kind = Ingress("x");
  other_kind["kind"] = "Service";
  struct Case {
    const char* what;
    Call call;
    int status;
    const char* reason;
  };
  const Case cases[] = {
      {"twice", {"POST", kShop, DumpJson(Ingress("web")), {}}, 409, "AlreadyExists"},
      {"without a name", {"POST", kShop, DumpJson(no_name), {}}, 422, "Invalid"},
      {"of another kind", {"POST", kShop, DumpJson(other_kind), {}}, 400, "BadRequest"},
      {"no JSON", {"POST", kShop, "{", {}}, 400, "BadRequest"},
      {"in no namespace",
       {"POST", "/api/v1/namespaces/none/secrets", R"({"metadata":{"name":"a"}})", {}},
       404,
       "NotFound"},
      {"absent", {"GET", Cat(kShop, "/ghost"), "", {}}, 404, "NotFound"},
      {"unknown kind", {"GET", "/apis/x.io/v1/things", "", {}}, 404, "NotFound"},
      {"strategic patch",
       {"PATCH",
        Cat(kShop, "/web"),
        "{}",
        {{"Content-Type", "application/strategic-merge-patch+json"}}},
       415,
       "UnsupportedMediaType"},
      {"delete of all", {"DELETE", kShop, "", {}}, 405, "MethodNotAllowed"},
      {"protobuf",
       {"GET", kShop, "", {{"Accept", "application/vnd.kubernetes.protobuf"}}},
       406,
       "NotAcceptable"},
      {"bad selector", {"GET", Cat(kShop, "?fieldSelector=spec.x%3D1"), "", {}}, 400, "BadRequest"},
      {"future", {"GET", Cat(kShop, "?resourceVersion=999999"), "", {}}, 504, "Timeout"},
      {"match without version",
       {"GET", Cat(kShop, "?resourceVersionMatch=Exact"), "", {}},
       422,
       "Invalid"},
  };
  for (const Case& one : cases) {
    SCOPED_TRACE(one.what);
    auto answer = Exchange(api_, one.call);
    EXPECT_EQ(answer->status, one.status);
    EXPECT_EQ(answer->json()["kind"], "Status");
    EXPECT_EQ(answer->json()["reason"], one.reason);
    EXPECT_EQ(answer->json()["code"], one.status);
  }
}

TEST_F(ApiServerTest, UpdatesWithAnOldRevisionConflict) {
  Json made = Post(Ingress("web"))->json();
  Json changed = made;
  changed["spec"]["ingressClassName"] = "kong";
  EXPECT_EQ(Exchange(api_, {"PUT", Cat(kShop, "/web"), DumpJson(changed), {}})->status, 200);
  auto stale = Exchange(api_, {"PUT", Cat(kShop, "/web"), DumpJson(made), {}});
  EXPECT_EQ(stale->status, 409);
  EXPECT_EQ(stale->json()["reason"], "Conflict");
}

TEST_F(ApiServerTest, GenerationCountsChangesOfTheSpecOnly) {
  Make({"web"});
  Json labelled = Merge(Cat(kShop, "/web"), {{"metadata", {{"labels", {{"x", "y"}}}}}})->json();
  EXPECT_EQ(labelled["metadata"]["generation"], 1);
  Json respecced = Merge(Cat(kShop, "/web"), {{"spec", {{"ingressClassName", "kong"}}}})->json();
  EXPECT_EQ(respecced["metadata"]["generation"], 2);
  EXPECT_EQ(respecced["metadata"]["uid"], labelled["metadata"]["uid"]);
}

TEST_F(ApiServerTest, AnEqualUpdateIsNoNewRevision) {
  Json made = Post(Ingress("web"))->json();
  std::string before = Revision();
  Json again = Exchange(api_, {"PUT", Cat(kShop, "/web"), DumpJson(made), {}})->json();
  EXPECT_EQ(again, made);
  EXPECT_EQ(Revision(), before);
}

TEST_F(ApiServerTest, StatusAndSpecHaveEndpointsOfTheirOwn) {
  Make({"web"});
  Json both = {{"status", {{"loadBalancer", "x"}}}, {"spec", {{"ingressClassName", "kong"}}}};
  Json main = Merge(Cat(kShop, "/web"), both)->json();
  EXPECT_FALSE(main.contains("status"));
  EXPECT_EQ(main["spec"]["ingressClassName"], "kong");
  both["spec"]["ingressClassName"] = "other";
  Json status = Merge(Cat(kShop, "/web/status"), both)->json();
  EXPECT_EQ(status["status"]["loadBalancer"], "x");
  EXPECT_EQ(status["spec"]["ingressClassName"], "kong");
  EXPECT_EQ(status["metadata"]["generation"], 2);
}

TEST_F(ApiServerTest, JsonPatchesApplyOrFailWhole) {
  Make({"web"});
  auto patch = [&](const Json& body) {
    return Exchange(api_, {"PATCH",
                           Cat(kShop, "/web"),
                           DumpJson(body),
                           {{"Content-Type", "application/json-patch+json"}}});
  };
  Json good = {{{"op", "replace"}, {"path", "/spec/rules/0/host"}, {"value", "b.example"}}};
  EXPECT_EQ(patch(good)->json()["spec"]["rules"][0]["host"], "b.example");
  Json bad = {{{"op", "test"}, {"path", "/spec/rules/0/host"}, {"value", "c.example"}}};
  EXPECT_EQ(patch(bad)->status, 422);
  EXPECT_EQ(patch("nonsense")->status, 422);
}

TEST_F(ApiServerTest, FinalizersHoldADeletionUp) {
  Json held = Ingress("web");
  held["metadata"]["finalizers"] = {"example/hold"};
  Post(held);
  Json marked = Exchange(api_, {"DELETE", Cat(kShop, "/web"), "", {}})->json();
  EXPECT_TRUE(marked["metadata"].contains("deletionTimestamp"));
  Merge(Cat(kShop, "/web"), {{"metadata", {{"finalizers", nullptr}}}});
  EXPECT_EQ(Get(Cat(kShop, "/web"))->status, 404);
}

TEST_F(ApiServerTest, SecretsTakeTheirStringData) {
  Json secret = {{"metadata", {{"name", "s"}}}, {"stringData", {{"key", "abc"}}}};
  Json made =
      Exchange(api_, {"POST", "/api/v1/namespaces/default/secrets", DumpJson(secret), {}})->json();
  EXPECT_EQ(made["data"]["key"], "YWJj");
  EXPECT_FALSE(made.contains("stringData"));
}

TEST_F(ApiServerTest, PagesShowOneSnapshotWhileWritersGoOn) {
  Make({"a", "b", "c", "d"});
  std::string snapshot = Revision();
  Json first = Get(Cat(kIngresses, "?limit=2"))->json();
  EXPECT_THAT(Names(first), ElementsAre("a", "b"));
  EXPECT_EQ(first["metadata"]["remainingItemCount"], 2);
  Exchange(api_, {"DELETE", Cat(kShop, "/c"), "", {}});
  Make({"e"});
  std::string token(TextAt(first["metadata"], "continue"));
  Json second = Get(Cat(kIngresses, "?limit=2&continue=", token))->json();
  EXPECT_THAT(Names(second), ElementsAre("c", "d"));
  EXPECT_EQ(second["metadata"]["resourceVersion"], snapshot);
  EXPECT_FALSE(second["metadata"].contains("continue"));
}

TEST_F(ApiServerTest, ATokenExpiresWithItsSnapshotAndOffersAnInconsistentRest) {
  Make({"a", "b", "c"});
  std::string token(TextAt(Get(Cat(kIngresses, "?limit=1"))->json()["metadata"], "continue"));
  Make({"d"});
  api_.Compact(api_.store().revision());
  auto expired = Get(Cat(kIngresses, "?limit=1&continue=", token));
  EXPECT_EQ(expired->status, 410);
  EXPECT_EQ(expired->json()["reason"], "Expired");
  std::string rest(TextAt(expired->json()["metadata"], "continue"));
  EXPECT_THAT(Names(Get(Cat(kIngresses, "?continue=", rest))->json()), ElementsAre("b", "c", "d"));
}

TEST_F(ApiServerTest, ListsHonourTheRevisionAsked) {
  Make({"a"});
  std::string old = Revision();
  Make({"b"});
  auto names = [&](const std::string& query) { return Names(Get(Cat(kIngresses, query))->json()); };
  EXPECT_THAT(names(Cat("?resourceVersionMatch=Exact&resourceVersion=", old)), ElementsAre("a"));
  EXPECT_THAT(names(Cat("?resourceVersionMatch=NotOlderThan&resourceVersion=", old)),
              ElementsAre("a", "b"));
  EXPECT_THAT(names(Cat("?resourceVersion=", old)), ElementsAre("a", "b"));
  EXPECT_THAT(names(Cat("?limit=9&resourceVersion=", old)), ElementsAre("a"));
  EXPECT_THAT(names("?limit=1&resourceVersion=0"), ElementsAre("a", "b"));
  api_.Compact(api_.store().revision());
  EXPECT_EQ(Get(Cat(kIngresses, "?resourceVersionMatch=Exact&resourceVersion=", old))->status, 410);
}

TEST_F(ApiServerTest, SelectorsChooseByLabelAndField) {
  Make({"a", "b", "c"});
  struct Case {
    const char* query;
    std::vector<std::string> names;
  };
  const Case cases[] = {{"?labelSelector=app%3Da", {"a"}},
                        {"?labelSelector=app%20in%20(a,b)", {"a", "b"}},
                        {"?labelSelector=app%20notin%20(a,b)", {"c"}},
                        {"?labelSelector=app!%3Da,app", {"b", "c"}},
                        {"?labelSelector=!app", {}},
                        {"?fieldSelector=metadata.name%3Db", {"b"}},
                        {"?fieldSelector=metadata.namespace!%3Ddefault", {}}};
  for (const Case& one : cases) {
    SCOPED_TRACE(one.query);
    EXPECT_EQ(Names(Get(Cat(kIngresses, one.query))->json()), one.names);
  }
}

TEST_F(ApiServerTest, MetadataOnlyFormsHideTheRest) {
  Exchange(api_, {"POST",
                  "/api/v1/namespaces/default/secrets",
                  R"({"metadata":{"name":"s"},"data":{"k":"canary"}})",
                  {}});
  const char* accept =
      "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json";
  auto list = Exchange(api_, {"GET", "/api/v1/secrets", "", {{"Accept", accept}}});
  EXPECT_EQ(list->json()["kind"], "PartialObjectMetadataList");
  EXPECT_EQ(list->json()["items"][0]["kind"], "PartialObjectMetadata");
  EXPECT_THAT(list->body, Not(HasSubstr("canary")));
}

TEST_F(ApiServerTest, WatchesSeeEveryChangeAfterTheirRevision) {
  Make({"a"});
  auto watch = Watch(Cat("&resourceVersion=", Revision()));
  Make({"b"});
  Merge(Cat(kShop, "/a"), {{"spec", {{"ingressClassName", "kong"}}}});
  Exchange(api_, {"DELETE", Cat(kShop, "/b"), "", {}});
  EXPECT_THAT(Events(*watch), ElementsAre("ADDED b", "MODIFIED a", "DELETED b"));
  EXPECT_FALSE(watch->ended);
}

TEST_F(ApiServerTest, WatchesCanStartInThePastUntilItIsCompacted) {
  std::string start = Revision();
  Make({"a", "b"});
  EXPECT_THAT(Events(*Watch(Cat("&resourceVersion=", start))), ElementsAre("ADDED a", "ADDED b"));
  api_.Compact(api_.store().revision());
  auto late = Watch(Cat("&resourceVersion=", start));
  EXPECT_EQ(late->status, 200);
  EXPECT_THAT(Events(*late), ElementsAre("ERROR Expired"));
  EXPECT_TRUE(late->ended);
}

TEST_F(ApiServerTest, AnObjectThatLeavesTheSelectorIsDeletedToTheWatch) {
  auto watch = Watch(Cat("&labelSelector=app%3Da&resourceVersion=", Revision()));
  Make({"a", "b"});
  Merge(Cat(kShop, "/a"), {{"metadata", {{"labels", {{"app", "z"}}}}}});
  Merge(Cat(kShop, "/b"), {{"metadata", {{"labels", {{"app", "a"}}}}}});
  EXPECT_THAT(Events(*watch), ElementsAre("ADDED a", "DELETED a", "ADDED b"));
}

TEST_F(ApiServerTest, StreamingListsEndTheInitialEventsWithABookmark) {
  Make({"a"});
  auto watch =
      Watch("&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true");
  Make({"b"});
  EXPECT_THAT(Events(*watch), ElementsAre("ADDED a", "BOOKMARK end", "ADDED b"));
  EXPECT_EQ(Watch("&sendInitialEvents=true")->status, 422);
}

TEST_F(ApiServerTest, OldServersIgnoreOrRefuseStreamingLists) {
  Make({"a"});
  const char* query =
      "&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true";
  api_.SetStreamingLists(StreamingLists::kIgnored);
  EXPECT_THAT(Events(*Watch(query)), ElementsAre("ADDED a"));
  api_.SetStreamingLists(StreamingLists::kRefused);
  EXPECT_EQ(Watch(query)->status, 422);
}

TEST_F(ApiServerTest, BookmarksComeOnlyToThoseWhoWantThem) {
  auto wants = Watch(Cat("&allowWatchBookmarks=true&resourceVersion=", Revision()));
  auto others = Watch(Cat("&resourceVersion=", Revision()));
  clock_.Advance(absl::Minutes(2));
  EXPECT_THAT(Events(*wants), ElementsAre("BOOKMARK ", "BOOKMARK "));
  EXPECT_THAT(Events(*others), ElementsAre());
}

TEST_F(ApiServerTest, WatchesEndAfterTheirTimeout) {
  auto watch = Watch(Cat("&timeoutSeconds=5&resourceVersion=", Revision()));
  clock_.Advance(absl::Seconds(4));
  EXPECT_FALSE(watch->ended);
  clock_.Advance(absl::Seconds(2));
  EXPECT_TRUE(watch->ended);
  EXPECT_EQ(api_.watches(), 0u);
}

TEST_F(ApiServerTest, ASlowReaderLosesItsWatch) {
  auto watch = Watch(Cat("&resourceVersion=", Revision()));
  watch->queued = size_t{1} << 30;
  Make({"a"});
  EXPECT_TRUE(watch->aborted);
}

TEST_F(ApiServerTest, WatchesAreCutAsTold) {
  struct Case {
    WatchCut how;
    bool ended, aborted;
    std::vector<std::string> events;
  };
  const Case cases[] = {{WatchCut::kEnd, true, false, {}},
                        {WatchCut::kReset, false, true, {}},
                        {WatchCut::kHalfOpen, false, false, {}},
                        {WatchCut::kGone, true, false, {"ERROR Expired"}},
                        {WatchCut::kTruncate, false, true, {" "}},
                        {WatchCut::kJunk, false, false, {" ", "ADDED x5"}}};
  int count = 0;
  for (const Case& one : cases) {
    SCOPED_TRACE(count);
    auto watch = Watch(Cat("&resourceVersion=", Revision()));
    api_.CutWatches(one.how, "ingresses");
    Make({Cat("x", count++).c_str()});
    EXPECT_EQ(watch->ended, one.ended);
    EXPECT_EQ(watch->aborted, one.aborted);
    EXPECT_EQ(Events(*watch), one.events);
  }
}

TEST_F(ApiServerTest, EventsAreDuplicatedAndDroppedAsTold) {
  auto watch = Watch(Cat("&resourceVersion=", Revision()));
  api_.DuplicateEvents(1);
  Make({"a", "b"});
  api_.DropEvents(1);
  Make({"c", "d"});
  EXPECT_THAT(Events(*watch), ElementsAre("ADDED a", "ADDED a", "ADDED b", "ADDED d"));
}

TEST_F(ApiServerTest, FaultsBefallTheRequestsThatFit) {
  Make({"a", "b"});
  auto fault = [&](const char* command) {
    EXPECT_EQ(Exchange(api_, {"POST", "/_simulator/faults", command, {}})->status, 200) << command;
  };
  fault(R"({"fault":"status","status":429,"retryAfterSeconds":3,"verb":"list","times":2})");
  for (int i = 0; i < 2; ++i) {
    auto busy = Get(kIngresses);
    EXPECT_EQ(busy->status, 429);
    EXPECT_EQ(busy->headers.Find("Retry-After"), "3");
  }
  EXPECT_EQ(Get(kIngresses)->status, 200);

  fault(R"({"fault":"status","status":410,"verb":"continue"})");
  std::string token(TextAt(Get(Cat(kIngresses, "?limit=1"))->json()["metadata"], "continue"));
  EXPECT_EQ(Get(Cat(kIngresses, "?continue=", token))->status, 410);

  fault(R"({"fault":"error-event","verb":"watch"})");
  EXPECT_THAT(Events(*Watch("")), ElementsAre("ERROR Expired"));
  fault(R"({"fault":"status","status":410,"verb":"watch","resource":"ingresses"})");
  EXPECT_EQ(Watch("")->status, 410);
  fault(R"({"fault":"truncate","verb":"list"})");
  auto half = Get(kIngresses);
  EXPECT_TRUE(half->aborted);
  EXPECT_FALSE(half->body.empty());
  fault(R"({"fault":"junk"})");
  EXPECT_TRUE(Get(kIngresses)->json().is_null());
  fault(R"({"fault":"reset"})");
  EXPECT_TRUE(Get(kIngresses)->aborted);
  fault(R"({"fault":"hang"})");
  auto silent = Get(kIngresses);
  EXPECT_FALSE(silent->ended || silent->aborted || silent->dropped);
  fault(R"({"fault":"delay","seconds":5})");
  auto late = Get(kIngresses);
  EXPECT_FALSE(late->ended);
  clock_.Advance(absl::Seconds(6));
  EXPECT_EQ(late->status, 200);
  EXPECT_EQ(Exchange(api_, {"POST", "/_simulator/faults", R"({"fault":"x"})", {}})->status, 400);
  EXPECT_EQ(Exchange(api_, {"POST", "/_simulator/faults", "[", {}})->status, 400);
}

TEST_F(ApiServerTest, ListsAtZeroCanBeStale) {
  Make({"a"});
  int64_t old = api_.store().revision();
  Make({"b"});
  api_.ServeStale(old);
  EXPECT_THAT(Names(Get(Cat(kIngresses, "?resourceVersion=0"))->json()), ElementsAre("a"));
  EXPECT_THAT(Names(Get(kIngresses)->json()), ElementsAre("a", "b"));
}

TEST_F(ApiServerTest, DiscoveryNamesWhatIsServed) {
  EXPECT_EQ(Get("/version")->json()["gitVersion"], "v1.34.4");
  EXPECT_EQ(Get("/api")->json()["versions"][0], "v1");
  EXPECT_THAT(Get("/apis")->body, HasSubstr("networking.k8s.io/v1"));
  Json list = Get("/apis/networking.k8s.io/v1")->json();
  EXPECT_EQ(list["kind"], "APIResourceList");
  EXPECT_THAT(DumpJson(list), HasSubstr("ingresses/status"));
  EXPECT_EQ(Get("/apis/nothing.io/v1")->status, 404);
}

TEST(ApiAccessTest, TokensDecideWhoMayDoWhat) {
  ManualClock clock;
  ApiServerOptions options;
  options.tokens["good"] = {"kdelta", {{{""}, {"secrets"}, {"list"}}}};
  ApiServer api(clock, options);
  auto get = [&](const char* path, const char* authorization) {
    return Exchange(api, {"GET", path, "", {{"Authorization", authorization}}});
  };
  EXPECT_EQ(get("/version", "")->status, 200);
  EXPECT_EQ(get("/api/v1/secrets", "")->status, 401);
  EXPECT_EQ(get("/api/v1/secrets", "Bearer bad")->status, 401);
  EXPECT_EQ(get("/api/v1/secrets", "Bearer good")->status, 200);
  auto forbidden = get(kIngresses, "Bearer good");
  EXPECT_EQ(forbidden->status, 403);
  EXPECT_EQ(forbidden->json()["message"],
            "ingresses.networking.k8s.io is forbidden: User \"kdelta\" cannot list resource "
            "\"ingresses\" in API group \"networking.k8s.io\" at the cluster scope");
}

}  // namespace
}  // namespace simulators
