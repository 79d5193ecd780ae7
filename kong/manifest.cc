#include "kong/manifest.h"

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
  return object.kind == R::kType.kind && object.api_version == R::kType.ApiVersion();
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
  return false;
}

bool EraseObject(GatewayGraph& g, const ManifestObject& object) {
  ObjectName id{Symbol(object.ns), Symbol(object.name)};
  if (Is<k8s::Ingress>(object)) return g.ingresses.Erase(id);
  if (Is<k8s::Service>(object)) return g.services.Erase(id);
  if (Is<k8s::EndpointSlice>(object)) return g.endpoint_slices.Erase(id);
  if (Is<k8s::IngressClass>(object)) return g.ingress_classes.Erase(id);
  if (Is<k8s::IngressClassParameters>(object)) return g.ingress_class_parameters.Erase(id);
  if (!Is<k8s::Secret>(object)) return false;
  g.secret_metadata.Erase(id);
  return g.secrets.Erase(id);
}

std::string ApiVersionOf(std::string_view kind) {
  for (const k8s::ResourceType& type :
       {k8s::Ingress::kType, k8s::Service::kType, k8s::EndpointSlice::kType, k8s::Secret::kType,
        k8s::IngressClass::kType, k8s::IngressClassParameters::kType}) {
    if (type.kind == kind) return type.ApiVersion();
  }
  return "";
}

}  // namespace kong
