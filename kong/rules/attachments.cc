// What a route is attached to: for each parent the listeners that it means, of these the ones that
// take routes of its kind and namespace, of these the ones that have a host in common with it. The
// first of these sets that is empty is the reason why a parent does not accept it.
#include <algorithm>
#include <map>

#include "engine/text.h"
#include "kong/host_match.h"
#include "kong/rules/attachment_rules.h"

namespace kong {
namespace {

using engine::Cat;
using k8s::TlsMode;

struct Verdict {
  std::string_view reason;
  std::string message;
};

// The hosts that a route serves on a listener; nullopt: none. An empty list is every host.
std::optional<std::vector<Symbol>> HostsOn(const AttachableListener& listener,
                                           const std::vector<Symbol>& of_route, bool by_host) {
  std::vector<Symbol> hosts;
  if (!by_host) return hosts;
  if (of_route.empty() && listener.hostname) hosts.push_back(listener.hostname);
  for (Symbol host : of_route) {
    std::optional<Symbol> both = Intersection(listener.hostname, host);
    if (both && std::find(hosts.begin(), hosts.end(), *both) == hosts.end()) hosts.push_back(*both);
  }
  if (hosts.empty() && !of_route.empty()) return std::nullopt;
  return hosts;
}

// Kong terminates TLS for what it looks into, and passes on the rest of TLS as it is.
bool TlsFits(std::string_view kind, TlsMode mode) {
  if (mode == TlsMode::kNone) return true;
  if (kind == "UDPRoute") return false;
  return (kind == "TLSRoute") == (mode == TlsMode::kPassthrough);
}

class Attaching {
 public:
  Attaching(const GatewayGraph& g, Reader& read, const RouteParents& route)
      : g_(g),
        read_(read),
        route_(route),
        kind_(route.route.kind.text()),
        by_host_(kind_ != "TCPRoute" && kind_ != "UDPRoute") {}

  // Nothing if the parent is not ours.
  std::optional<Verdict> Attach(const k8s::ParentRef& parent);
  std::vector<Attachment> TakeAttachments();

 private:
  bool Takes(const AttachableListener& listener) {
    return (listener.kinds & RouteKindBit(kind_)) != 0 && TlsFits(kind_, listener.served.tls) &&
           Admits(g_, read_, listener.routes, listener.id.parent.ns, route_.route.ns);
  }

  const GatewayGraph& g_;
  Reader& read_;
  const RouteParents& route_;
  const std::string_view kind_;
  const bool by_host_;
  std::map<ListenerKey, size_t> known_;
  std::vector<Attachment> attachments_;  // In the order of parents and listeners.
};

std::optional<Verdict> Attaching::Attach(const k8s::ParentRef& parent) {
  const AttachmentGraph& a = g_.attachment;
  if (parent.GroupText() != k8s::kGatewayGroup) return std::nullopt;
  const ObjectName id = parent.NameFrom(route_.route.ns);
  const bool set = parent.KindText() == "ListenerSet";
  if (!set && parent.KindText() != "Gateway") return std::nullopt;
  if (set) {
    const OurListenerSet* ours = read_.Find(a.our_listener_sets, id);
    if (!ours) return std::nullopt;
    if (!ours->accepted)
      return Verdict{"NoMatchingParent",
                     Cat("Gateway ", ours->gateway, " does not allow the ListenerSet ", id)};
  } else if (!read_.Find(a.our_gateways, id)) {
    return std::nullopt;
  }

  const ObjectRef home = set ? ListenerSetRef(id) : GatewayRef(id);
  std::vector<const AttachableListener*> meant;
  for (const AttachableListener& listener : read_.In(a.listeners_of_parent, home)) {
    if (parent.section_name && parent.section_name != listener.id.name) continue;
    if (parent.port != 0 && parent.port != listener.served.port) continue;
    meant.push_back(&listener);
  }
  std::sort(meant.begin(), meant.end(), [](auto* x, auto* y) { return x->order < y->order; });
  if (meant.empty())
    return Verdict{"NoMatchingParent", Cat(home.text(), " has no listener of that name and port")};
  std::erase_if(meant, [&](auto* listener) { return !Takes(*listener); });
  if (meant.empty()) {
    return Verdict{"NotAllowedByListeners",
                   Cat("no listener of ", home.text(), " that is meant allows ", kind_,
                       "s of the namespace ", route_.route.ns)};
  }
  bool any = false;
  for (const AttachableListener* listener : meant) {
    std::optional<std::vector<Symbol>> hosts = HostsOn(*listener, route_.hostnames, by_host_);
    if (!hosts) continue;
    any = true;
    if (known_.try_emplace(listener->id, attachments_.size()).second)
      attachments_.push_back(
          {route_.route, listener->id, listener->served, std::move(*hosts), listener->programmed});
  }
  if (any) return Verdict{"Accepted", ""};
  return Verdict{"NoMatchingListenerHostname",
                 Cat("no listener of ", home.text(), " has a hostname in common with the route")};
}

std::vector<Attachment> Attaching::TakeAttachments() { return std::move(attachments_); }

// The hosts of all attachments: for each host of the route itself if some listener has it whole,
// else what the listeners have of it.
std::vector<Symbol> HostsOfAll(const RouteParents& route,
                               const std::vector<Attachment>& attachments) {
  std::vector<Symbol> hosts;
  auto add = [&](Symbol host) {
    if (std::find(hosts.begin(), hosts.end(), host) == hosts.end()) hosts.push_back(host);
  };
  auto has = [](const Attachment& attachment, Symbol host) {
    const auto& all = attachment.hostnames;
    return std::find(all.begin(), all.end(), host) != all.end();
  };
  if (route.hostnames.empty()) {
    for (const Attachment& attachment : attachments) {
      if (attachment.hostnames.empty()) return {};
      for (Symbol host : attachment.hostnames) add(host);
    }
  }
  for (Symbol host : route.hostnames) {
    const bool whole = std::any_of(attachments.begin(), attachments.end(),
                                   [&](const Attachment& each) { return has(each, host); });
    if (whole) add(host);
    for (const Attachment& attachment : attachments) {
      for (Symbol part : attachment.hostnames) {
        if (!whole && Covers(host.text(), part.text())) add(part);
      }
    }
  }
  return hosts;
}

// Without Gateways a route is served as its author wrote it, and nobody says anything about it.
void AttachUnseen(const RouteParents& route,
                  Emitter<AttachedRoute, Attachment, ParentVerdict>& say) {
  const bool wanted =
      std::any_of(route.parents.begin(), route.parents.end(), [](const k8s::ParentRef& parent) {
        return parent.GroupText() == k8s::kGatewayGroup &&
               (parent.KindText() == "Gateway" || parent.KindText() == "ListenerSet");
      });
  if (wanted) say.Emit(AttachedRoute{route.route, route.hostnames, {}});
}

}  // namespace

void AttachRoute(const GatewayGraph& g, const RouteParents& route, Reader& read,
                 Emitter<AttachedRoute, Attachment, ParentVerdict>& say) noexcept {
  if (g.options.gateways_unseen) return AttachUnseen(route, say);
  Attaching attaching(g, read, route);
  for (uint32_t nth = 0; nth < route.parents.size(); ++nth) {
    const k8s::ParentRef& parent = route.parents[nth];
    std::optional<Verdict> verdict = attaching.Attach(parent);
    if (!verdict) continue;
    say.Emit(ParentVerdict{route.route, nth, route.generation, parent, Symbol(verdict->reason),
                           std::move(verdict->message)});
  }
  std::vector<Attachment> attachments = attaching.TakeAttachments();
  std::vector<Attachment> served;
  for (Attachment& attachment : attachments) {
    if (attachment.programmed) served.push_back(attachment);
    say.Emit(std::move(attachment));
  }
  if (served.empty()) return;
  AttachedRoute attached{route.route, HostsOfAll(route, served), {}};
  for (const Attachment& attachment : served) attached.ports.push_back(attachment.served);
  std::sort(attached.ports.begin(), attached.ports.end());
  attached.ports.erase(std::unique(attached.ports.begin(), attached.ports.end()),
                       attached.ports.end());
  say.Emit(std::move(attached));
}

}  // namespace kong
