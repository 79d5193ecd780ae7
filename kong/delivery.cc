#include "kong/delivery.h"

#include <algorithm>

#include "engine/assert.h"
#include "engine/text.h"
#include "io/log.h"

namespace kong {
namespace {

using engine::Cat;

constexpr size_t kLoggedCulprits = 10;

std::string_view FlavorName(bool expressions) {
  return expressions ? "expressions" : "traditional_compatible";
}

std::string LabelOf(const Payload& payload, PartRef part) {
  return Cat(NameOf(part.kind), ' ', payload.part(part).id.text());
}

void LogEvent(const Gateway& gateway, GatewayState::Event event) {
  const GatewayState& state = gateway.state();
  switch (event) {
    case GatewayState::Event::kFound:
      return io::Info("gateway found", {{"gateway", gateway.name()},
                                        {"version", state.identity()->version},
                                        {"flavor", state.identity()->router_flavor}});
    case GatewayState::Event::kLost:
      return io::Warning("gateway cannot be configured",
                         {{"gateway", gateway.name()}, {"reason", state.trouble()}});
    case GatewayState::Event::kAcknowledged:
      return io::Debug("gateway has the configuration",
                       {{"gateway", gateway.name()}, {"hash", state.shown()}});
    case GatewayState::Event::kFresh:
      return io::Info("gateway started without a configuration", {{"gateway", gateway.name()}});
    case GatewayState::Event::kDrifted:
      return io::Warning("gateway shows a configuration that is not ours",
                         {{"gateway", gateway.name()}, {"hash", state.shown()}});
    case GatewayState::Event::kLeftAlone:
      return io::Error("somebody else configures this gateway; it is left alone for a while",
                       {{"gateway", gateway.name()},
                        {"hash", state.shown()},
                        {"remedy", "stop the other controller, or give each its own gateways"}});
    case GatewayState::Event::kSlow:
      return io::Warning("this gateway takes more than 30 seconds to load its configuration",
                         {{"gateway", gateway.name()},
                          {"remedy",
                           "whole configurations are too large for it; Kong's control plane mode"
                           " sends only what changed"}});
  }
}

void LogPush(const Gateway& gateway, const PushReport& report) {
  double seconds = absl::ToDoubleSeconds(report.took);
  if (report.version == 0) {
    io::Debug("trial pushed",
              {{"gateway", gateway.name()}, {"status", report.status}, {"bytes", report.bytes}});
  } else if (report.end == PushEnd::kLoaded) {
    io::Info("configuration pushed", {{"gateway", gateway.name()},
                                      {"bytes", report.bytes},
                                      {"seconds", seconds},
                                      {"version", report.version}});
  } else if (report.end == PushEnd::kUnchanged || report.end == PushEnd::kRepeat) {
    io::Debug("push changed nothing", {{"gateway", gateway.name()}, {"status", report.status}});
  } else if (report.end == PushEnd::kBusy) {
    io::Info("gateway is loading still", {{"gateway", gateway.name()}});
  } else {
    io::Warning(report.end == PushEnd::kUnknown ? "push has an unknown outcome" : "push failed",
                {{"gateway", gateway.name()},
                 {"bytes", report.bytes},
                 {"seconds", seconds},
                 {"reason", report.reason}});
  }
}

}  // namespace

Delivery::Delivery(io::Clock& clock, PayloadSource& source, DeliveryOptions options,
                   DeliveryCallbacks callbacks)
    : clock_(clock),
      source_(source),
      options_(std::move(options)),
      callbacks_(std::move(callbacks)) {}

Delivery::~Delivery() = default;

void Delivery::Add(std::string name, std::unique_ptr<io::HttpClient> client) {
  GatewayOptions options{.name = std::move(name),
                         .headers = options_.headers,
                         .admin_token = options_.admin_token,
                         .times = options_.times,
                         .may_push = options_.may_push};
  GatewayListener& listener = *this;
  gateways_.push_back(
      std::make_unique<Gateway>(clock_, std::move(client), std::move(options), listener));
  if (!leads_) gateways_.back()->Lead(false);
  if (published_ > 0) gateways_.back()->Stale(published_);
  gateways_.back()->Start();
}

void Delivery::Remove(std::string_view name) {
  const auto found = std::find_if(gateways_.begin(), gateways_.end(),
                                  [&](const auto& each) { return each->name() == name; });
  if (found == gateways_.end()) return;
  const std::unique_ptr<Gateway> gone = std::move(*found);
  gateways_.erase(found);
  for (auto& [offers, of] : classes_) {
    if (of.bisecting == gone.get()) PassOnBisection(offers);
    std::erase(of.waiting, gone.get());
    if (of.read_back == gone.get()) of.read_back = nullptr;
  }
  io::Info("gateway removed", {{"gateway", gone->name()}});
}

void Delivery::Lead(bool leads) {
  if (std::exchange(leads_, leads) == leads) return;
  for (const auto& gateway : gateways_) gateway->Lead(leads);
  for (auto& [offers, of] : classes_) {
    if (of.bisection) EndBisection(of);
  }
}

void Delivery::Published(engine::Version version) {
  published_ = std::max(published_, version);
  for (const auto& gateway : gateways_) {
    // Who bisects hears of it at the end.
    bool bisects = gateway->state().identity() && ClassOf(*gateway).bisecting == gateway.get();
    if (!bisects) gateway->Stale(published_);
  }
}

engine::Version Delivery::acknowledged() const {
  engine::Version least = 0;
  bool first = true;
  for (const auto& gateway : gateways_) {
    if (!gateway->state().usable()) continue;
    engine::Version version = gateway->state().acknowledged();
    least = std::exchange(first, false) ? version : std::min(least, version);
  }
  return least;
}

Delivery::Class& Delivery::ClassOf(const Gateway& gateway) {
  return ClassOf(gateway.state().identity()->offers());
}

Delivery::Class& Delivery::ClassOf(Needs offers) {
  const auto [at, fresh] = classes_.try_emplace(offers);
  if (fresh && options_.last_good) at->second.good = options_.last_good->Of(offers);
  return at->second;
}

absl::Status Delivery::Fits(Gateway& gateway, const GatewayIdentity& identity) {
  const bool database = identity.database != "off" && callbacks_.has_database;
  GatewayIdentity judged = identity;
  if (database) judged.database = "off";
  absl::Status fit = CheckFit(judged);
  if (!fit.ok()) return fit;
  if (!options_.expressions) options_.expressions = identity.expressions();
  if (first_offers_ == 0) first_offers_ = identity.offers();
  if (*options_.expressions != identity.expressions()) {
    return absl::FailedPreconditionError(engine::ToAbsl(
        Cat("the gateway's router_flavor is ", identity.router_flavor, ", but routes are made for ",
            FlavorName(*options_.expressions), ": all gateways must have the same flavor")));
  }
  if (database) {
    with_database_.emplace_back(gateway.name(), identity);
    hand_over_ = clock_.After(absl::ZeroDuration(), [this] { HandOver(); });
    return absl::FailedPreconditionError("the gateway has a database");
  }
  const std::optional<GatewayIdentity>& before = gateway.state().identity();
  if (before && !before->SameKind(identity)) {
    ClassOf(identity.offers()).refused.clear();
    if (callbacks_.reconsider) callbacks_.reconsider(identity.offers());
  }
  return absl::OkStatus();
}

// Later than the answer that told, because who asked for it goes.
void Delivery::HandOver() {
  for (auto& [name, identity] : std::exchange(with_database_, {})) {
    const auto found = std::find_if(gateways_.begin(), gateways_.end(),
                                    [&](const auto& each) { return each->name() == name; });
    if (found == gateways_.end()) continue;
    std::unique_ptr<io::HttpClient> client = (*found)->TakeClient();
    Remove(name);
    callbacks_.has_database(name, std::move(client), std::move(identity));
  }
}

void Delivery::NeedsPayload(Gateway& gateway) {
  Class& of = ClassOf(gateway);
  of.waiting.push_back(&gateway);
  if (of.bisection) FallBack(gateway);
  if (!of.building && !of.bisection) Build(gateway.state().identity()->offers());
}

void Delivery::Build(Needs offers) {
  ClassOf(offers).building = true;
  std::weak_ptr<bool> alive = alive_;
  source_.Build(offers, [this, offers, alive](std::shared_ptr<const Payload> payload) {
    if (!alive.expired()) Built(offers, std::move(payload));
  });
}

void Delivery::Built(Needs offers, std::shared_ptr<const Payload> payload) {
  Class& of = ClassOf(offers);
  of.building = false;
  if (of.bisection) return;  // Who waits is served when it ends.
  // New gateways first: they serve nothing yet.
  std::vector<Gateway*> waiting = std::exchange(of.waiting, {});
  std::stable_partition(waiting.begin(), waiting.end(), [](const Gateway* gateway) {
    return gateway->state().acknowledged() == 0;
  });
  for (Gateway* gateway : waiting) {
    // Meanwhile it may have become another's.
    const GatewayState& state = gateway->state();
    if (state.identity()->offers() != offers || gateway->pushing()) continue;
    const bool refused = payload->hash == of.refused;
    if (refused) gateway->Hold(payload->hash);
    gateway->Offer(payload);
    // Right after a refusal the engine may not have left out yet what is at fault.
    if (!refused || of.unsettled || payload->version > of.refused_in) FallBack(*gateway);
  }
}

void Delivery::Happened(Gateway& gateway, GatewayState::Event event) {
  if (hand_over_ && !with_database_.empty() && with_database_.back().first == gateway.name())
    return;
  LogEvent(gateway, event);
  bool trial = false;
  if (gateway.state().identity()) {
    Class& of = ClassOf(gateway);
    trial = of.bisecting == &gateway;
    if (event == GatewayState::Event::kAcknowledged && trial) {
      of.bisection->Accepted();
      TryNext(of);
    } else if (event == GatewayState::Event::kAcknowledged && HasLastGood(gateway)) {
      io::Info("gateway has the last good configuration, since the newest is refused",
               {{"gateway", gateway.name()}});
      return gateway.Stale(published_);
    } else if (event == GatewayState::Event::kAcknowledged) {
      if (gateway.state().shown() == of.refused) of.refused.clear();
      Remember(of, gateway);
    } else if (event == GatewayState::Event::kFresh) {
      FallBack(gateway);
    } else if (event == GatewayState::Event::kLost && trial) {
      PassOnBisection(gateway.state().identity()->offers());
    }
  }
  if (event == GatewayState::Event::kAcknowledged && !trial && callbacks_.acknowledged) {
    callbacks_.acknowledged(gateway, gateway.state().acknowledged());
  }
  if (callbacks_.happened) callbacks_.happened(gateway, event);
}

void Delivery::Pushed(Gateway& gateway, const PushReport& report) {
  LogPush(gateway, report);
  if (report.end == PushEnd::kRefused && report.payload == ClassOf(gateway).good) {
    ForgetLastGood(gateway, report);
  } else if (report.end == PushEnd::kRefused) {
    bool trial = ClassOf(gateway).bisecting == &gateway;
    trial ? RefusedTrial(gateway, report) : Refused(gateway, report);
  }
  if (callbacks_.pushed) callbacks_.pushed(gateway, report);
}

bool Delivery::AnotherHas(const Gateway& gateway, std::string_view hash) const {
  return std::any_of(gateways_.begin(), gateways_.end(), [&](const auto& each) {
    const GatewayState& state = each->state();
    return each.get() != &gateway && state.usable() && state.shown() == hash &&
           state.identity()->offers() == gateway.state().identity()->offers();
  });
}

void Delivery::Refused(Gateway& gateway, const PushReport& report) {
  Class& of = ClassOf(gateway);
  if (AnotherHas(gateway, report.payload->hash)) {
    io::Warning("this gateway refuses what another one of its kind has taken",
                {{"gateway", gateway.name()},
                 {"reason", report.reason},
                 {"remedy", "compare their plugins and settings"}});
    return FallBack(gateway);
  }
  Needs offers = gateway.state().identity()->offers();
  switch (report.refusal.kind) {
    case Refusal::Kind::kCulprits:
      HoldBack(offers, report.payload->hash);
      return SetApart(*report.payload, report.refusal.culprits);
    case Refusal::Kind::kNamesNothing:
      HoldBack(offers, report.payload->hash);
      of.unsettled = true;
      if (!of.bisection) BeginBisection(gateway, report.payload);
      return FallBackAll(offers);
    case Refusal::Kind::kTooLarge:
    case Refusal::Kind::kWhole:
      return FallBack(gateway);  // It may be this gateway only; it tries again after a while.
  }
}

void Delivery::RefusedTrial(Gateway& gateway, const PushReport& report) {
  Class& of = ClassOf(gateway);
  if (report.refusal.kind == Refusal::Kind::kNamesNothing) {
    of.bisection->Refused();
    return TryNext(of);
  }
  if (report.refusal.kind == Refusal::Kind::kCulprits)
    SetApart(*report.payload, report.refusal.culprits);
  EndBisection(of);
}

void Delivery::SetApart(const Payload& payload, const std::vector<Culprit>& culprits) {
  std::vector<RefusedEntity> rows;
  for (const Culprit& culprit : culprits) {
    const Part& part = payload.part(culprit.part);
    RefusedEntity row{.offers = payload.offers,
                      .entity_kind = culprit.part.kind,
                      .entity_id = part.id,
                      .fingerprint = part.fingerprint,
                      .message = culprit.message};
    std::span<const ObjectRef> origins = payload.Origins(culprit.part);
    if (rows.size() < kLoggedCulprits) {
      io::Warning("the gateway refuses an entity; its object is left out",
                  {{"object", origins.empty() ? std::string() : origins[0].text()},
                   {"entity", LabelOf(payload, culprit.part)},
                   {"reason", culprit.message}});
    }
    if (origins.empty()) rows.push_back(row);
    for (const ObjectRef& origin : origins) row.object = origin, rows.push_back(row);
  }
  if (callbacks_.refused) callbacks_.refused(std::move(rows));
}

void Delivery::HoldBack(Needs offers, std::string_view hash) {
  Class& of = ClassOf(offers);
  of.refused = hash;
  of.refused_in = published_;
  of.unsettled = false;
  for (const auto& gateway : gateways_) {
    const std::optional<GatewayIdentity>& identity = gateway->state().identity();
    if (identity && identity->offers() == offers) gateway->Hold(hash);
  }
}

void Delivery::BeginBisection(Gateway& gateway, std::shared_ptr<const Payload> payload) {
  Class& of = ClassOf(gateway);
  absl::flat_hash_set<uint64_t> proven;
  for (const std::shared_ptr<const Parts>& parts : of.proven) {
    if (!parts) continue;
    for (const Part& part : parts->parts) proven.insert(part.fingerprint);
  }
  io::Warning("the gateway does not say what it refuses; trying parts of the configuration on it",
              {{"gateway", gateway.name()}, {"entities", payload->count()}});
  of.bisection = std::make_unique<Bisection>(std::move(payload), proven);
  of.bisecting = &gateway;
  TryNext(of);
}

void Delivery::TryNext(Class& of) {
  if (std::shared_ptr<const Payload> trial = of.bisection->Trial()) {
    return of.bisecting->Offer(std::move(trial));
  }
  if (std::optional<PartRef> culprit = of.bisection->culprit()) {
    SetApart(of.bisection->payload(),
             {{*culprit, "the gateway refuses the configuration with it, and does not say why"}});
  }
  EndBisection(of);
}

void Delivery::EndBisection(Class& of) {
  of.bisection.reset();
  Gateway* gateway = std::exchange(of.bisecting, nullptr);
  gateway->Stale(published_);
  if (!of.building && !of.waiting.empty()) Build(of.waiting[0]->state().identity()->offers());
}

// The gateway that bisects is gone; another one begins anew.
void Delivery::PassOnBisection(Needs offers) {
  Class& of = ClassOf(offers);
  Gateway* lost = of.bisecting;
  std::shared_ptr<const Payload> payload = of.bisection->whole();
  EndBisection(of);
  for (const auto& gateway : gateways_) {
    const GatewayState& state = gateway->state();
    bool able = gateway.get() != lost && state.usable() && state.identity()->offers() == offers &&
                !state.outcome_unknown() && !gateway->pushing();
    if (able) return BeginBisection(*gateway, std::move(payload));
  }
}

}  // namespace kong
