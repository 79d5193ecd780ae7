// Gateways in the graph: their sources and tables, and the rules from classes to attached routes.
//
// What belongs together here is everything of the Gateway API but the routes themselves: which
// Gateways are ours, which of their listeners work, whose certificates they show, which routes they
// accept, who may refer across namespaces, and the conditions of all of them. Routes meet it in
// attachment_tables.h. Declared in three steps, because others' rules stand between them.
#pragma once

#include "engine/graph.h"
#include "k8s/gateway.h"
#include "k8s/gateway_class.h"
#include "k8s/listener_set.h"
#include "k8s/namespace.h"
#include "k8s/reference_grant.h"
#include "kong/attachment_tables.h"
#include "kong/condition.h"
#include "kong/cross_namespace.h"
#include "kong/gateway_tables.h"
#include "kong/problem.h"

namespace kong {

class GatewayGraph;

class AttachmentGraph {
 private:
  engine::Graph& graph_;  // Comes first: the tables below are added to it in their order.
  engine::Table<Problem>& problems_;

 public:
  AttachmentGraph(engine::Graph& graph, engine::Table<Problem>& problems);

  engine::Source<k8s::GatewayClass>& gateway_classes;
  engine::Source<k8s::Gateway>& gateways;
  engine::Source<k8s::ListenerSet>& listener_sets;
  engine::Source<k8s::ReferenceGrant>& reference_grants;
  engine::Source<k8s::Namespace>& namespaces;

  // Who may refer where; read through MayRefer only.
  engine::Table<Grant>& grants;

  // Said by the rules of routes.
  engine::Table<RouteParents>& route_parents;
  engine::Table<RouteResolution>& route_resolutions;

  engine::Table<OurClass>& our_classes;
  engine::Table<OurGateway>& our_gateways;
  engine::Table<UsedSelector>& used_selectors;
  engine::Table<Selection>& selections;
  engine::Table<OurListenerSet>& our_listener_sets;
  engine::Table<ListenerPlan>& listener_plans;
  engine::Table<AttachableListener>& attachable_listeners;
  engine::Table<FurtherCertificate>& further_certificates;

  engine::Table<AttachedRoute>& attached_routes;
  engine::Table<Attachment>& attachments;
  engine::Table<ParentVerdict>& parent_verdicts;

  // What leaves the graph: status.
  engine::Table<Condition>& conditions;
  engine::Table<ListenerStatus>& listener_statuses;

  engine::Index<UsedSelector, engine::Unit>& all_selectors;
  engine::Index<OurListenerSet, ObjectName>& sets_of_gateway;
  engine::Index<AttachableListener, ObjectRef>& listeners_of_parent;
  engine::Index<Attachment, ListenerKey>& attachments_of_listener;
  engine::Index<Problem, ObjectRef>& failures_of_object;
  // Of routes on listeners that work.
  engine::Index<Attachment, ObjectRef>& attachments_of_route;
};

// The rules in their order; between them stand those of Ingresses and routes.
void DeclareGrants(engine::Graph& graph, GatewayGraph& g);
// After Secrets, before anybody reads who owns a host.
void DeclareListeners(engine::Graph& graph, GatewayGraph& g);
// After all kinds of routes have said their parents, before they read what they are attached to.
void DeclareAttachments(engine::Graph& graph, GatewayGraph& g);
// After everything else: they read all problems.
void DeclareConditions(engine::Graph& graph, GatewayGraph& g);

}  // namespace kong
