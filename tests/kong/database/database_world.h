// A small world of entities in versions, as a PatchSource; and the simulated database Kong on a
// fake network. What the sink's tests share.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "engine/text.h"
#include "kong/entity.h"
#include "kong/json_tree.h"
#include "kong/patch.h"
#include "tests/io/fake_network.h"
#include "tools/simulators/kong_gateway.h"

namespace kong {

inline Entity MakeEntity(EntityKind kind, const EntityId& id, Json json, std::string_view object) {
  json["id"] = id.text();
  ObjectRef origin{engine::Symbol("Thing"), engine::Symbol("shop"), engine::Symbol(object)};
  return {.kind = kind,
          .id = id,
          .name = std::string(object),
          .json = DumpJson(json),
          .origins = {origin}};
}

using Rows = std::map<EntityKey, Entity>;

// Versions of rows. What was refused is in none of them.
class VersionedRows final : public PatchSource {
 public:
  explicit VersionedRows(io::FakeClock& clock) : clock_(clock) { versions_[0] = {}; }
  engine::Version Publish(Rows rows) {
    engine::Version version = versions_.rbegin()->first + 1;
    versions_[version] = std::move(rows);
    return version;
  }
  void Forget(engine::Version before) {  // Its feed does not reach back further.
    while (versions_.begin()->first < before) versions_.erase(versions_.begin());
  }
  const Rows& now() const { return versions_.rbegin()->second; }
  void Changes(Needs, engine::Version from,
               absl::AnyInvocable<void(std::shared_ptr<const Patch>)> then) override {
    clock_.Post([this, from, then = std::move(then)]() mutable { then(Make(from)); });
  }
  void Hold(Needs, engine::Version oldest) override { held = oldest; }
  engine::Version held = 0;
  std::shared_ptr<const Patch> Make(engine::Version from) const {
    if (!versions_.contains(from)) from = 0;
    auto patch = std::make_shared<Patch>();
    patch->from = from, patch->to = versions_.rbegin()->first;
    static const Rows kNone;
    const Rows& old = from == 0 ? kNone : versions_.at(from);
    for (const auto& [key, entity] : now()) {
      auto before = old.find(key);
      if (before == old.end() || before->second.json != entity.json) {
        patch->upserts.push_back(entity);
      }
    }
    for (auto at = old.rbegin(); at != old.rend(); ++at) {
      if (!now().contains(at->first)) patch->removals.push_back(at->first);
    }
    return patch;
  }

 private:
  io::FakeClock& clock_;
  std::map<engine::Version, Rows> versions_;
};

// The responder of a simulator, onto a fake network.
class FakeResponder final : public io::HttpResponder {
 public:
  explicit FakeResponder(std::shared_ptr<io::FakeReply> reply) : reply_(std::move(reply)) {}
  ~FakeResponder() override { Abort(); }
  void Respond(int status, io::Headers headers, std::string body) override {
    reply_->Send(status, body, std::move(headers));
  }
  void Begin(int status, io::Headers headers) override {
    reply_->Head({.status = status, .headers = std::move(headers)});
  }
  void Write(std::string piece) override { reply_->Body(piece); }
  void End() override { reply_->End(absl::OkStatus()); }
  void Abort() override { reply_->Fail(); }
  size_t queued_bytes() const override { return 0; }
  void OnClosed(absl::AnyInvocable<void()>) override {}

 private:
  std::shared_ptr<io::FakeReply> reply_;
};

class DatabaseKong {
 public:
  explicit DatabaseKong(io::FakeClock& clock, uint64_t seed = 1) : clock_(clock) {
    auto gateway = simulators::KongGateway::Create(
        clock, {.edition = "enterprise", .database = "postgres", .seed = seed});
    gateway_ = *std::move(gateway);
  }
  std::unique_ptr<io::HttpClient> Client() {
    return std::make_unique<io::FakeHttpClient>(
        clock_, [this](const io::HttpRequest& request, std::shared_ptr<io::FakeReply> reply) {
          io::HttpServerRequest served;
          served.method = request.method;
          size_t mark = request.target.find('?');
          served.path = request.target.substr(0, mark);
          if (mark != std::string::npos) served.query = request.target.substr(mark + 1);
          served.headers = request.headers;
          if (request.body) served.body = *request.body;
          gateway_->Serve(std::move(served), std::make_unique<FakeResponder>(std::move(reply)));
        });
  }
  simulators::KongGateway& gateway() { return *gateway_; }
  simulators::KongDatabase& rows() { return *gateway_->database(); }
  simulators::KongDatabaseApi& api() { return *gateway_->database_api(); }
  // The calls since the last time, as "POST /services 201".
  std::vector<std::string> Calls() {
    std::vector<std::string> out;
    for (const simulators::KongCall& call : api().calls()) {
      out.push_back(engine::Cat(call.method, ' ', call.path, ' ', call.status));
    }
    api().ForgetCalls();
    return out;
  }

 private:
  io::FakeClock& clock_;
  std::unique_ptr<simulators::KongGateway> gateway_;
};

}  // namespace kong
