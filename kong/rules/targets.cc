// One upstream and one EndpointSlice of its Service say the targets they make together. The domain
// is the pair: replacing an endpoint costs one slice, and one more upstream on a Service of 10,000
// endpoints costs that upstream, not all of them.
#include "engine/text.h"
#include "io/json_writer.h"
#include "kong/rules/reports.h"
#include "kong/rules/rules.h"

namespace kong {
namespace {

using std::string_view_literals::operator""sv;

bool Carries(const UpstreamPort& upstream, const k8s::SlicePort& port) {
  return port.number && port.name == upstream.slice_port &&
         (upstream.protocols >> static_cast<int>(port.protocol) & 1) != 0;
}

}  // namespace

Entity TargetEntity(const EntityId& upstream, std::string_view target,
                    std::optional<int32_t> weight, const ObjectRef& origin) {
  EntityId id = TargetId(upstream, target);
  std::string json;
  json.reserve(R"({"id":"","target":"","upstream":""})"sv.size() + 2 * 36 + target.size() +
               (weight ? R"(,"weight":65535)"sv.size() : 0));
  io::JsonWriter out(json);
  out.BeginObject()
      .Member("id", id.text())
      .Member("target", target)
      .Member("upstream", upstream.text());
  if (weight) out.Member("weight", *weight);
  out.EndObject();
  return {EntityKind::kTarget, id, 0, std::string(target), std::move(json), {origin}};
}

void RenderTargets(const GatewayGraph& g, const UpstreamPort& upstream,
                   const k8s::EndpointSlice& slice, Reader&,
                   Emitter<Entity, TargetShare>& say) noexcept {
  for (const k8s::SlicePort& port : slice.ports) {
    if (!Carries(upstream, port)) continue;
    for (size_t i = 0; i < slice.endpoints.size(); ++i) {
      k8s::Endpoint endpoint = slice.endpoints[i];
      if (!endpoint.ready && !(endpoint.terminating && g.options.drain_support)) continue;
      bool drained = endpoint.terminating && g.options.drain_support;
      bool brackets = endpoint.address.find(':') != std::string_view::npos;
      std::string target = brackets ? engine::Cat('[', endpoint.address, "]:", *port.number)
                                    : engine::Cat(endpoint.address, ':', *port.number);
      // Two slices may carry one address while pods move between them: whoever is ready wins.
      engine::Rank rank;
      rank.tier = drained ? 1 : 0;
      if (upstream.shares) {
        say.Emit(
            TargetShare{upstream.id, Symbol(target), drained, upstream.weight, upstream.service},
            rank);
        continue;
      }
      std::optional<int32_t> weight = drained ? 0 : upstream.weight;
      say.Emit(TargetEntity(upstream.id.upstream, target, weight, ServiceRef(upstream.service)),
               rank);
    }
  }
}

}  // namespace kong
