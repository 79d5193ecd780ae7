// Replicas that elect a leader over one simulated API server. Each has a clock of its own, with its
// own pace, and a line of its own, which can be cut, be one-way, or be slow; a process can be
// paused. Whatever is done to them: never two lead.
#include "k8s/lease_candidate.h"

#include <cmath>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "engine/text.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "io/log.h"
#include "tests/simulators/exchange_recorder.h"
#include "tools/simulators/api_server.h"

namespace k8s {
namespace {

using ::testing::HasSubstr;

const NamespacedName kLease{engine::Symbol("kong"), engine::Symbol("5b374a9e.konghq.com")};

// As of a process that may not run for a while: when it wakes, it is late for everything.
class SleepyClock final : public io::Clock {
 public:
  absl::Time Now() const override { return absl::UnixEpoch() + wall + uptime_; }
  absl::Duration Uptime() const override { return uptime_; }
  io::Timer After(absl::Duration delay, absl::AnyInvocable<void()> then) override {
    const Key key(uptime_ + std::max(delay, absl::ZeroDuration()), ++last_);
    calls_->emplace(key, std::move(then));
    return io::Timer(std::make_unique<Call>(calls_, key));
  }
  void Advance(absl::Duration by) {
    uptime_ += by;
    while (!calls_->empty() && calls_->begin()->first.first <= uptime_) {
      auto first = calls_->extract(calls_->begin());
      first.mapped()();
      if (after_each) after_each();
    }
  }
  absl::Duration wall;  // How wrong it goes.
  std::function<void()> after_each;

 private:
  using Key = std::pair<absl::Duration, uint64_t>;
  using Calls = std::map<Key, absl::AnyInvocable<void()>>;
  struct Call final : io::Timer::Pending {
    Call(std::shared_ptr<Calls> all, Key one) : calls(std::move(all)), key(one) {}
    ~Call() override { calls->erase(key); }
    std::shared_ptr<Calls> calls;
    Key key;
  };
  absl::Duration uptime_ = absl::Seconds(100);
  uint64_t last_ = 0;
  std::shared_ptr<Calls> calls_ = std::make_shared<Calls>();
};

// A line to the server. The network's time is the test's; deadlines are the client's.
class Wire final : public io::HttpClient {
 public:
  Wire(simulators::ApiServer& server, SleepyClock& network, SleepyClock& own)
      : server_(server), network_(network), own_(own) {}

  std::unique_ptr<io::HttpCall> Fetch(io::HttpRequest request, io::HttpDeadlines deadlines,
                                      io::HttpCallbacks callbacks) override {
    auto exchange = std::make_shared<Exchange>();
    exchange->callbacks = std::move(callbacks);
    exchange->deadline = own_.After(deadlines.head, [exchange] {
      exchange->Done(absl::DeadlineExceededError("no answer in time"));
    });
    if (!cut) {
      timers_.push_back(network_.After(there, [this, exchange, request = std::move(request)] {
        Arrive(*exchange, request);
        if (!deaf) timers_.push_back(network_.After(back, [this, exchange] { Return(exchange); }));
      }));
    }
    return std::make_unique<Call>(exchange);
  }

  bool cut = false, deaf = false;
  absl::Duration there, back;

 private:
  struct Exchange {
    io::HttpCallbacks callbacks;
    io::Timer deadline;
    int status = 0;
    std::string body;
    bool open = true;
    void Done(absl::Status how) {
      if (!std::exchange(open, false)) return;
      deadline.Cancel();
      io::HttpCallbacks last = std::move(callbacks);
      last.on_done(std::move(how));
    }
  };
  struct Call final : io::HttpCall {
    explicit Call(std::shared_ptr<Exchange> e) : exchange(std::move(e)) {}
    ~Call() override { exchange->open = false, exchange->deadline.Cancel(); }
    std::shared_ptr<Exchange> exchange;
  };
  // What left arrives, also when nobody waits for the answer any more.
  void Arrive(Exchange& exchange, const io::HttpRequest& request) {
    simulators::Call call;
    call.method = request.method;
    call.target = request.target;
    if (request.body) call.body = *request.body;
    for (const auto& [name, value] : request.headers.all()) call.headers.emplace_back(name, value);
    const auto answer = simulators::Exchange(server_, call);
    exchange.status = answer->status;
    exchange.body = answer->body;
  }
  // The process hears of it when it runs.
  void Return(const std::shared_ptr<Exchange>& exchange) {
    timers_.push_back(own_.After(absl::ZeroDuration(), [exchange] {
      if (!exchange->open) return;
      exchange->callbacks.on_head({exchange->status, {}});
      exchange->callbacks.on_body(exchange->body);
      exchange->Done(absl::OkStatus());
    }));
  }

  simulators::ApiServer& server_;
  SleepyClock& network_;
  SleepyClock& own_;
  std::vector<io::Timer> timers_;
};

struct Replica {
  Replica(const std::string& name, simulators::ApiServer& server, SleepyClock& network)
      : wire(server, network, clock),
        api(wire, clock, {}, "test"),
        candidate(api, clock, {.lease = kLease, .identity = name, .times = {}, .seed = name.size()},
                  [this](bool now) { told.push_back(now); }) {}
  bool leads() const { return candidate.leads(); }

  SleepyClock clock;
  double pace = 1;
  absl::Duration slept;
  bool paused = false;
  Wire wire;
  ApiClient api;
  std::vector<bool> told;
  LeaseCandidate candidate;
};

class ElectionTest : public ::testing::Test {
 protected:
  ElectionTest() { io::SetLog(io::LogLevel::kError, io::LogFormat::kText); }
  Replica& Add(const std::string& name) {
    replicas_.push_back(std::make_unique<Replica>(name, server_, network_));
    replicas_.back()->clock.after_each = [this] { Check(); };
    return *replicas_.back();
  }
  size_t Leaders() const {
    size_t leaders = 0;
    for (const auto& each : replicas_) leaders += !each->paused && each->leads() ? 1 : 0;
    return leaders;
  }
  void Check() {
    ++checks_;
    if (Leaders() > 1 && !broken_) broken_ = true, ADD_FAILURE() << "two lead";
  }
  void RunFor(absl::Duration d) {
    constexpr absl::Duration kStep = absl::Milliseconds(20);
    for (; d > absl::ZeroDuration(); d -= kStep) {
      network_.Advance(kStep);
      for (const auto& each : replicas_) {
        each->slept += kStep * each->pace;
        if (!each->paused) each->clock.Advance(std::exchange(each->slept, {}));
      }
      Check();
    }
  }
  std::string Holder() {
    const auto answer = simulators::Exchange(
        server_, {.target = "/apis/coordination.k8s.io/v1/namespaces/kong/leases/" +
                            std::string(kLease.name.text())});
    return answer->json()["spec"].value("holderIdentity", "");
  }

  SleepyClock network_;
  simulators::ApiServer server_{network_, {.store = {.check_namespaces = false}}};
  std::vector<std::unique_ptr<Replica>> replicas_;
  bool broken_ = false;
  int checks_ = 0;
};

TEST_F(ElectionTest, OneLeadsAndTheOtherFollows) {
  Replica& a = Add("a");
  Replica& b = Add("b");
  a.candidate.Start();
  RunFor(absl::Seconds(1));
  b.candidate.Start();
  RunFor(absl::Minutes(2));
  EXPECT_TRUE(a.leads());
  EXPECT_FALSE(b.leads());
  EXPECT_EQ(b.candidate.holder(), "a");
  EXPECT_THAT(a.told, ::testing::ElementsAre(true)) << "once";
  EXPECT_THAT(b.told, ::testing::IsEmpty());
}

TEST_F(ElectionTest, AReleasedLeaseIsTakenAtTheNextLook) {
  Replica& a = Add("a");
  Replica& b = Add("b");
  a.candidate.Start();
  RunFor(absl::Seconds(1));
  b.candidate.Start();
  RunFor(absl::Seconds(10));
  bool released = false;
  a.candidate.Release([&] { released = true; });
  EXPECT_FALSE(a.leads()) << "at once";
  EXPECT_THAT(a.told, ::testing::ElementsAre(true, false));
  RunFor(absl::Milliseconds(4'500));
  EXPECT_TRUE(released);
  EXPECT_TRUE(b.leads());
}

TEST_F(ElectionTest, AReleaseIsOverAlsoIfTheServerDoesNotAnswer) {
  Replica& a = Add("a");
  a.candidate.Start();
  RunFor(absl::Seconds(1));
  a.wire.cut = true;
  bool released = false;
  a.candidate.Release([&] { released = true; });
  RunFor(absl::Seconds(6));
  EXPECT_TRUE(released);
}

TEST_F(ElectionTest, ALeaderThatIsCutOffStopsBeforeAnotherBegins) {
  Replica& a = Add("a");
  Replica& b = Add("b");
  a.candidate.Start();
  RunFor(absl::Seconds(1));
  b.candidate.Start();
  RunFor(absl::Seconds(5));
  a.wire.cut = true;
  RunFor(absl::Seconds(11));
  EXPECT_EQ(Leaders(), 0u);
  EXPECT_FALSE(a.candidate.error().ok());
  RunFor(absl::Seconds(7));
  EXPECT_TRUE(b.leads());
  a.wire.cut = false;
  RunFor(absl::Seconds(10));
  EXPECT_TRUE(b.leads());
  EXPECT_EQ(a.candidate.holder(), "b");
  EXPECT_TRUE(a.candidate.error().ok());
}

TEST_F(ElectionTest, OneThatSleptDoesNotLeadWhenItWakes) {
  Replica& a = Add("a");
  Replica& b = Add("b");
  a.candidate.Start();
  RunFor(absl::Seconds(1));
  b.candidate.Start();
  a.paused = true;
  RunFor(absl::Seconds(20));
  EXPECT_TRUE(b.leads());
  a.paused = false;
  a.clock.after_each = [&] { EXPECT_FALSE(a.leads()); };
  RunFor(absl::Seconds(10));
  EXPECT_TRUE(b.leads());
}

TEST_F(ElectionTest, NamesTheRightThatIsMissing) {
  server_.Fault({.resource = "leases", .times = -1, .status = 403});
  Replica& a = Add("a");
  a.candidate.Start();
  RunFor(absl::Seconds(1));
  EXPECT_TRUE(absl::IsPermissionDenied(a.candidate.error()));
  EXPECT_THAT(std::string(engine::MessageOf(a.candidate.error())),
              HasSubstr("the Lease kong/5b374a9e.konghq.com: not allowed: grant the verbs get, "
                        "create and patch on leases.coordination.k8s.io in the namespace kong"));
  server_.ClearFaults();
  RunFor(absl::Seconds(6));
  EXPECT_TRUE(a.leads());
}

TEST_F(ElectionTest, KeepsWhatOthersWroteIntoTheLeasesMetadata) {
  server_.Apply({{"apiVersion", "coordination.k8s.io/v1"},
                 {"kind", "Lease"},
                 {"metadata",
                  {{"namespace", "kong"},
                   {"name", std::string(kLease.name.text())},
                   {"labels", {{"team", "edge"}}}}},
                 {"spec", simulators::Json::object()}});
  Replica& a = Add("a");
  a.candidate.Start();
  RunFor(absl::Seconds(5));
  EXPECT_EQ(Holder(), "a");
  const auto answer = simulators::Exchange(
      server_, {.target = "/apis/coordination.k8s.io/v1/namespaces/kong/leases/" +
                          std::string(kLease.name.text())});
  EXPECT_EQ(answer->json()["metadata"]["labels"]["team"], "edge");
}

// Clocks at different paces, lines that are slow, cut and one-way, processes that sleep.
TEST_F(ElectionTest, NeverTwoLeadWhateverHappens) {
  for (uint64_t seed = 1; seed <= 30; ++seed) {
    replicas_.clear();
    std::mt19937_64 random(seed);
    const auto chance = [&](double share) {
      return std::uniform_real_distribution<>(0, 1)(random) < share;
    };
    for (const char* name : {"a", "bb", "ccc"}) {
      Replica& replica = Add(engine::Cat(name, seed));
      replica.pace = std::uniform_real_distribution<>(0.85, 1.2)(random);
      replica.clock.wall = absl::Hours(std::uniform_int_distribution<>(-9000, 9000)(random));
      replica.candidate.Start();
    }
    size_t led = 0;
    for (int second = 0; second < 300; ++second) {
      for (const auto& each : replicas_) {
        if (chance(0.05)) each->wire.cut = !each->wire.cut;
        if (chance(0.05)) each->wire.deaf = !each->wire.deaf;
        if (chance(0.05)) each->paused = !each->paused;
        each->wire.there = absl::Milliseconds(chance(0.1) ? random() % 9000 : random() % 50);
        each->wire.back = absl::Milliseconds(chance(0.1) ? random() % 9000 : random() % 50);
      }
      RunFor(absl::Seconds(1));
      led += Leaders();
    }
    ASSERT_FALSE(broken_) << "seed " << seed;
    EXPECT_GT(led, 30u) << "and mostly somebody does";
    for (const auto& each : replicas_) {
      each->paused = each->wire.cut = each->wire.deaf = false;
      each->wire.there = each->wire.back = absl::Milliseconds(1);
    }
    RunFor(absl::Seconds(45));
    EXPECT_EQ(Leaders(), 1u) << "seed " << seed;
  }
}

}  // namespace
}  // namespace k8s
