// A DB-less Kong as delivery sees it, on a fake clock: three requests, a hash, a lock, and what
// goes wrong. It judges: two pushes at once are a failure of the test; one while it loads is
// counted, and gets a 429.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/text.h"
#include "gtest/gtest.h"
#include "kong/json_tree.h"
#include "kong/payload.h"
#include "tests/io/fake_network.h"

namespace kong {

class FakeKong {
 public:
  enum class Fault {
    kNone,
    kRefuseConnection,
    kCutAfterLoad,
    kSilentButLoads,
    kSilent,
    kError,
    kGatewayTimeout,
    kBusy
  };

  explicit FakeKong(io::FakeClock& clock) : clock_(clock) {}

  std::unique_ptr<io::HttpClient> Client() {
    return std::make_unique<io::FakeHttpClient>(
        clock_, [this](const io::HttpRequest& request, std::shared_ptr<io::FakeReply> reply) {
          Serve(request, std::move(reply));
        });
  }
  void Restart() {
    hash = kZeroHash, body.clear();
    ++life_, ++restarts;
    loading_ = false;
  }
  // Its lock keeps others out while it loads.
  void ConfigureByOther() {
    if (!loading_) hash = std::string(32, 'f'), body = "foreign";
  }

  std::string version = "3.9.3", flavor = "traditional_compatible", database = "off";
  std::string hash{kZeroHash}, body;
  absl::Duration load;  // How long a push takes.
  std::function<Fault(bool push)> fault = [](bool) { return Fault::kNone; };
  // What it answers to a payload that it does not like; `flattened` as asked.
  std::function<std::optional<std::string>(const std::string& body, bool flattened)> refuse;
  int pushes = 0, looks = 0, restarts = 0, read_backs = 0;
  int collisions = 0;                // Loads that were disturbed by another push.
  std::vector<io::Headers> headers;  // Of every request.
  std::vector<std::string> tried;    // Bodies of pushes.

 private:
  using Reply = std::shared_ptr<io::FakeReply>;

  void Serve(const io::HttpRequest& request, Reply reply) {
    headers.push_back(request.headers);
    bool push = request.method == "POST";
    Fault wrong = fault(push);
    if (wrong == Fault::kRefuseConnection) return reply->Fail();
    if (wrong == Fault::kSilent) return Keep(reply);
    if (wrong == Fault::kError)
      return reply->Send(500, R"({"message":"An unexpected error occurred"})");
    if (push) return Push(request, reply, wrong);
    ++looks;
    if (request.target == "/status") {
      return reply->Send(200, engine::Cat(R"({"configuration_hash":")", hash, "\"}"));
    }
    if (request.target == "/config") {
      ++read_backs;
      return reply->Send(200, engine::Cat(R"({"config":)", DumpJson(Json(body)), "}"));
    }
    EXPECT_EQ(request.target, "/");
    reply->Send(200, engine::Cat(R"({"node_id":"life )", life_, R"(","version":")", version,
                                 R"(","edition":"community","configuration":{"database":")",
                                 database, R"(","router_flavor":")", flavor,
                                 R"("},"plugins":{"available_on_server":{}}})"));
  }

  void Push(const io::HttpRequest& request, const Reply& reply, Fault wrong) {
    ++pushes;
    EXPECT_EQ(request.headers.Find("Content-Type"), "text/yaml");
    EXPECT_FALSE(last_push_ && last_push_->open()) << "two pushes at once";
    if (loading_) {
      collisions += std::exchange(collided_, true) ? 0 : 1;
      return Busy(reply);
    }
    last_push_ = reply;
    Md5 digest;
    digest.Add(*request.body);
    tried.push_back(*request.body);
    if (wrong == Fault::kBusy) return Busy(reply);
    if (digest.Hex() == hash) return reply->Send(304, "");
    bool flattened = request.target.find("flatten_errors=1") != std::string::npos;
    std::optional<std::string> refusal = refuse ? refuse(*request.body, flattened) : std::nullopt;
    if (refusal) return reply->Send(400, *refusal);
    loading_ = true;
    collided_ = false;
    Later(load,
          [this, reply, wrong, life = life_, hash_then = digest.Hex(), body_then = *request.body] {
            if (life != life_) return reply->Fail();
            loading_ = false;
            hash = hash_then, body = body_then;
            if (wrong == Fault::kCutAfterLoad) return reply->Fail();
            if (wrong == Fault::kGatewayTimeout)
              return reply->Send(504, R"({"message":"Timed out while loading configuration"})");
            if (wrong == Fault::kSilentButLoads) return Keep(reply);
            reply->Send(201, R"({"services":{"id":{"never":"read"}}})");
          });
  }
  static void Busy(const Reply& reply) {
    io::Headers later;
    later.Add("Retry-After", "2.5");
    reply->Send(429, R"({"message":"Currently loading previous configuration"})", later);
  }
  void Keep(Reply reply) { silent_.push_back(std::move(reply)); }
  void Later(absl::Duration delay, absl::AnyInvocable<void()> then) {
    timers_.push_back(clock_.After(delay, std::move(then)));
  }

  io::FakeClock& clock_;
  Reply last_push_;
  bool loading_ = false, collided_ = false;
  int life_ = 0;
  std::vector<Reply> silent_;
  std::vector<io::Timer> timers_;
};

}  // namespace kong
