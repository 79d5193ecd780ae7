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

AttachmentGraph::AttachmentGraph(engine::Graph& graph, engine::Table<Problem>& problems)
    : graph_(graph),
      problems_(problems),
      gateway_classes(graph_.AddSource<k8s::GatewayClass>("gateway_classes")),
      gateways(graph_.AddSource<k8s::Gateway>("gateways")),
      listener_sets(graph_.AddSource<k8s::ListenerSet>("listener_sets")),
      reference_grants(graph_.AddSource<k8s::ReferenceGrant>("reference_grants")),
      namespaces(graph_.AddSource<k8s::Namespace>("namespaces")),
      grants(graph_.AddTable<Grant>("grants")),
      route_parents(graph_.AddTable<RouteParents>("route_parents")),
      route_resolutions(graph_.AddTable<RouteResolution>("route_resolutions")),
      our_classes(graph_.AddTable<OurClass>("our_classes")),
      our_gateways(graph_.AddTable<OurGateway>("our_gateways")),
      used_selectors(graph_.AddTable<UsedSelector>("used_selectors")),
      selections(graph_.AddTable<Selection>("selections")),
      our_listener_sets(graph_.AddTable<OurListenerSet>("our_listener_sets")),
      listener_plans(graph_.AddTable<ListenerPlan>("listener_plans")),
      attachable_listeners(graph_.AddTable<AttachableListener>("attachable_listeners")),
      further_certificates(graph_.AddTable<FurtherCertificate>("further_certificates")),
      attached_routes(graph_.AddTable<AttachedRoute>("attached_routes")),
      attachments(graph_.AddTable<Attachment>("attachments")),
      parent_verdicts(graph_.AddTable<ParentVerdict>("parent_verdicts")),
      conditions(graph_.AddTable<Condition>("conditions")),
      listener_statuses(graph_.AddTable<ListenerStatus>("listener_statuses")),
      all_selectors(graph_.AddIndex<engine::Unit>(
          "all_selectors", used_selectors, [](const UsedSelector&, auto visit) { visit({}); })),
      sets_of_gateway(graph_.AddIndex<ObjectName>(
          "sets_of_gateway", our_listener_sets,
          [](const OurListenerSet& set, auto visit) { visit(set.gateway); })),
      listeners_of_parent(graph_.AddIndex<ObjectRef>(
          "listeners_of_parent", attachable_listeners,
          [](const AttachableListener& listener, auto visit) { visit(listener.id.parent); })),
      attachments_of_listener(graph_.AddIndex<ListenerKey>(
          "attachments_of_listener", attachments,
          [](const Attachment& attachment, auto visit) { visit(attachment.listener); })),
      failures_of_object(graph_.AddIndex<ObjectRef>("failures_of_object", problems_,
                                                    [](const Problem& problem, auto visit) {
                                                      if (problem.severity == Severity::kFailure)
                                                        visit(problem.object);
                                                    })),
      attachments_of_route(graph_.AddIndex<ObjectRef>("attachments_of_route", attachments,
                                                      [](const Attachment& attachment, auto visit) {
                                                        if (attachment.programmed)
                                                          visit(attachment.route);
                                                      })) {}

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
