#include "kong/attachment_graph.h"

#include <tuple>

#include "kong/gateway_graph.h"
#include "kong/rules/attachment_rules.h"

namespace kong {
namespace {

// A rule over the whole program, as the graph calls it.
auto Rule(const GatewayGraph& g, auto function) {
  return [&g, function](auto&... arguments) noexcept { function(g, arguments...); };
}

}  // namespace

void DeclareGrants(engine::Graph& graph, GatewayGraph& g) {
  AttachmentGraph& a = g.attachment;
  graph.AddRule("grants", a.reference_grants, {}, std::tie(a.grants), Rule(g, ReadReferenceGrant));
}

void DeclareListeners(engine::Graph& graph, GatewayGraph& g) {
  AttachmentGraph& a = g.attachment;
  a.conditions.KeepFeed();
  a.listener_statuses.KeepFeed();
  graph.AddRule("gateway_classes", a.gateway_classes, {}, std::tie(a.our_classes, a.conditions),
                Rule(g, ReadGatewayClass));
  graph.AddRule("gateways", a.gateways, {&a.our_classes, &g.quarantine},
                std::tie(a.our_gateways, a.used_selectors), Rule(g, ReadGateway));
  graph.AddRule("selectors_of_sets", a.listener_sets, {&a.our_gateways}, std::tie(a.used_selectors),
                Rule(g, WantSelectorsOfSet));
  graph.AddRule("selections", a.namespaces, {&a.all_selectors}, std::tie(a.selections),
                Rule(g, SelectNamespace));
  graph.AddRule("listener_sets", a.listener_sets, {&a.our_gateways, &a.selections, &g.quarantine},
                std::tie(a.our_listener_sets), Rule(g, AdmitListenerSet));
  graph.AddRule("listeners", a.our_gateways, {&a.gateways, &a.sets_of_gateway, &a.listener_sets},
                std::tie(a.listener_plans), Rule(g, PlanListeners));
  graph.AddRule("listener_certificates", a.listener_plans,
                {&a.grants, &g.secret_states, &g.secret_metadata},
                std::tie(a.attachable_listeners, g.sni_uses, g.used_certificates, g.wanted_secrets,
                         a.further_certificates, a.conditions, g.problems),
                Rule(g, ResolveListener));
  graph.AddRule("further_certificates", a.further_certificates, {&g.secrets}, std::tie(g.sni_uses),
                Rule(g, ClaimHostsOfCertificate));
}

void DeclareAttachments(engine::Graph& graph, GatewayGraph& g) {
  AttachmentGraph& a = g.attachment;
  graph.AddRule("attachments", a.route_parents,
                {&a.our_gateways, &a.our_listener_sets, &a.listeners_of_parent, &a.selections},
                std::tie(a.attached_routes, a.attachments, a.parent_verdicts),
                Rule(g, AttachRoute));
}

void DeclareConditions(engine::Graph& graph, GatewayGraph& g) {
  AttachmentGraph& a = g.attachment;
  graph.AddRule("listener_hosts", a.listener_plans, {&a.attachable_listeners, &g.sni_uses},
                std::tie(g.problems), Rule(g, CompareSnis));
  graph.AddRule("listener_statuses", a.attachable_listeners, {&a.attachments_of_listener},
                std::tie(a.listener_statuses), Rule(g, CountRoutes));
  graph.AddRule("gateway_conditions", a.our_gateways, {&a.gateways, &a.listeners_of_parent},
                std::tie(a.conditions), Rule(g, JudgeGateway));
  graph.AddRule("listener_set_conditions", a.our_listener_sets,
                {&a.our_gateways, &a.listener_sets, &a.listeners_of_parent}, std::tie(a.conditions),
                Rule(g, JudgeListenerSet));
  graph.AddRule("parent_conditions", a.parent_verdicts,
                {&a.route_resolutions, &a.failures_of_object}, std::tie(a.conditions),
                Rule(g, JudgeParent));
}

}  // namespace kong
