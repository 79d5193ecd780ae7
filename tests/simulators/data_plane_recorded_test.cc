// Replays what a real control plane said to a real Kong 3.9.3 data plane, and compares what the
// simulated one says with what the real one said. The recordings are not part of this repository;
// without them beside the checkout this test is skipped.

#include <filesystem>
#include <fstream>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "io/gzip.h"
#include "io/snappy.h"
#include "tests/simulators/socket_pair.h"
#include "tools/simulators/data_plane_v1.h"
#include "tools/simulators/data_plane_v2.h"

namespace simulators {
namespace {

namespace fs = std::filesystem;

std::vector<Json> ReadFrames(const std::string& name) {
  std::vector<Json> frames;
  std::ifstream file(fs::path(KDELTA_SOURCE_DIR) / ".." / "shared" / "reference" / "kong-recorded" /
                     "hybrid" / name);
  for (std::string line; std::getline(file, line);) frames.push_back(*ParseJson(line));
  return frames;
}

class DataPlaneRecordedTest : public testing::Test {
 protected:
  DataPlaneRecordedTest() : control_(clock_) {}

  // Lets time pass until the queue has something, at most as long as a plane may be silent.
  std::string Await(std::deque<std::string>& heard) {
    for (int i = 0; i < 350 && heard.empty(); ++i) clock_.Advance(absl::Milliseconds(100));
    if (heard.empty()) {
      ADD_FAILURE() << "the plane said nothing";
      return "";
    }
    std::string first = std::move(heard.front());
    heard.pop_front();
    return first;
  }

  void PassUntil(const Json& frame, double opened) {
    const absl::Duration at = absl::Seconds(frame["t"].get<double>() - opened);
    if (clock_.Uptime() < at) clock_.Advance(at - clock_.Uptime());
  }

  void Say(std::string bytes) {
    control_.last().socket->Send(std::make_shared<const std::string>(std::move(bytes)), true);
    clock_.Advance(absl::Milliseconds(1));
  }

  io::FakeClock clock_;
  ScriptedControlPlane control_;
};

// The members that both have must be the same; ours may leave out, not invent.
void ExpectPart(const Json& ours, const Json& real) {
  for (const auto& [name, value] : ours.items()) {
    EXPECT_TRUE(real.contains(name)) << name;
    if (name != "kong_node_id" && name != "kong_hostname") EXPECT_EQ(value, At(real, name)) << name;
  }
}

TEST_F(DataPlaneRecordedTest, VersionTwoSaysFrameByFrameWhatTheRealOneSaid) {
  const std::vector<Json> frames = ReadFrames("v2.jsonl");
  if (frames.empty()) GTEST_SKIP() << "no recordings beside the checkout";
  DataPlaneV2 plane(clock_, {}, control_.Dialer());
  plane.Start();
  clock_.Advance(absl::Milliseconds(1));
  double opened = 0;
  bool greeted = false;
  size_t compared = 0;
  for (const Json& frame : frames) {
    if (frame.value("ev", "") == "http" && opened == 0) opened = frame["t"];
    if (frame.value("op", "") != "binary") continue;
    SCOPED_TRACE(frame["t"]);
    const Json& real = frame["json"];
    if (TextAt(frame, "dir") == "CP->DP") {
      PassUntil(frame, opened);
      Say(real.contains("result") && !greeted ? DumpJson(real) : io::Snap(DumpJson(real)));
      greeted = true;
      continue;
    }
    const std::string said = Await(control_.last().heard);
    ++compared;
    if (TextAt(real, "method") == "kong.meta.v1.hello") {
      const Json ours = *ParseJson(said);
      EXPECT_EQ(ours["id"], real["id"]);
      Json told = ours["params"][0], wanted = real["params"][0];
      ExpectPart(told["kong_conf"], wanted["kong_conf"]);
      told.erase("kong_conf");
      ExpectPart(told, wanted);
      EXPECT_EQ(told.size() + 1, wanted.size());
      continue;
    }
    EXPECT_EQ(*ParseJson(*io::Unsnap(said, 1 << 20)), real);
  }
  EXPECT_GT(compared, 20U);
  EXPECT_EQ(plane.configuration_hash(), "00000000000000000000000000000010");
  const Entities held = plane.store().Visible();
  EXPECT_EQ(held.at("services").size(), 2U);
  EXPECT_EQ(held.at("services").at("8fad080f-641e-44f9-9f3d-61bbce157537")["port"], 28100);
  EXPECT_EQ(held.at("routes").size(), 1U);
  EXPECT_EQ(held.count("consumers") + held.count("keyauth_credentials"), 0U);
  EXPECT_TRUE(plane.ready());
}

TEST_F(DataPlaneRecordedTest, VersionOnePingsAsTheRealOnePinged) {
  const std::vector<Json> frames = ReadFrames("v1.jsonl");
  if (frames.empty()) GTEST_SKIP() << "no recordings beside the checkout";
  DataPlaneV1 plane(clock_, {}, control_.Dialer());
  plane.Start();
  clock_.Advance(absl::Milliseconds(1));
  double opened = 0;
  size_t compared = 0;
  for (const Json& frame : frames) {
    SCOPED_TRACE(frame["t"]);
    if (frame.value("ev", "") == "http" && opened == 0) opened = frame["t"];
    const std::string op = frame.value("op", "");
    if (op == "binary" && TextAt(frame, "dir") == "CP->DP") {
      PassUntil(frame, opened);
      Say(io::Gzip(DumpJson(frame["json"])));
    } else if (op == "binary") {
      const Json ours = *ParseJson(Await(control_.last().heard));
      ExpectPart(ours["process_conf"], frame["json"]["process_conf"]);
      EXPECT_EQ(ours.size(), frame["json"].size());
      EXPECT_EQ(ours["plugins"].size(), frame["json"]["plugins"].size());
    } else if (op == "ping") {
      EXPECT_EQ(Await(control_.last().pings), frame["text"]);
      ++compared;
    }
  }
  EXPECT_GE(compared, 6U);
  EXPECT_EQ(plane.refused(), 0U) << plane.last_error();
  EXPECT_EQ(plane.entities().at("services").size(), 2U);
}

}  // namespace
}  // namespace simulators
