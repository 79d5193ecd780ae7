// What Delivery does for a gateway that has nothing when the newest configuration is refused.
#include "engine/text.h"
#include "io/log.h"
#include "kong/delivery.h"

namespace kong {
namespace {

constexpr absl::Duration kReadBackPause = absl::Minutes(1);

}  // namespace

void Delivery::Remember(Class& of, const Gateway& gateway) {
  const std::shared_ptr<const Payload>& taken = gateway.payload();
  if (!taken) return;
  for (size_t kind = 0; kind < kEntityKinds; ++kind) {
    of.proven[kind] = taken->sections[kind].parts;
  }
  if (taken->count() == 0 || (of.good && of.good->hash == taken->hash)) return;
  auto good = std::make_shared<Payload>(*taken);
  good->version = 0;  // What a gateway may get later is not what it is behind of.
  of.good = std::move(good);
  of.bad_good.clear();
  if (options_.last_good) options_.last_good->Keep(taken);
}

// Whether what this gateway has acknowledged is what it got for want of something newer.
bool Delivery::HasLastGood(const Gateway& gateway) {
  const std::optional<Wanted>& wanted = gateway.state().wanted();
  const Class& of = ClassOf(gateway);
  return wanted && wanted->version == 0 && of.good && of.good->hash == wanted->hash;
}

void Delivery::FallBack(Gateway& gateway) {
  const GatewayState& state = gateway.state();
  if (!leads_ || !state.usable() || state.shown() != kZeroHash) return;
  Class& of = ClassOf(gateway);
  const bool waits = gateway.Refuses() || (of.bisection && of.bisecting != &gateway);
  if (!waits || gateway.pushing() || state.outcome_unknown()) return;
  if (!of.good) return ReadBack(state.identity()->offers());
  if (of.good->hash == of.refused || (state.wanted() && state.wanted()->hash == of.good->hash))
    return;
  io::Warning("gateway gets the last good configuration, since the newest is refused",
              {{"gateway", gateway.name()}, {"bytes", of.good->bytes()}});
  gateway.Offer(of.good);
}

void Delivery::FallBackAll(Needs offers) {
  for (const auto& gateway : gateways_) {
    const std::optional<GatewayIdentity>& identity = gateway->state().identity();
    if (identity && identity->offers() == offers) FallBack(*gateway);
  }
}

// From a gateway of the class that serves something. What it shows, it has taken once.
void Delivery::ReadBack(Needs offers) {
  Class& of = ClassOf(offers);
  const absl::Duration now = clock_.Uptime();
  if (of.read_back || now < of.read_back_next) return;
  for (const auto& gateway : gateways_) {
    const GatewayState& state = gateway->state();
    const bool serves = state.usable() && state.identity()->offers() == offers &&
                        !state.shown().empty() && state.shown() != kZeroHash;
    if (serves && of.bisecting != gateway.get()) of.read_back = gateway.get();
  }
  if (!of.read_back) return;
  of.read_back_next = now + kReadBackPause;
  of.read_back->ReadBack([this, offers](absl::StatusOr<std::string> text) {
    Class& asked = ClassOf(offers);
    Gateway* const from = std::exchange(asked.read_back, nullptr);
    if (!text.ok()) {
      return io::Warning("the configuration of a gateway cannot be read back",
                         {{"gateway", from->name()}, {"reason", text.status()}});
    }
    const std::shared_ptr<const Payload> good = PayloadOfBytes(offers, *std::move(text));
    if (asked.good || good->hash == asked.bad_good) return;
    asked.good = good;
    FallBackAll(offers);
  });
}

// Nothing is held against the newest configuration for it.
void Delivery::ForgetLastGood(Gateway& gateway, const PushReport& report) {
  io::Warning("the last good configuration is refused, too; it is forgotten",
              {{"gateway", gateway.name()}, {"status", report.status}});
  Class& of = ClassOf(gateway);
  of.bad_good = of.good->hash;
  of.good = nullptr;
  gateway.Stale(published_);
}

}  // namespace kong
