#include "kong/rules/upstreams.h"

#include <algorithm>

#include "engine/text.h"
#include "io/json_writer.h"
#include "kong/rules/reports.h"

namespace kong {
namespace {

using engine::Cat;

constexpr int64_t kWeightMost = 65535;  // Of a target, in Kong; the Gateway API allows more.

// Kong's limit is met by scaling all weights of an upstream alike.
std::optional<int32_t> WeightOf(const ServiceUse& use, const ServiceBackend& backend) {
  if (!backend.weight) return std::nullopt;
  int64_t most = kWeightMost;
  for (const ServiceBackend& each : use.backends)
    most = std::max<int64_t>(most, each.weight.value_or(0));
  int64_t weight = std::clamp<int64_t>(*backend.weight, 0, most);
  if (most == kWeightMost || weight == 0) return static_cast<int32_t>(weight);
  return static_cast<int32_t>(std::max<int64_t>(1, weight * kWeightMost / most));
}

class UpstreamMaker {
 public:
  UpstreamMaker(const GatewayGraph& g, const ServiceUse& use, Reader& read, ServiceSay& say)
      : g_(g),
        use_(use),
        read_(read),
        say_(say),
        name_(use.id.UpstreamName()),
        id_(UpstreamId(name_)),
        rank_(RankOfUpstream(use.id)) {}

  void SayEntity(const CommonSettings& common, const ObjectRef& origin) {
    std::string json = UpstreamFragment(name_, common.tags, common.upstream);
    const Needs needs = common.upstream.sticky() ? kNeedsFrom3_11 : 0;
    say_.Emit(Entity{EntityKind::kUpstream, id_, needs, name_, std::move(json), {origin}}, rank_);
  }

  void SayTargets(const FoundBackend& found, const FoundPort& port) {
    const k8s::Service& service = *found.service;
    if (IsUpstream(service)) {
      std::string host = Cat(service.meta.name(), '.', service.meta.ns(), ".svc");
      if (!g_.options.cluster_domain.empty()) host += Cat('.', g_.options.cluster_domain);
      SayOnlyTarget(found, Cat(host, ':', port.number));
    } else if (!port.port) {
      SayOnlyTarget(found, Cat(service.external_name, ':', port.number));
    } else {
      say_.Emit(UpstreamPort{{id_, found.nth},
                             service.key(),
                             port.port->name,
                             ProtocolsOf(service),
                             Shares(found),
                             WeightOf(use_, *found.backend)},
                rank_);
    }
  }

 private:
  bool IsUpstream(const k8s::Service& service) {
    return service.meta.annotations.Has("ingress.kubernetes.io/service-upstream", "true") ||
           read_.Find(g_.service_upstream_on, {});
  }

  // TCP in any case, and whatever the Service's ports say.
  static uint8_t ProtocolsOf(const k8s::Service& service) {
    auto bit = [](k8s::Protocol protocol) {
      return static_cast<uint8_t>(1 << static_cast<int>(protocol));
    };
    uint8_t protocols = bit(k8s::Protocol::kTcp);
    for (const k8s::ServicePort& each : service.ports) protocols |= bit(each.protocol);
    return protocols;
  }

  // A weight of 1 or 0 is the same for each target, however many there are.
  bool Shares(const FoundBackend& found) const {
    return use_.backends.size() > 1 || found.backend->weight.value_or(0) > 1;
  }

  void SayOnlyTarget(const FoundBackend& found, const std::string& target) {
    std::optional<int32_t> weight = WeightOf(use_, *found.backend);
    ObjectName service = found.service->key();
    if (Shares(found)) {
      say_.Emit(TargetShare{{id_, found.nth}, Symbol(target), false, weight, service}, rank_);
    } else {
      say_.Emit(TargetEntity(id_, target, weight, ServiceRef(service)), rank_);
    }
  }

  const GatewayGraph& g_;
  const ServiceUse& use_;
  Reader& read_;
  ServiceSay& say_;
  const std::string name_;
  const EntityId id_;
  const engine::Rank rank_;
};

}  // namespace

engine::Rank RankOfUpstream(const ServiceKey& service) {
  engine::Rank rank;
  rank.tier = static_cast<uint32_t>(service.naming);
  // The only names with dots in two of their parts.
  if (service.naming == ServiceNaming::kGrpcRouteHost) rank.name = service.name;
  return rank;
}

std::optional<int32_t> SayUpstream(const GatewayGraph& g, const ServiceUse& use,
                                   const std::vector<FoundBackend>& backends,
                                   const CommonSettings& common, Reader& read, ServiceSay& say) {
  UpstreamMaker maker(g, use, read, say);
  std::optional<int32_t> number;
  for (const FoundBackend& each : backends) {
    absl::StatusOr<FoundPort> port = FindPort(*each.service, *each.backend, use.form.protocol);
    if (port.ok()) {
      number = port->number;
      maker.SayTargets(each, *port);
      continue;
    }
    std::string text =
        Cat("can't find port for backend kubernetes service: ", engine::MessageOf(port.status()));
    ReportFailure(say, ServiceRef(each.service->key()), text);
    ReportFailure(say, use.parent, std::move(text));
  }
  maker.SayEntity(common, OriginOf(use, backends));
  return number;
}

}  // namespace kong
