#include "k8s/service.h"

#include "engine/status_macros.h"
#include "k8s/row_readers.h"

namespace k8s {

absl::Status Read(JsonValue& json, Protocol& out) {
  std::optional<std::string_view> text;
  RETURN_IF_ERROR(ReadText(json, text));
  if (!text) return absl::OkStatus();
  out = text->empty() || *text == "TCP" ? Protocol::kTcp
        : *text == "UDP"                ? Protocol::kUdp
        : *text == "SCTP"               ? Protocol::kSctp
                                        : Protocol::kOther;
  return absl::OkStatus();
}

static absl::Status Read(JsonValue& json, ServiceType& out) {
  std::optional<std::string_view> text;
  RETURN_IF_ERROR(ReadText(json, text));
  if (!text) return absl::OkStatus();
  out = text->empty() || *text == "ClusterIP" ? ServiceType::kClusterIp
        : *text == "NodePort"                 ? ServiceType::kNodePort
        : *text == "LoadBalancer"             ? ServiceType::kLoadBalancer
        : *text == "ExternalName"             ? ServiceType::kExternalName
                                              : ServiceType::kOther;
  return absl::OkStatus();
}

// A name or a number; the later of two replaces the earlier.
static absl::Status ReadTargetPort(JsonValue& json, ServicePort& out) {
  simdjson::ondemand::json_type type;
  if (json.value.type().get(type)) return Complain(json.place, "expected a string or an integer");
  if (type == simdjson::ondemand::json_type::string) {
    out.target_number = 0;
    return Read(json, out.target_name);
  }
  if (type == simdjson::ondemand::json_type::number) out.target_name = {};
  return ReadPort(json, out.target_number);
}

static absl::Status Read(JsonValue& json, ServicePort& out) {
  return ReadMembers(json, [&](std::string_view name, JsonValue& member) {
    if (name == "name") return Read(member, out.name);
    if (name == "protocol") return Read(member, out.protocol);
    if (name == "port") return ReadPort(member, out.number);
    if (name == "targetPort") return ReadTargetPort(member, out);
    if (name == "appProtocol") return Read(member, out.app_protocol);
    return absl::OkStatus();
  });
}

static absl::Status ReadSpec(JsonValue& json, Service& out) {
  return ReadMembers(json, [&](std::string_view name, JsonValue& member) {
    if (name == "type") return Read(member, out.type);
    if (name == "externalName") return Read(member, out.external_name);
    if (name == "clusterIP") return Read(member, out.cluster_ip);
    if (name == "ports") return Read(member, out.ports);
    return absl::OkStatus();
  });
}

absl::Status ReadRow(JsonValue& json, const ParseOptions& options, Parsed<Service>& out) {
  return ReadMetaAndSpec(json, options, out, ReadSpec);
}

}  // namespace k8s
