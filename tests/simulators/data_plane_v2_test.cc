#include "tools/simulators/data_plane_v2.h"

#include "engine/text.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "io/snappy.h"
#include "tests/simulators/socket_pair.h"

namespace simulators {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr std::string_view kWorkspace = kBuiltInWorkspace;

std::shared_ptr<const std::string> Share(std::string text) {
  return std::make_shared<const std::string>(std::move(text));
}

Json Delta(std::string_view type, Json entity, Json version) {
  return {{"type", type},
          {"version", std::move(version)},
          {"ws_id", kWorkspace},
          {"pk", {{"id", At(entity, "id")}}},
          {"entity", std::move(entity)}};
}

Json Deletion(std::string_view type, std::string_view id, Json version) {
  return {{"type", type},
          {"version", std::move(version)},
          {"ws_id", kWorkspace},
          {"pk", {{"id", id}}},
          {"entity", nullptr}};
}

Json Workspace(Json version) {
  return Delta("workspaces", {{"id", kWorkspace}, {"name", "default"}}, std::move(version));
}

Json Route(std::string_view id, Json paths, Json updated_at = 100) {
  Json route = {{"id", id}, {"name", id}, {"protocols", {"http"}}, {"paths", std::move(paths)}};
  if (!updated_at.is_null()) route["updated_at"] = std::move(updated_at);
  return route;
}

// A control plane that answers get_delta with what a test put down, once.
class DataPlaneV2Test : public testing::Test {
 protected:
  DataPlaneV2Test() : control_(clock_) {
    control_.OnMessage([this](ScriptedControlPlane::Link& link, const std::string& message) {
      OnMessage(link, message);
    });
  }

  void Start(DataPlaneV2Options options = {}) {
    plane_ = std::make_unique<DataPlaneV2>(clock_, std::move(options), control_.Dialer());
    plane_->Start();
    clock_.Advance(absl::Seconds(1));
  }

  void OnMessage(ScriptedControlPlane::Link& link, const std::string& message) {
    if (const auto hello = ParseJson(message); hello) {
      hellos_.push_back(*hello);
      if (!answers_hello_) return;
      return link.socket->Send(
          Share(DumpJson({{"jsonrpc", "2.0"}, {"id", 1}, {"result", agreed_}})), true);
    }
    const Json call = *ParseJson(*io::Unsnap(message, 1 << 30));
    if (!call.contains("method")) return answers_.push_back(call);
    versions_.push_back(call["params"][0]["default"]["version"]);
    if (!answers_calls_) return;
    Json result = {{"default", {{"wipe", wipe_}, {"deltas", std::move(deltas_)}}}};
    deltas_ = Json::object();  // As Lua writes an empty list.
    wipe_ = false;
    Say(link, {{"jsonrpc", "2.0"}, {"id", call["id"]}, {"result", std::move(result)}});
  }

  void Say(ScriptedControlPlane::Link& link, const Json& message) {
    link.socket->Send(Share(io::Snap(DumpJson(message))), true);
  }

  void Notify(Json version, size_t link) {
    Say(control_.link(link), {{"jsonrpc", "2.0"},
                              {"id", next_id_++},
                              {"method", "kong.sync.v2.notify_new_version"},
                              {"params", {{{"default", {{"new_version", version}}}}}}});
    clock_.Advance(absl::Milliseconds(100));
  }

  // Puts down deltas of one version, and notifies of it.
  void Push(Json deltas, bool wipe = false) {
    const Json version = deltas.back()["version"];
    deltas_ = std::move(deltas);
    wipe_ = wipe;
    Notify(version, control_.links() - 1);
  }

  // Past the timer of Kong's router.
  void PassRouterTimer() { clock_.Advance(absl::Seconds(6)); }

  std::vector<std::string> Served() const {
    std::vector<std::string> ids;
    for (const auto& [id, route] : plane_->router().http()) ids.push_back(id);
    return ids;
  }

  io::FakeClock clock_;
  ScriptedControlPlane control_;
  std::unique_ptr<DataPlaneV2> plane_;
  std::vector<Json> hellos_, answers_, versions_;
  Json agreed_ = {{"rpc_capabilities", {"kong.sync.v2"}},
                  {"rpc_frame_encoding", "x-snappy-framed"}};
  Json deltas_ = Json::object();
  bool wipe_ = false, answers_hello_ = true, answers_calls_ = true;
  int next_id_ = 0;
};

TEST_F(DataPlaneV2Test, SaysHelloPullsTwiceAndAcknowledges) {
  deltas_ = {Workspace(5), Delta("routes", Route("r1", {"/one"}), 5)};
  wipe_ = true;
  Start();
  EXPECT_EQ(control_.link(0).target, "/v2/outlet");
  EXPECT_EQ(control_.link(0).protocol, "kong.meta.v1");
  ASSERT_EQ(hellos_.size(), 1U);
  EXPECT_EQ(hellos_[0]["params"][0]["kong_version"], "3.9.3");
  EXPECT_EQ(hellos_[0]["params"][0]["kong_conf"]["router_flavor"], "traditional_compatible");
  EXPECT_THAT(versions_, ElementsAre(Json(0), Json(5)));
  EXPECT_EQ(plane_->configuration_hash(), "00000000000000000000000000000005");
  EXPECT_EQ(plane_->store().default_workspace(), kWorkspace);
  EXPECT_TRUE(plane_->ready());
  EXPECT_THAT(Served(), ElementsAre("r1"));
  EXPECT_EQ(plane_->counts().wipes, 1U);
}

TEST_F(DataPlaneV2Test, EachWorkerHasALinkAndAnyOfThemIsEnoughToNotify) {
  DataPlaneV2Options options;
  options.workers = 3;
  deltas_ = {Workspace(5)};
  wipe_ = true;
  Start(options);
  ASSERT_EQ(control_.links(), 3U);
  EXPECT_EQ(hellos_[0]["params"][0]["kong_node_id"], hellos_[2]["params"][0]["kong_node_id"]);
  EXPECT_THAT(versions_, ElementsAre(Json(0), Json(5))) << "one of them syncs";
  deltas_ = Json::array({Delta("routes", Route("r1", {"/one"}), 6)});
  Notify(6, 1);
  EXPECT_EQ(plane_->store().version(), 6);
  EXPECT_EQ(versions_.size(), 4U);
}

TEST_F(DataPlaneV2Test, OnlyAGreaterVersionIsPulledAndVersionsAreLuaNumbers) {
  deltas_ = Json::array({Workspace(10)});
  wipe_ = true;
  Start();
  const size_t calls = versions_.size();
  for (const int version : {9, 10}) Notify(version, 0);
  EXPECT_EQ(versions_.size(), calls);
  EXPECT_EQ(answers_.back()["result"], true);
  Notify("11", 0);
  EXPECT_TRUE(answers_.back().contains("error")) << "3.9 compares numbers";
  EXPECT_EQ(versions_.size(), calls);
  Push(Json::array({Deletion("routes", "none", 9007199254740993)}));
  EXPECT_EQ(plane_->store().version(), 9007199254740992.0) << "beyond 2^53 versions are lost";
}

TEST_F(DataPlaneV2Test, AWipeMayGoBackAndReplacesEverything) {
  Start();
  Push({Workspace(10), Delta("routes", Route("r1", {"/one"}), 10)}, true);
  Push({Workspace(10), Delta("routes", Route("r2", {"/two"}), 11)}, true);
  EXPECT_THAT(Served(), ElementsAre("r2"));
  deltas_ = {Workspace(3), Delta("services", {{"id", "s1"}}, 3)};
  wipe_ = true;
  Notify(12, 0);
  EXPECT_EQ(plane_->store().version(), 3);
  EXPECT_EQ(plane_->store().Visible().count("routes"), 0U);
}

TEST_F(DataPlaneV2Test, ARouteWithoutUpdatedAtIsAcknowledgedAndThePlaneIsDead) {
  Start();
  Push({Workspace(5), Delta("routes", Route("r1", {"/one"}), 5)}, true);
  Push(Json::array({Delta("routes", Route("r2", {"/two"}, nullptr), 6)}));
  EXPECT_EQ(versions_.back(), 6) << "acknowledged";
  PassRouterTimer();
  EXPECT_TRUE(plane_->router().dead());
  EXPECT_FALSE(plane_->ready());
  Push(Json::array({Delta("routes", Route("r2", {"/two"}, 200), 7)}));
  Push({Workspace(8), Delta("routes", Route("r3", {"/three"}, 200), 8)}, true);
  PassRouterTimer();
  EXPECT_EQ(versions_.back(), 8) << "it goes on to acknowledge";
  EXPECT_THAT(Served(), ElementsAre("r1")) << "nothing heals it";
  plane_->Restart(/*keep=*/true);
  clock_.Advance(absl::Seconds(1));
  EXPECT_THAT(Served(), ElementsAre("r3")) << "but a restart on a good disk";
}

TEST_F(DataPlaneV2Test, ARestartOnABadDiskNeverConnectsAgain) {
  Start();
  Push({Workspace(5), Delta("routes", Route("r1", {"/one"}), 5)}, true);
  Push(Json::array({Delta("routes", Route("r2", {"/two"}, nullptr), 6)}));
  const size_t links = control_.links();
  plane_->Restart(/*keep=*/true);
  clock_.Advance(absl::Minutes(5));
  EXPECT_TRUE(plane_->broken());
  EXPECT_FALSE(plane_->ready());
  EXPECT_THAT(Served(), IsEmpty());
  EXPECT_EQ(control_.links(), links);
  plane_->Restart(/*keep=*/false);
  clock_.Advance(absl::Seconds(1));
  EXPECT_EQ(control_.links(), links + 1);
  EXPECT_EQ(versions_.back(), 0);
}

TEST_F(DataPlaneV2Test, TheRouterIgnoresAnUpdateWithTheSameUpdatedAt) {
  Start();
  Push({Workspace(5), Delta("routes", Route("old", {"/one"}, 100), 5),
        Delta("routes", Route("newest", {"/one"}, 200), 5)},
       true);
  Push({Delta("routes", Route("old", {"/changed"}, 100), 6),
        Delta("routes", Route("newest", {"/changed"}, 200), 6)});
  PassRouterTimer();
  EXPECT_EQ(plane_->router().http().at("old")["paths"][0], "/one");
  EXPECT_EQ(plane_->router().http().at("newest")["paths"][0], "/changed");
  Push(Json::array({Delta("routes", Route("old", {"/changed"}, 101), 7)}));
  PassRouterTimer();
  EXPECT_EQ(plane_->router().http().at("old")["paths"][0], "/changed");
}

TEST_F(DataPlaneV2Test, PathsThatAreATextStopTheRouterUntilTheyAreCorrected) {
  Start();
  Push({Workspace(5), Delta("routes", Route("r1", {"/one"}), 5)}, true);
  Push({Delta("routes", Route("bad", "/text", 300), 6),
        Delta("routes", Route("good", {"/good"}, 300), 6)});
  PassRouterTimer();
  EXPECT_THAT(Served(), ElementsAre("r1"));
  Push(Json::array({Delta("routes", Route("bad", {"/text"}, 301), 7)}));
  PassRouterTimer();
  EXPECT_THAT(Served(), ElementsAre("bad", "good", "r1"));
}

TEST_F(DataPlaneV2Test, AnInvalidRegexCostsItsOwnRoute) {
  Start();
  Push({Workspace(5), Delta("routes", Route("bad", {"~/a(b"}), 5),
        Delta("routes", Route("good", {"~/a(b)$"}), 5)},
       true);
  EXPECT_THAT(Served(), ElementsAre("good"));
}

TEST_F(DataPlaneV2Test, StreamRoutesFollowFullSyncsOnly) {
  Start();
  Json stream = Route("tcp", nullptr);
  stream["protocols"] = {"tcp"};
  Push({Workspace(5), Delta("routes", stream, 5)}, true);
  Json other = Route("udp", nullptr, 300);
  other["protocols"] = {"udp"};
  Push({Deletion("routes", "tcp", 6), Delta("routes", other, 6)});
  PassRouterTimer();
  EXPECT_EQ(plane_->router().stream().count("tcp"), 1U);
  EXPECT_EQ(plane_->router().stream().count("udp"), 0U);
  Push({Workspace(7), Delta("routes", other, 7)}, true);
  EXPECT_EQ(plane_->router().stream().count("tcp"), 0U);
  EXPECT_EQ(plane_->router().stream().count("udp"), 1U);
}

TEST_F(DataPlaneV2Test, ABatchThatKongStumblesOverIsNotAppliedAtAll) {
  Start();
  Push(Json::array({Workspace(5)}), true);
  const std::pair<const char*, Json> cases[] = {
      {"unknown type", Delta("frobnicators", {{"id", "x"}}, 6)},
      {"version is a text", Delta("services", {{"id", "x"}}, "6")},
      {"no key", Delta("services", {{"name", "x"}}, 6)},
  };
  for (const auto& [name, bad] : cases) {
    deltas_ = {Delta("services", {{"id", "good"}}, 6), bad};
    Notify(6, 0);
    EXPECT_EQ(plane_->store().version(), 5) << name;
    EXPECT_EQ(plane_->store().Visible().count("services"), 0U) << name;
    EXPECT_FALSE(plane_->last_error().ok()) << name;
  }
  clock_.Advance(absl::Seconds(31));
  EXPECT_EQ(versions_.back(), 5) << "it asks again at the next poll";
}

TEST_F(DataPlaneV2Test, AnEmptyWipeServesNothing) {
  Start();
  Push({Workspace(5), Delta("routes", Route("r1", {"/one"}), 5)}, true);
  Push(Json::array({Workspace(6)}), true);
  EXPECT_THAT(Served(), IsEmpty());
}

TEST_F(DataPlaneV2Test, ANameThatMovesBeforeItsOldOwnerIsDeletedIsLost) {
  Start();
  const Json a = {{"id", "a"}, {"name", "x"}}, b = {{"id", "b"}, {"name", "x"}};
  Push({Workspace(5), Delta("services", a, 5)}, true);
  Push({Delta("services", b, 6), Deletion("services", "a", 6)});
  EXPECT_THAT(plane_->store().Unfindable(), ElementsAre("services b name"));
  Push({Workspace(7), Delta("services", a, 7)}, true);
  Push({Deletion("services", "a", 8), Delta("services", b, 8)});
  EXPECT_THAT(plane_->store().Unfindable(), IsEmpty());
}

TEST_F(DataPlaneV2Test, OnlyTheDefaultWorkspaceIsSeenAndARestartMayForgetIt) {
  const std::string other = "d6293eed-a0f6-45b7-8b90-d2eb954670d9";
  const auto whole = [&](int version) {
    Json deltas = {Delta("workspaces", {{"id", other}, {"name", "default"}}, version),
                   Delta("services", {{"id", "s"}}, version),
                   Delta("services", {{"id", "of another"}}, version)};
    for (const int i : {0, 1}) deltas[static_cast<size_t>(i)]["ws_id"] = other;
    return deltas;
  };
  Start();
  for (const int version : {5, 6}) {
    Push(whole(version), true);
    EXPECT_EQ(plane_->store().default_workspace(), other);
    EXPECT_EQ(plane_->store().Visible()["services"].size(), 1U);
  }
  plane_->Restart(/*keep=*/true);
  EXPECT_EQ(plane_->store().default_workspace(), kBuiltInWorkspace)
      << "a wipe writes the workspace's id only if it changed";
  EXPECT_EQ(plane_->store().Visible()["services"].count("s"), 0U);
}

TEST_F(DataPlaneV2Test, ALostLinkOpensAgainAndAsksAtTheNextPollOnly) {
  Start();
  Push(Json::array({Workspace(5)}), true);
  const size_t calls = versions_.size();
  plane_->Drop();
  EXPECT_EQ(plane_->links_up(), 0U);
  clock_.Advance(absl::Milliseconds(4'900));
  EXPECT_EQ(plane_->links_up(), 0U);
  clock_.Advance(absl::Milliseconds(5'200));
  EXPECT_EQ(plane_->links_up(), 1U);
  EXPECT_EQ(versions_.size(), calls);
  clock_.Advance(absl::Seconds(25));
  EXPECT_GT(versions_.size(), calls);
  EXPECT_EQ(versions_.back(), 5) << "what it has is still there";
}

TEST_F(DataPlaneV2Test, SilenceIsAskedThenPunished) {
  DataPlaneV2Options options;
  options.pace.poll = absl::Hours(1);
  Start(options);
  clock_.Advance(absl::Seconds(40));
  EXPECT_EQ(control_.link(0).pings.size(), 1U) << "after 30 s, and it was answered";
  EXPECT_EQ(plane_->links_opened(), 1U);
  clock_.Advance(absl::Minutes(10));
  EXPECT_EQ(plane_->links_opened(), 1U);
}

TEST_F(DataPlaneV2Test, AHelloWithoutTheRightAnswerEndsTheLink) {
  answers_hello_ = false;
  Start();
  clock_.Advance(absl::Seconds(5));
  EXPECT_TRUE(control_.link(0).closed);
  answers_hello_ = true;
  agreed_["rpc_frame_encoding"] = "none";
  clock_.Advance(absl::Seconds(11));
  EXPECT_TRUE(control_.link(1).closed);
  EXPECT_EQ(plane_->links_up(), 0U);
}

TEST_F(DataPlaneV2Test, AnAnswerThatComesTooLateIsDropped) {
  answers_calls_ = false;
  Start();
  clock_.Advance(absl::Seconds(6));
  Say(control_.last(), {{"jsonrpc", "2.0"},
                        {"id", 0},
                        {"result", {{"default", {{"deltas", {Workspace(5)}}, {"wipe", true}}}}}});
  clock_.Advance(absl::Seconds(1));
  EXPECT_EQ(plane_->store().version(), 0);
  EXPECT_EQ(plane_->counts().failures, 1U);
}

TEST_F(DataPlaneV2Test, FramesThatAreNoSnappyEndTheLink) {
  Start();
  control_.last().socket->Send(Share("{\"jsonrpc\":\"2.0\"}"), true);
  clock_.Advance(absl::Seconds(1));
  EXPECT_TRUE(control_.link(0).closed);
}

TEST_F(DataPlaneV2Test, SlowAndRefusingPlanesAreHadOnRequest) {
  Start();
  Push(Json::array({Workspace(5)}), true);
  plane_->RefuseNotifications(1);
  Notify(6, 0);
  EXPECT_TRUE(answers_.back().contains("error"));
  plane_->SetApplyTime(absl::Seconds(3));
  Push(Json::array({Delta("services", {{"id", "s"}}, 7)}));
  EXPECT_EQ(plane_->store().version(), 5);
  clock_.Advance(absl::Seconds(7));
  EXPECT_EQ(plane_->store().version(), 7);
  plane_->SetApplyTime(absl::ZeroDuration());
  plane_->FailBatches(1);
  Push(Json::array({Delta("services", {{"id", "t"}}, 8)}));
  EXPECT_EQ(plane_->store().version(), 7);
}

}  // namespace
}  // namespace simulators
