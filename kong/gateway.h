// Runs the decisions of one gateway (gateway_state.h) over HTTP.
//
// One exchange at a time with the Admin API, one timer while there is nothing to do; a gateway in
// sync costs one GET /status an interval. The answer to a push that was taken holds the whole
// configuration, keys included: it is counted and thrown away unread. Loop thread only; the
// listener may call back into the gateway from any of its methods.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "io/clock.h"
#include "io/http_client.h"
#include "kong/gateway_state.h"
#include "kong/payload.h"
#include "kong/refusal.h"

namespace kong {

class Gateway;

// One push, as it ended.
struct PushReport {
  PushEnd end = PushEnd::kUnknown;
  int status = 0;      // 0: no answer.
  std::string reason;  // For an operator, unless it was taken.
  size_t bytes = 0;
  uint64_t answer_bytes = 0;
  absl::Duration took;
  absl::Duration retry_after;
  engine::Version version = 0;  // 0: a trial.
  Refusal refusal;              // If it was refused.
  std::shared_ptr<const Payload> payload;

  bool taken() const { return end == PushEnd::kLoaded || end == PushEnd::kUnchanged; }
};

class GatewayListener {
 public:
  virtual ~GatewayListener() = default;
  // OK if a gateway of this kind can be configured.
  virtual absl::Status Fits(Gateway& gateway, const GatewayIdentity& identity) = 0;
  // The gateway can take a payload now; answer by Offer, at once or later.
  virtual void NeedsPayload(Gateway& gateway) = 0;
  virtual void Happened(Gateway& gateway, GatewayState::Event event) = 0;
  virtual void Pushed(Gateway& gateway, const PushReport& report) = 0;
};

struct GatewayOptions {
  std::string name;                          // For people: the URL without a password.
  io::Headers headers;                       // Of each request; may hold a secret, so never shown.
  std::function<std::string()> admin_token;  // Asked before each request; null: there is none.
  GatewayTimes times;
  std::function<bool()> may_push;  // Asked right before each push; null: yes.
};

class Gateway {
 public:
  Gateway(io::Clock& clock, std::unique_ptr<io::HttpClient> client, GatewayOptions options,
          GatewayListener& listener);
  Gateway(const Gateway&) = delete;
  Gateway& operator=(const Gateway&) = delete;

  void Start() { Step(); }
  void Stale(engine::Version version);
  // What it should have. A trial has version 0.
  void Offer(std::shared_ptr<const Payload> payload);
  // Without leadership nothing is pushed, and a push under way is dropped: its outcome is unknown.
  void Lead(bool leads);
  void Hold(std::string_view hash) { state_.Hold(hash, clock_.Uptime()); }
  bool Refuses() const { return state_.refuses(clock_.Uptime()); }
  // Asks for what it has, as a document that can be sent as it is. It holds secrets.
  using ReadBackThen = absl::AnyInvocable<void(absl::StatusOr<std::string>)>;
  void ReadBack(ReadBackThen then);

  // Ends it: only destruction may follow.
  std::unique_ptr<io::HttpClient> TakeClient() {
    timer_.Cancel();
    call_.reset();
    return std::move(client_);
  }

  const std::string& name() const { return options_.name; }
  const GatewayState& state() const { return state_; }
  const std::shared_ptr<const Payload>& payload() const {
    return payload_;
  }  // Null once acknowledged.
  bool pushing() const { return asked_ == Ask::kPush; }

 private:
  struct Exchange {
    io::HttpHead head;
    std::string body;
    uint64_t bytes = 0;
    bool answered = false;
  };
  void Step();
  void Sleep(absl::Duration until);
  void Fetch(io::HttpRequest request, absl::Duration timeout);
  void Push(absl::Duration timeout);
  void Finish(absl::Status status);
  void FinishIdentity(const absl::Status& status);
  void FinishStatus(const absl::Status& status);
  void FinishPush(const absl::Status& status);
  void FinishReadBack(const absl::Status& status);
  PushReport ReportPush(const absl::Status& status) const;
  void Announce();

  io::Clock& clock_;
  const GatewayOptions options_;
  GatewayListener& listener_;
  GatewayState state_;
  std::shared_ptr<const Payload> payload_;
  bool flattened_ =
      true;  // Whether Kong is asked to name entities; what it cannot name it says only plainly.
  bool stepping_ = false;
  ReadBackThen read_back_;     // Null unless it is to be asked.
  Ask asked_ = Ask::kNothing;  // What is under way.
  Exchange exchange_;
  absl::Duration began_;
  std::unique_ptr<io::HttpClient> client_;
  std::unique_ptr<io::HttpCall> call_;
  io::Timer timer_;
};

}  // namespace kong
