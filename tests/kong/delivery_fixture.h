// Delivery against some gateways on a fake clock, with services that a test names as configuration.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/text.h"
#include "gtest/gtest.h"
#include "io/log.h"
#include "kong/delivery.h"
#include "tests/kong/fake_kong.h"
#include "tests/kong/small_payload.h"

namespace kong {

// Services named by a test, as the payload of every class, without what was refused.
class FakeSource final : public PayloadSource {
 public:
  explicit FakeSource(io::FakeClock& clock) : clock_(clock) {}
  void Build(Needs offers, absl::AnyInvocable<void(std::shared_ptr<const Payload>)> then) override {
    ++builds;
    clock_.Post([this, offers, then = std::move(then)]() mutable { then(Make(offers)); });
  }
  std::shared_ptr<const Payload> Make(Needs offers) const {
    SmallPayload payload;
    for (const auto& [name, retries] : services) {
      if (!refused.contains(name)) {
        payload.Add(EntityKind::kService, name, engine::Cat("Service/", name),
                    engine::Cat("\"retries\":", retries));
      }
    }
    return payload.Make(version, offers);
  }
  std::map<std::string, int> services;
  std::map<std::string, std::string> refused;  // Message by object name.
  engine::Version version = 0;
  int builds = 0;

 private:
  io::FakeClock& clock_;
};

class DeliveryTest : public testing::Test {
 protected:
  DeliveryTest() { io::SetLog(io::LogLevel::kError, io::LogFormat::kText); }
  void Start(size_t gateways = 1, DeliveryOptions options = {}) {
    DeliveryCallbacks callbacks;
    callbacks.refused = [this](std::vector<RefusedEntity> rows) {
      for (const RefusedEntity& row : rows)
        source_.refused[std::string(row.object.name.text())] = row.message;
      ++quarantines_;
      clock_.Post([this] { Publish(); });
    };
    callbacks.pushed = [this](const Gateway&, const PushReport& report) {
      reports_.push_back(report);
    };
    callbacks.acknowledged = [this](const Gateway& gateway, engine::Version version) {
      acknowledged_[gateway.name()] = version;
    };
    delivery_ =
        std::make_unique<Delivery>(clock_, source_, std::move(options), std::move(callbacks));
    for (size_t i = 0; i < gateways; ++i) {
      kongs_.push_back(std::make_unique<FakeKong>(clock_));
      delivery_->Add(engine::Cat("http://kong-", i), kongs_.back()->Client());
    }
  }
  void Publish() {
    ++source_.version;
    if (delivery_) delivery_->Published(source_.version);
  }
  void Set(const std::string& name, int retries) {
    source_.services[name] = retries;
    Publish();
  }
  void Run(absl::Duration d = absl::Milliseconds(1)) { clock_.Advance(d); }
  std::string Hash() const { return source_.Make(0)->hash; }
  FakeKong& kong(size_t i = 0) { return *kongs_[i]; }

  io::FakeClock clock_;
  FakeSource source_{clock_};
  std::vector<std::unique_ptr<FakeKong>> kongs_;
  std::vector<PushReport> reports_;
  std::map<std::string, engine::Version> acknowledged_;
  int quarantines_ = 0;
  std::unique_ptr<Delivery> delivery_;
};

// Names `bad` services, as Kong does.
inline std::optional<std::string> RefuseNamed(const std::string& body, std::string_view name) {
  if (body.find(engine::Cat(R"("name":")", name, '"')) == std::string::npos) return std::nullopt;
  return engine::Cat(
      R"({"code":14,"message":"declarative config is invalid: {}","fields":{},"flattened)"
      R"(_errors":[)",
      R"({"entity_type":"service","entity_name":")", name,
      R"(","errors":[{"field":"port","message":"bad","type":"field"}]}]})");
}
// Says only that something is wrong.
inline std::optional<std::string> RefuseSilently(const std::string& body, std::string_view name) {
  if (body.find(engine::Cat(R"("name":")", name, '"')) == std::string::npos) return std::nullopt;
  return R"({"code":14,"message":"declarative config is invalid: {}","fields":{},"flatte)"
         R"(ned_errors":{}})";
}

}  // namespace kong
