// Delivery: every gateway gets the configuration of its class, each at its own pace.
//
// The idea: a gateway that can take a payload asks for one; only then is one made, for its class,
// from the newest version. So a slow gateway coalesces by being slow, an idle one gets a change at
// once, and there is no queue. What gateways offer decides their class (decision 2 of the
// architecture); there are few.
//
// A refused payload is held back from the other gateways of its class. The culprits become rows of
// `refused`, through a callback; with them the engine makes the next payload, which lacks their
// objects. But what one gateway of a class has, another one refuses for a reason of its own: that
// is told, and concerns it alone. If Kong names nothing, the payload is sent once more without
// flatten_errors, and then one gateway of the class bisects (bisection.h) while the others keep
// what they have.
//
// A gateway that has nothing and would wait, because what it should have is refused and quarantine
// cannot settle that, gets the last good configuration of its class: what a gateway took last, what
// was kept in files, or what another gateway has, in this order. It counts as an acknowledgement of
// nothing, and the gateway goes on to be offered what is newest.
//
// Loop thread only. Nothing is pushed before the first Published, which so is the caller's promise
// that the first list of every kind is complete; gateways are looked at before. Cost at rest: a GET
// /status an interval and gateway.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/btree_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/functional/any_invocable.h"
#include "kong/bisection.h"
#include "kong/gateway.h"
#include "kong/last_good_files.h"
#include "kong/payload.h"

namespace kong {

// Makes payloads, on the engine's thread.
class PayloadSource {
 public:
  virtual ~PayloadSource() = default;
  // Calls `then` on the loop, never from within Build, with the payload of the newest version.
  virtual void Build(Needs offers,
                     absl::AnyInvocable<void(std::shared_ptr<const Payload>)> then) = 0;
};

struct DeliveryOptions {
  io::Headers headers;                       // --kong-admin-header; never shown.
  std::function<std::string()> admin_token;  // Asked before each request; null: there is none.
  GatewayTimes times;
  std::function<bool()> may_push;  // Asked right before each push; null: always.
  // The router flavour that rules were chosen for; nullopt: that of the first gateway which
  // answers.
  std::optional<bool> expressions;
  std::shared_ptr<LastGoodFiles> last_good;  // Null: what is good is remembered in memory only.
};

// All are called on the loop and may be empty.
struct DeliveryCallbacks {
  // Gateways of a class refuse these; rows for the source `refused`.
  absl::AnyInvocable<void(std::vector<RefusedEntity>)> refused;
  // A gateway of this class is of another kind than before (version, plugins): what its class
  // refused may be taken now, so its rows of `refused` can be erased.
  absl::AnyInvocable<void(Needs)> reconsider;
  // This gateway has everything up to this version.
  absl::AnyInvocable<void(const Gateway&, engine::Version)> acknowledged;
  absl::AnyInvocable<void(const Gateway&, const PushReport&)> pushed;
  absl::AnyInvocable<void(const Gateway&, GatewayState::Event)> happened;
  // This gateway has a database, and is no longer ours. Without it such a gateway is refused.
  absl::AnyInvocable<void(std::string name, std::unique_ptr<io::HttpClient>, GatewayIdentity)>
      has_database;
};

class Delivery final : private GatewayListener {
 public:
  Delivery(io::Clock& clock, PayloadSource& source, DeliveryOptions options,
           DeliveryCallbacks callbacks);
  ~Delivery() override;

  // `name` is shown; it is the URL of the Admin API without a password.
  void Add(std::string name, std::unique_ptr<io::HttpClient> client);
  // Lets go of a gateway; a push under way is dropped, and one of the same name that is added later
  // is new. Not from within a callback.
  void Remove(std::string_view name);
  // Whether this replica may push; at first it may. Without, everything goes on but pushes.
  void Lead(bool leads);
  // A version was published. Any number of times, in any order.
  void Published(engine::Version version);

  const std::vector<std::unique_ptr<Gateway>>& gateways() const { return gateways_; }
  const std::optional<bool>& expressions() const { return options_.expressions; }
  Needs first_offers() const {
    return first_offers_;
  }  // Of the first gateway; 0 before it is found.
  // What every gateway has that can be configured; 0 if there is none.
  engine::Version acknowledged() const;

 private:
  struct Class {
    bool building = false;
    std::vector<Gateway*> waiting;        // For the payload that is being made.
    std::string refused;                  // Its hash, once it is known to be refused.
    engine::Version refused_in = 0;       // What was published then.
    bool unsettled = false;               // Nobody knows what to leave out of it.
    std::shared_ptr<const Payload> good;  // What a gateway took last; null: not known.
    std::string bad_good;                 // The hash of such a one that was refused nevertheless.
    Gateway* read_back = nullptr;         // Who is asked for one.
    absl::Duration read_back_next = -absl::InfiniteDuration();
    std::unique_ptr<Bisection> bisection;
    Gateway* bisecting = nullptr;
    std::array<std::shared_ptr<const Parts>, kEntityKinds> proven;  // What a gateway took last.
  };

  void HandOver();
  absl::Status Fits(Gateway& gateway, const GatewayIdentity& identity) override;
  void NeedsPayload(Gateway& gateway) override;
  void Happened(Gateway& gateway, GatewayState::Event event) override;
  void Pushed(Gateway& gateway, const PushReport& report) override;

  Class& ClassOf(const Gateway& gateway);
  Class& ClassOf(Needs offers);
  void Build(Needs offers);
  void Built(Needs offers, std::shared_ptr<const Payload> payload);
  void Refused(Gateway& gateway, const PushReport& report);
  void RefusedTrial(Gateway& gateway, const PushReport& report);
  void SetApart(const Payload& payload, const std::vector<Culprit>& culprits);
  void HoldBack(Needs offers, std::string_view hash);
  void BeginBisection(Gateway& gateway, std::shared_ptr<const Payload> payload);
  void TryNext(Class& of);
  void EndBisection(Class& of);
  void PassOnBisection(Needs offers);
  bool AnotherHas(const Gateway& gateway, std::string_view hash) const;
  void Remember(Class& of, const Gateway& gateway);
  bool HasLastGood(const Gateway& gateway);
  void FallBack(Gateway& gateway);
  void FallBackAll(Needs offers);
  void ReadBack(Needs offers);
  void ForgetLastGood(Gateway& gateway, const PushReport& report);

  io::Clock& clock_;
  PayloadSource& source_;
  DeliveryOptions options_;
  Needs first_offers_ = 0;
  DeliveryCallbacks callbacks_;
  engine::Version published_ = 0;
  bool leads_ = true;
  absl::btree_map<Needs, Class> classes_;
  std::vector<std::unique_ptr<Gateway>> gateways_;
  std::vector<std::pair<std::string, GatewayIdentity>> with_database_;  // To be handed over.
  io::Timer hand_over_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);  // For answers that come too late.
};

}  // namespace kong
