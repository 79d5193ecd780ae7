// One function a kind: reads an object of it. Seen by parse.cc and the kinds' own .cc files only.
//
// Each decodes on top of `out`, as json_reader.h explains, and keeps no reference.
#pragma once

#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "engine/status_macros.h"
#include "k8s/backend_tls_policy.h"
#include "k8s/config_map.h"
#include "k8s/endpoint_slice.h"
#include "k8s/gateway.h"
#include "k8s/gateway_class.h"
#include "k8s/grpc_route.h"
#include "k8s/http_route.h"
#include "k8s/ingress.h"
#include "k8s/ingress_class.h"
#include "k8s/ingress_class_parameters.h"
#include "k8s/json_reader.h"
#include "k8s/kong_cluster_plugin.h"
#include "k8s/kong_consumer.h"
#include "k8s/kong_consumer_group.h"
#include "k8s/kong_custom_entity.h"
#include "k8s/kong_ingress.h"
#include "k8s/kong_license.h"
#include "k8s/kong_plugin.h"
#include "k8s/kong_service_facade.h"
#include "k8s/kong_upstream_policy.h"
#include "k8s/kong_vault.h"
#include "k8s/listener_set.h"
#include "k8s/namespace.h"
#include "k8s/partial_object_metadata.h"
#include "k8s/reference_grant.h"
#include "k8s/secret.h"
#include "k8s/service.h"
#include "k8s/stream_routes.h"
#include "k8s/tcp_ingress.h"
#include "k8s/udp_ingress.h"
#include "k8s/upstream_health.h"

namespace k8s {

absl::Status ReadRow(JsonValue& json, const ParseOptions& options, Parsed<Ingress>& out);
absl::Status ReadRow(JsonValue& json, const ParseOptions& options, Parsed<IngressClass>& out);
absl::Status ReadRow(JsonValue& json, const ParseOptions& options,
                     Parsed<IngressClassParameters>& out);
absl::Status ReadRow(JsonValue& json, const ParseOptions& options, Parsed<Service>& out);
absl::Status ReadRow(JsonValue& json, const ParseOptions& options, Parsed<EndpointSlice>& out);
absl::Status ReadRow(JsonValue& json, const ParseOptions& options, Parsed<Secret>& out);
absl::Status ReadRow(JsonValue& json, const ParseOptions& options, Parsed<Namespace>& out);
absl::Status ReadRow(JsonValue& json, const ParseOptions& options,
                     Parsed<PartialObjectMetadata>& out);
absl::Status ReadRow(JsonValue& json, const ParseOptions& options, Parsed<KongPlugin>& out);
absl::Status ReadRow(JsonValue& json, const ParseOptions& options, Parsed<KongClusterPlugin>& out);
absl::Status ReadRow(JsonValue& json, const ParseOptions& options, Parsed<KongConsumer>& out);
absl::Status ReadRow(JsonValue& json, const ParseOptions& options, Parsed<KongConsumerGroup>& out);
absl::Status ReadRow(JsonValue& json, const ParseOptions& options, Parsed<KongVault>& out);
absl::Status ReadRow(JsonValue& json, const ParseOptions& options, Parsed<KongLicense>& out);
absl::Status ReadRow(JsonValue& json, const ParseOptions& options, Parsed<KongCustomEntity>& out);
absl::Status ReadRow(JsonValue& json, const ParseOptions& options, Parsed<GatewayClass>& out);
absl::Status ReadRow(JsonValue& json, const ParseOptions& options, Parsed<Gateway>& out);
absl::Status ReadRow(JsonValue& json, const ParseOptions& options, Parsed<ListenerSet>& out);
absl::Status ReadRow(JsonValue& json, const ParseOptions& options, Parsed<ReferenceGrant>& out);
absl::Status ReadRow(JsonValue& json, const ParseOptions& options, Parsed<HttpRoute>& out);
absl::Status ReadRow(JsonValue& json, const ParseOptions& options, Parsed<GrpcRoute>& out);
absl::Status ReadRow(JsonValue& json, const ParseOptions& options, Parsed<TcpRoute>& out);
absl::Status ReadRow(JsonValue& json, const ParseOptions& options, Parsed<UdpRoute>& out);
absl::Status ReadRow(JsonValue& json, const ParseOptions& options, Parsed<TlsRoute>& out);
absl::Status ReadRow(JsonValue& json, const ParseOptions& options, Parsed<ConfigMap>& out);
absl::Status ReadRow(JsonValue& json, const ParseOptions& options, Parsed<KongUpstreamPolicy>& out);
absl::Status ReadRow(JsonValue& json, const ParseOptions& options, Parsed<KongIngress>& out);
absl::Status ReadRow(JsonValue& json, const ParseOptions& options, Parsed<KongServiceFacade>& out);
absl::Status ReadRow(JsonValue& json, const ParseOptions& options, Parsed<TcpIngress>& out);
absl::Status ReadRow(JsonValue& json, const ParseOptions& options, Parsed<UdpIngress>& out);
absl::Status ReadRow(JsonValue& json, const ParseOptions& options, Parsed<BackendTlsPolicy>& out);

absl::Status Read(JsonValue& json, Protocol& out);
absl::Status Read(JsonValue& json, IngressTls& out);
absl::Status Read(JsonValue& json, StreamRule& out);

absl::Status ReadUpstreamHealth(JsonValue& json, Spelling spelling,
                                std::optional<UpstreamHealth>& out);

// Reads the metadata, which every kind has, and hands the other members to `read`.
template <class R>
absl::Status ReadObject(JsonValue& json, const ParseOptions& options, Parsed<R>& out,
                        MetaExtras& extras, MemberReader read) {
  RETURN_IF_ERROR(ReadMembers(json, [&](std::string_view name, JsonValue& member) {
    return name == "metadata" ? ReadMeta(member, options, out.row.meta, extras)
                              : read(name, member);
  }));
  out.resource_version = std::move(extras.resource_version);
  return absl::OkStatus();
}

// For the many kinds whose row is their metadata and their spec.
template <class R>
absl::Status ReadMetaAndSpec(JsonValue& json, const ParseOptions& options, Parsed<R>& out,
                             absl::Status (*read_spec)(JsonValue& json, R& out)) {
  MetaExtras extras;
  return ReadObject(json, options, out, extras, [&](std::string_view name, JsonValue& member) {
    return name == "spec" ? read_spec(member, out.row) : absl::OkStatus();
  });
}

}  // namespace k8s
