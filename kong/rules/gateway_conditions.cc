// The conditions of Gateways, of ListenerSets and of routes at their parents, and the count of
// routes of each listener. Derived when all else is known; nothing but status depends on them.
#include "engine/text.h"
#include "kong/rules/attachment_rules.h"

namespace kong {
namespace {

using engine::Cat;

// How the listeners of an object fare.
struct Tally {
  size_t all = 0, accepted = 0, programmed = 0;
  void Add(const AttachableListener& listener) {
    ++all;
    accepted += listener.accepted;
    programmed += listener.programmed;
  }
  std::string Text(size_t good, std::string_view how) const {
    return Cat(all - good, " of ", all, " listeners are not ", how);
  }
};

void SayCondition(const ObjectRef& object, int64_t generation, std::string_view type, bool holds,
                  std::string_view reason, std::string message, Emitter<Condition>& say) {
  say.Emit(Condition{{object, {}, 0, Symbol(type)},
                     holds ? ConditionStatus::kTrue : ConditionStatus::kFalse,
                     Symbol(reason),
                     std::move(message),
                     generation});
}

// An object is programmed if some listener works; without any there is nothing that could fail.
void SayProgrammed(const ObjectRef& object, int64_t generation, const Tally& tally,
                   std::string_view bad_reason, Emitter<Condition>& say) {
  const bool good = tally.programmed > 0 || tally.all == 0;
  std::string message =
      tally.programmed < tally.all ? tally.Text(tally.programmed, "programmed") : "";
  SayCondition(object, generation, "Programmed", good, good ? "Programmed" : bad_reason,
               std::move(message), say);
}

}  // namespace

void CountRoutes(const GatewayGraph& g, const AttachableListener& listener, Reader& read,
                 Emitter<ListenerStatus>& say) noexcept {
  const size_t routes = read.In(g.attachment.attachments_of_listener, listener.id).size();
  say.Emit(ListenerStatus{listener.id, listener.kinds, static_cast<uint32_t>(routes)});
}

void JudgeGateway(const GatewayGraph& g, const OurGateway& gateway, Reader& read,
                  Emitter<Condition>& say) noexcept {
  if (!gateway.unmanaged) return;
  const AttachmentGraph& a = g.attachment;
  const ObjectRef self = GatewayRef(gateway.id);
  const int64_t generation = read.Find(a.gateways, gateway.id)->meta.generation;
  Tally tally;
  for (const AttachableListener& listener : read.In(a.listeners_of_parent, self))
    tally.Add(listener);
  if (tally.accepted == tally.all) {
    SayCondition(
        self, generation, "Accepted", true, "Accepted",
        "this unmanaged gateway has been picked up by the controller and will be processed", say);
  } else {
    SayCondition(self, generation, "Accepted", tally.accepted > 0, "ListenersNotValid",
                 tally.Text(tally.accepted, "accepted"), say);
  }
  SayProgrammed(self, generation, tally, "Invalid", say);
}

void JudgeListenerSet(const GatewayGraph& g, const OurListenerSet& set, Reader& read,
                      Emitter<Condition>& say) noexcept {
  const AttachmentGraph& a = g.attachment;
  const OurGateway* gateway = read.Find(a.our_gateways, set.gateway);
  if (!gateway || !gateway->unmanaged) return;
  const ObjectRef self = ListenerSetRef(set.id);
  const int64_t generation = read.Find(a.listener_sets, set.id)->meta.generation;
  if (!set.accepted) {
    std::string message = Cat("spec.allowedListeners of Gateway ", set.gateway,
                              " does not allow the namespace ", set.id.ns);
    SayCondition(self, generation, "Accepted", false, "NotAllowed", message, say);
    return SayCondition(self, generation, "Programmed", false, "NotAllowed", message, say);
  }
  Tally tally;
  for (const AttachableListener& listener : read.In(a.listeners_of_parent, self))
    tally.Add(listener);
  const bool good = tally.programmed > 0;
  SayCondition(self, generation, "Accepted", good,
               tally.programmed == tally.all ? "Accepted" : "ListenersNotValid",
               tally.programmed == tally.all ? "" : tally.Text(tally.programmed, "valid"), say);
  SayProgrammed(self, generation, tally, "ListenersNotValid", say);
}

void JudgeParent(const GatewayGraph& g, const ParentVerdict& verdict, Reader& read,
                 Emitter<Condition>& say) noexcept {
  static const RouteResolution kFine;
  const AttachmentGraph& a = g.attachment;
  const RouteResolution* found = read.Find(a.route_resolutions, verdict.route);
  const RouteResolution& resolution = found ? *found : kFine;
  auto condition = [&](std::string_view type, bool holds, std::string_view reason,
                       std::string message) {
    say.Emit(Condition{{verdict.route, {}, verdict.nth + 1, Symbol(type)},
                       holds ? ConditionStatus::kTrue : ConditionStatus::kFalse,
                       Symbol(reason),
                       std::move(message),
                       verdict.generation});
  };
  const bool attached = verdict.reason.text() == "Accepted";
  const bool useless = resolution.invalid_reason && !resolution.partially;
  if (attached && useless) {
    condition("Accepted", false, resolution.invalid_reason.text(), resolution.invalid_message);
  } else {
    condition("Accepted", attached, verdict.reason.text(), verdict.message);
  }
  condition("ResolvedRefs", !resolution.refs_reason,
            resolution.refs_reason ? resolution.refs_reason.text() : "ResolvedRefs",
            resolution.refs_message);
  if (resolution.invalid_reason && resolution.partially)
    condition("PartiallyInvalid", true, resolution.invalid_reason.text(),
              resolution.invalid_message);
  if (!attached) return;
  auto failures = read.In(a.failures_of_object, verdict.route);
  if (useless || !failures.empty()) {
    condition("Programmed", false, "TranslationError",
              useless ? resolution.invalid_message : failures.front().text);
  } else {
    condition("Programmed", true, "ConfiguredInGateway", "");
  }
}

}  // namespace kong
