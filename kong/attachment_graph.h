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
#include "kong/cross_namespace.h"

namespace kong {

class GatewayGraph;

class AttachmentGraph {
 private:
  engine::Graph& graph_;  // Comes first: the tables below are added to it in their order.

 public:
  explicit AttachmentGraph(engine::Graph& graph) : graph_(graph) {}

  engine::Source<k8s::GatewayClass>& gateway_classes =
      graph_.AddSource<k8s::GatewayClass>("gateway_classes");
  engine::Source<k8s::Gateway>& gateways = graph_.AddSource<k8s::Gateway>("gateways");
  engine::Source<k8s::ListenerSet>& listener_sets =
      graph_.AddSource<k8s::ListenerSet>("listener_sets");
  engine::Source<k8s::ReferenceGrant>& reference_grants =
      graph_.AddSource<k8s::ReferenceGrant>("reference_grants");
  engine::Source<k8s::Namespace>& namespaces = graph_.AddSource<k8s::Namespace>("namespaces");

  // Who may refer where; read through MayRefer only.
  engine::Table<Grant>& grants = graph_.AddTable<Grant>("grants");

  // Said by the rules of routes.
  engine::Table<RouteParents>& route_parents = graph_.AddTable<RouteParents>("route_parents");
  engine::Table<RouteResolution>& route_resolutions =
      graph_.AddTable<RouteResolution>("route_resolutions");

  engine::Table<AttachedRoute>& attached_routes = graph_.AddTable<AttachedRoute>("attached_routes");
  engine::Table<Attachment>& attachments = graph_.AddTable<Attachment>("attachments");
  engine::Table<ParentVerdict>& parent_verdicts = graph_.AddTable<ParentVerdict>("parent_verdicts");

  // Of routes on listeners that work.
  engine::Index<Attachment, ObjectRef>& attachments_of_route = graph_.AddIndex<ObjectRef>(
      "attachments_of_route", attachments, [](const Attachment& attachment, auto visit) {
        if (attachment.programmed) visit(attachment.route);
      });
};

// The rules in their order; between them stand those of Ingresses and routes.
void DeclareGrants(engine::Graph& graph, GatewayGraph& g);

}  // namespace kong
