// The listeners of a Gateway and of its ListenerSets, compared with each other.
//
// Listeners share a port if their protocols can be told apart on it, and then need distinct hosts.
// Within one object a conflict concerns all that take part in it, as the Kong Ingress Controller
// has it. Between objects the first keeps what it has: the Gateway, then older ListenerSets
// (Gateway API, ListenerSetSpec.listeners).
#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <utility>
#include <vector>

#include "kong/rules/attachment_rules.h"

namespace kong {
namespace {

using k8s::ListenerProtocol;

const Symbol& ProtocolConflict() {
  static const Symbol kReason("ProtocolConflict");
  return kReason;
}
const Symbol& HostnameConflict() {
  static const Symbol kReason("HostnameConflict");
  return kReason;
}

bool SpeaksTls(ListenerProtocol protocol) {
  return protocol == ListenerProtocol::kHttps || protocol == ListenerProtocol::kTls;
}

// Can two listeners of one port be told apart by their hosts? If one of them is UDP, the port is
// another one anyway.
bool CanShare(ListenerProtocol a, ListenerProtocol b) {
  if (a == ListenerProtocol::kHttp) return b == ListenerProtocol::kHttp;
  return SpeaksTls(a) && SpeaksTls(b);
}

// A port of one transport.
using Port = std::pair<int32_t, bool>;
Port PortOf(const ListenerPlan& plan) {
  return {plan.served.port, plan.served.protocol == ListenerProtocol::kUdp};
}

// What is taken on the ports of a Gateway.
class Ports {
 public:
  // Why this listener cannot stand beside those that were taken; empty: it can.
  Symbol ConflictOf(const ListenerPlan& plan) const {
    auto found = ports_.find(PortOf(plan));
    if (found == ports_.end()) return {};
    if (!CanShare(plan.served.protocol, found->second.protocol)) return ProtocolConflict();
    return found->second.hosts.contains(plan.hostname) ? HostnameConflict() : Symbol();
  }
  void Take(const ListenerPlan& plan) {
    Taken& taken = ports_.try_emplace(PortOf(plan), Taken{plan.served.protocol, {}}).first->second;
    taken.hosts.insert(plan.hostname);
  }

 private:
  struct Taken {
    ListenerProtocol protocol;
    std::set<Symbol> hosts;
  };
  std::map<Port, Taken> ports_;
};

// Compares the listeners of one object with each other, and with what earlier objects have taken.
void FindConflicts(std::span<ListenerPlan> plans, Ports& taken) {
  Ports own;
  std::set<Port> bad_ports;
  std::set<std::pair<Port, Symbol>> bad_hosts;
  for (ListenerPlan& plan : plans) {
    const Symbol conflict = own.ConflictOf(plan);
    if (conflict == ProtocolConflict()) bad_ports.insert(PortOf(plan));
    if (conflict == HostnameConflict()) bad_hosts.insert({PortOf(plan), plan.hostname});
    if (!conflict) own.Take(plan);
    plan.conflict = taken.ConflictOf(plan);
  }
  for (ListenerPlan& plan : plans) {
    if (bad_hosts.contains({PortOf(plan), plan.hostname})) plan.conflict = HostnameConflict();
    if (bad_ports.contains(PortOf(plan))) plan.conflict = ProtocolConflict();
  }
  for (const ListenerPlan& plan : plans) {
    if (!plan.conflict) taken.Take(plan);
  }
}

// Why Kong cannot serve a listener; empty: it can.
Symbol RefusalOf(const std::vector<KongListen>& listens, const ServedPort& served) {
  static const Symbol kProtocol("UnsupportedProtocol"), kPort("PortUnavailable");
  if (served.protocol == ListenerProtocol::kOther) return kProtocol;
  if (listens.empty()) return {};
  bool speaks = false;
  for (const KongListen& listen : listens) {
    if (listen.protocol != served.protocol) continue;
    if (listen.port == served.port) return {};
    speaks = true;
  }
  return speaks ? kPort : kProtocol;
}

void PlanKinds(const k8s::Listener& listener, ListenerPlan& plan) {
  const uint32_t carried = KindsCarriedBy(listener.protocol);
  if (listener.kinds.empty()) plan.kinds = carried;
  for (const k8s::RouteKind& kind : listener.kinds) {
    const uint32_t bit =
        kind.GroupText() == k8s::kGatewayGroup ? RouteKindBit(kind.kind.text()) : 0;
    plan.kinds |= bit & carried;
    if ((bit & carried) == 0) plan.invalid_kinds = true;
  }
}

// What the listeners of one object have in common.
struct Home {
  ObjectRef object;
  const k8s::ObjectMeta& meta;
  const std::vector<k8s::Listener>& listeners;
};

void PlanHome(const GatewayGraph& g, const OurGateway& gateway, const Home& home,
              std::vector<ListenerPlan>& plans) {
  for (const k8s::Listener& listener : home.listeners) {
    ListenerPlan& plan = plans.emplace_back();
    plan.id = {home.object, listener.name};
    plan.gateway = gateway.id;
    plan.unmanaged = gateway.unmanaged;
    plan.generation = home.meta.generation;
    plan.created_s = home.meta.created_s;
    plan.order = static_cast<uint32_t>(plans.size() - 1);
    plan.served = {listener.protocol, listener.tls, listener.port};
    plan.hostname = listener.hostname;
    plan.routes = AdmissionOf(listener.namespaces);
    plan.certificates = listener.certificates;
    plan.refusal = RefusalOf(g.options.kong_listens, plan.served);
    PlanKinds(listener, plan);
  }
}

}  // namespace

void PlanListeners(const GatewayGraph& g, const OurGateway& gateway, Reader& read,
                   Emitter<ListenerPlan>& say) noexcept {
  const AttachmentGraph& a = g.attachment;
  std::vector<OurListenerSet> sets;
  for (const OurListenerSet& set : read.In(a.sets_of_gateway, gateway.id)) {
    if (set.accepted) sets.push_back(set);
  }
  std::sort(sets.begin(), sets.end(), [](const OurListenerSet& x, const OurListenerSet& y) {
    return std::tie(x.created_s, x.id) < std::tie(y.created_s, y.id);
  });

  std::vector<ListenerPlan> plans;
  std::vector<size_t> ends;
  const k8s::Gateway& object = *read.Find(a.gateways, gateway.id);
  PlanHome(g, gateway, {GatewayRef(gateway.id), object.meta, object.listeners}, plans);
  ends.push_back(plans.size());
  for (const OurListenerSet& set : sets) {
    const k8s::ListenerSet& more = *read.Find(a.listener_sets, set.id);
    PlanHome(g, gateway, {ListenerSetRef(set.id), more.meta, more.listeners}, plans);
    ends.push_back(plans.size());
  }

  Ports taken;
  size_t begin = 0;
  for (size_t end : ends) {
    FindConflicts(std::span(plans).subspan(begin, end - begin), taken);
    begin = end;
  }
  for (ListenerPlan& plan : plans) say.Emit(std::move(plan));
}

}  // namespace kong
