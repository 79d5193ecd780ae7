#include "kong/manifest.h"

#include <algorithm>

#include "engine/status_macros.h"
#include "engine/text.h"
#include "nlohmann/json.hpp"

namespace kong {
namespace {

using engine::InvalidArgument;
using nlohmann::json;

std::string TextOr(const json& object, const char* member, std::string_view otherwise) {
  auto found = object.find(member);
  return found != object.end() && found->is_string() ? found->get<std::string>()
                                                     : std::string(otherwise);
}

std::string Dump(const json& value) {
  return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

bool IsNamespaced(std::string_view kind) {
  return kind != k8s::IngressClass::kType.kind && kind != "Namespace" && kind != "GatewayClass" &&
         kind != "KongClusterPlugin" && kind != "KongVault" && kind != "KongLicense" &&
         kind != "CustomResourceDefinition" && kind != "ClusterRole" &&
         kind != "ClusterRoleBinding";
}

absl::Status AddObject(json object, std::vector<ManifestObject>& out,
                       std::vector<absl::Status>& bad) {
  if (!object.is_object()) return InvalidArgument("expected an object");
  ManifestObject found;
  found.api_version = TextOr(object, "apiVersion", "");
  found.kind = TextOr(object, "kind", "");
  if (found.api_version.empty() || found.kind.empty())
    return InvalidArgument("apiVersion and kind must be set");
  auto items = object.find("items");
  if (found.kind.ends_with("List") && items != object.end() && items->is_array()) {
    std::string item_kind = found.kind.substr(0, found.kind.size() - 4);
    for (size_t i = 0; i < items->size(); ++i) {
      json& item = (*items)[i];
      // Items of a typed list need not say what they are.
      if (item.is_object() && !item_kind.empty()) {
        if (!item.contains("kind")) item["kind"] = item_kind;
        if (!item.contains("apiVersion")) item["apiVersion"] = found.api_version;
      }
      if (absl::Status status = AddObject(std::move(item), out, bad); !status.ok())
        bad.push_back(engine::Annotate(status, engine::Cat("items[", i, "]")));
    }
    return absl::OkStatus();
  }
  auto meta = object.find("metadata");
  if (meta == object.end() || !meta->is_object())
    return InvalidArgument(found.kind, ": metadata must be an object");
  found.name = TextOr(*meta, "name", "");
  if (found.name.empty()) return InvalidArgument(found.kind, ": metadata.name must be set");
  if (IsNamespaced(found.kind)) {
    auto ns = meta->find("namespace");
    if (ns != meta->end() && !ns->is_null() && !ns->is_string()) {
      return InvalidArgument(found.kind, ' ', found.name, ": metadata.namespace must be a string");
    }
    found.ns = TextOr(*meta, "namespace", "");
    if (found.ns.empty()) (*meta)["namespace"] = found.ns = "default";
  }
  found.json = Dump(object);
  out.push_back(std::move(found));
  return absl::OkStatus();
}

template <class R>
bool Is(const ManifestObject& object) {
  return object.kind == R::kType.kind && R::kType.IsServedAs(object.api_version);
}

template <class R>
absl::StatusOr<bool> Set(engine::Source<R>& source, const ManifestObject& object) {
  static const k8s::ParseOptions kOptions = GatewayGraph::WhatToParse();
  ASSIGN_OR_RETURN(k8s::Parsed<R> parsed, k8s::ParseObject<R>(object.json, kOptions));
  source.Set(std::move(parsed.row));
  return true;
}

// A file shows a Secret whole; the controller sees its metadata first.
absl::StatusOr<bool> SetSecret(GatewayGraph& g, const ManifestObject& object) {
  RETURN_IF_ERROR(Set(g.secret_metadata, object).status());
  return Set(g.secrets, object);
}

bool IsOldBackendTlsPolicy(const ManifestObject& object) {
  return object.kind == k8s::BackendTlsPolicy::kOldType.kind &&
         object.api_version == k8s::BackendTlsPolicy::kOldType.ApiVersion();
}

absl::StatusOr<bool> SetRoute(RouteGraph& g, const ManifestObject& object) {
  if (Is<k8s::HttpRoute>(object)) return Set(g.http_routes, object);
  if (Is<k8s::GrpcRoute>(object)) return Set(g.grpc_routes, object);
  if (Is<k8s::TcpRoute>(object)) return Set(g.tcp_routes, object);
  if (Is<k8s::UdpRoute>(object)) return Set(g.udp_routes, object);
  if (Is<k8s::TlsRoute>(object)) return Set(g.tls_routes, object);
  return false;
}

bool EraseRoute(RouteGraph& g, const ManifestObject& object, const ObjectName& id) {
  if (Is<k8s::HttpRoute>(object)) return g.http_routes.Erase(id);
  if (Is<k8s::GrpcRoute>(object)) return g.grpc_routes.Erase(id);
  if (Is<k8s::TcpRoute>(object)) return g.tcp_routes.Erase(id);
  if (Is<k8s::UdpRoute>(object)) return g.udp_routes.Erase(id);
  if (Is<k8s::TlsRoute>(object)) return g.tls_routes.Erase(id);
  return false;
}

absl::StatusOr<bool> SetPolicy(PolicyGraph& g, const ManifestObject& object) {
  if (Is<k8s::KongUpstreamPolicy>(object)) return Set(g.upstream_policies, object);
  if (Is<k8s::KongIngress>(object)) return Set(g.kong_ingresses, object);
  if (Is<k8s::KongServiceFacade>(object)) return Set(g.service_facades, object);
  if (Is<k8s::ConfigMap>(object)) return Set(g.config_maps, object);
  if (Is<k8s::BackendTlsPolicy>(object)) return Set(g.backend_tls_policies, object);
  if (IsOldBackendTlsPolicy(object)) return Set(g.old_backend_tls_policies, object);
  return false;
}

bool ErasePolicy(PolicyGraph& g, const ManifestObject& object, const ObjectName& id) {
  if (Is<k8s::KongUpstreamPolicy>(object)) return g.upstream_policies.Erase(id);
  if (Is<k8s::KongIngress>(object)) return g.kong_ingresses.Erase(id);
  if (Is<k8s::KongServiceFacade>(object)) return g.service_facades.Erase(id);
  if (Is<k8s::ConfigMap>(object)) return g.config_maps.Erase(id);
  if (Is<k8s::BackendTlsPolicy>(object)) return g.backend_tls_policies.Erase(id);
  if (IsOldBackendTlsPolicy(object)) return g.old_backend_tls_policies.Erase(id);
  return false;
}

// The API server gives every Namespace its name as a label, and selectors ask for it.
absl::StatusOr<bool> SetNamespace(GatewayGraph& g, const ManifestObject& object) {
  static const Symbol kNameLabel("kubernetes.io/metadata.name");
  ASSIGN_OR_RETURN(auto parsed, k8s::ParseObject<k8s::Namespace>(object.json, {}));
  parsed.row.meta.labels.Set(kNameLabel, std::string(parsed.row.meta.name().text()));
  g.attachment.namespaces.Set(std::move(parsed.row));
  return true;
}

}  // namespace

std::vector<ManifestObject> ObjectsOf(std::string_view text, std::vector<absl::Status>& bad) {
  json document = json::parse(text, nullptr, /*allow_exceptions=*/false);
  std::vector<ManifestObject> out;
  absl::Status status;
  if (document.is_discarded()) {
    status = InvalidArgument("not JSON");
  } else if (!document.is_null()) {
    status = AddObject(std::move(document), out, bad);
  }
  if (!status.ok()) bad.push_back(std::move(status));
  return out;
}

absl::StatusOr<std::vector<ManifestObject>> ObjectsOf(std::string_view text) {
  std::vector<absl::Status> bad;
  std::vector<ManifestObject> out = ObjectsOf(text, bad);
  if (!bad.empty()) return bad.front();
  return out;
}

absl::StatusOr<bool> SetObject(GatewayGraph& g, const ManifestObject& object) {
  if (Is<k8s::Ingress>(object)) return Set(g.ingresses, object);
  if (Is<k8s::Service>(object)) return Set(g.services, object);
  if (Is<k8s::EndpointSlice>(object)) return Set(g.endpoint_slices, object);
  if (Is<k8s::Secret>(object)) return SetSecret(g, object);
  if (Is<k8s::IngressClass>(object)) return Set(g.ingress_classes, object);
  if (Is<k8s::IngressClassParameters>(object)) return Set(g.ingress_class_parameters, object);
  if (Is<k8s::KongPlugin>(object)) return Set(g.plugins.plugins, object);
  if (Is<k8s::KongClusterPlugin>(object)) return Set(g.plugins.cluster_plugins, object);
  if (Is<k8s::KongConsumer>(object)) return Set(g.consumers.consumers, object);
  if (Is<k8s::KongConsumerGroup>(object)) return Set(g.consumers.groups, object);
  if (Is<k8s::KongVault>(object)) return Set(g.consumers.vaults, object);
  if (Is<k8s::KongLicense>(object)) return Set(g.consumers.licenses, object);
  if (Is<k8s::KongCustomEntity>(object)) return Set(g.consumers.custom_entities, object);
  if (Is<k8s::GatewayClass>(object)) return Set(g.attachment.gateway_classes, object);
  if (Is<k8s::Gateway>(object)) return Set(g.attachment.gateways, object);
  if (Is<k8s::ListenerSet>(object)) return Set(g.attachment.listener_sets, object);
  if (Is<k8s::ReferenceGrant>(object)) return Set(g.attachment.reference_grants, object);
  if (Is<k8s::Namespace>(object)) return SetNamespace(g, object);
  if (Is<k8s::TcpIngress>(object)) return Set(g.streams.tcp_ingresses, object);
  if (Is<k8s::UdpIngress>(object)) return Set(g.streams.udp_ingresses, object);
  ASSIGN_OR_RETURN(bool route, SetRoute(g.routes, object));
  if (route) return true;
  return SetPolicy(g.policies, object);
}

bool EraseObject(GatewayGraph& g, const ManifestObject& object) {
  ObjectName id{Symbol(object.ns), Symbol(object.name)};
  if (Is<k8s::Ingress>(object)) return g.ingresses.Erase(id);
  if (Is<k8s::Service>(object)) return g.services.Erase(id);
  if (Is<k8s::EndpointSlice>(object)) return g.endpoint_slices.Erase(id);
  if (Is<k8s::IngressClass>(object)) return g.ingress_classes.Erase(id);
  if (Is<k8s::IngressClassParameters>(object)) return g.ingress_class_parameters.Erase(id);
  if (Is<k8s::KongPlugin>(object)) return g.plugins.plugins.Erase(id);
  if (Is<k8s::KongClusterPlugin>(object)) return g.plugins.cluster_plugins.Erase(id);
  if (Is<k8s::KongConsumer>(object)) return g.consumers.consumers.Erase(id);
  if (Is<k8s::KongConsumerGroup>(object)) return g.consumers.groups.Erase(id);
  if (Is<k8s::KongVault>(object)) return g.consumers.vaults.Erase(id);
  if (Is<k8s::KongLicense>(object)) return g.consumers.licenses.Erase(id);
  if (Is<k8s::KongCustomEntity>(object)) return g.consumers.custom_entities.Erase(id);
  if (Is<k8s::GatewayClass>(object)) return g.attachment.gateway_classes.Erase(id);
  if (Is<k8s::Gateway>(object)) return g.attachment.gateways.Erase(id);
  if (Is<k8s::ListenerSet>(object)) return g.attachment.listener_sets.Erase(id);
  if (Is<k8s::ReferenceGrant>(object)) return g.attachment.reference_grants.Erase(id);
  if (Is<k8s::Namespace>(object)) return g.attachment.namespaces.Erase(id);
  if (Is<k8s::TcpIngress>(object)) return g.streams.tcp_ingresses.Erase(id);
  if (Is<k8s::UdpIngress>(object)) return g.streams.udp_ingresses.Erase(id);
  if (EraseRoute(g.routes, object, id)) return true;
  if (!Is<k8s::Secret>(object)) return ErasePolicy(g.policies, object, id);
  g.secret_metadata.Erase(id);
  return g.secrets.Erase(id);
}

bool HoldGateways(const std::vector<ManifestObject>& objects) {
  return std::any_of(objects.begin(), objects.end(), [](const ManifestObject& object) {
    return Is<k8s::Gateway>(object) || Is<k8s::ListenerSet>(object);
  });
}

bool HoldRoutes(const std::vector<ManifestObject>& objects) {
  return std::any_of(objects.begin(), objects.end(), [](const ManifestObject& object) {
    return Is<k8s::HttpRoute>(object) || Is<k8s::GrpcRoute>(object) || Is<k8s::TcpRoute>(object) ||
           Is<k8s::UdpRoute>(object) || Is<k8s::TlsRoute>(object);
  });
}

std::string ApiVersionOf(std::string_view kind) {
  for (const k8s::ResourceType& type :
       {k8s::Ingress::kType,           k8s::Service::kType,
        k8s::EndpointSlice::kType,     k8s::Secret::kType,
        k8s::IngressClass::kType,      k8s::IngressClassParameters::kType,
        k8s::GatewayClass::kType,      k8s::Gateway::kType,
        k8s::ListenerSet::kType,       k8s::ReferenceGrant::kType,
        k8s::Namespace::kType,         k8s::KongUpstreamPolicy::kType,
        k8s::KongIngress::kType,       k8s::KongServiceFacade::kType,
        k8s::ConfigMap::kType,         k8s::BackendTlsPolicy::kType,
        k8s::TcpIngress::kType,        k8s::UdpIngress::kType,
        k8s::HttpRoute::kType,         k8s::GrpcRoute::kType,
        k8s::TcpRoute::kType,          k8s::UdpRoute::kType,
        k8s::TlsRoute::kType,          k8s::KongPlugin::kType,
        k8s::KongClusterPlugin::kType, k8s::KongConsumer::kType,
        k8s::KongConsumerGroup::kType, k8s::KongVault::kType,
        k8s::KongLicense::kType,       k8s::KongCustomEntity::kType}) {
    if (type.kind == kind) return type.ApiVersion();
  }
  return "";
}

}  // namespace kong
