#include "k8s/lease.h"

#include "engine/status_macros.h"
#include "engine/text.h"
#include "io/json_writer.h"
#include "k8s/json_reader.h"

namespace k8s {
namespace {

absl::Status ReadSpec(JsonValue& json, LeaseSpec& out) {
  return ReadMembers(json, [&](std::string_view name, JsonValue& member) {
    if (name == "holderIdentity") return Read(member, out.holder);
    if (name == "leaseDurationSeconds") return Read(member, out.duration_s);
    if (name == "acquireTime") return Read(member, out.acquired);
    if (name == "renewTime") return Read(member, out.renewed);
    if (name == "leaseTransitions") return Read(member, out.transitions);
    return absl::OkStatus();
  });
}

void WriteSpec(io::JsonWriter& json, const LeaseSpec& spec) {
  json.Key("spec").BeginObject();
  json.Member("acquireTime", spec.acquired);
  json.Member("holderIdentity", spec.holder);
  json.Member("leaseDurationSeconds", spec.duration_s);
  json.Member("leaseTransitions", spec.transitions);
  json.Member("renewTime", spec.renewed);
  json.EndObject();
}

}  // namespace

absl::StatusOr<Lease> ParseLease(std::string_view json) {
  Lease lease;
  absl::Status status = ReadDocument(json, [&](JsonValue& document) {
    return ReadMembers(document, [&](std::string_view name, JsonValue& member) {
      if (name == "spec") return ReadSpec(member, lease.spec);
      if (name != "metadata") return absl::OkStatus();
      return ReadMembers(member, [&](std::string_view field, JsonValue& value) {
        return field == "resourceVersion" ? Read(value, lease.resource_version) : absl::OkStatus();
      });
    });
  });
  RETURN_IF_ERROR(status);
  if (lease.resource_version.empty())
    return engine::InvalidArgument("metadata.resourceVersion: missing");
  return lease;
}

std::string LeaseTime(absl::Time now) {
  return absl::FormatTime("%Y-%m-%d%ET%H:%M:%E6SZ", now, absl::UTCTimeZone());
}

std::string NewLeaseText(const NamespacedName& lease, const LeaseSpec& spec) {
  std::string text;
  io::JsonWriter json(text);
  json.BeginObject();
  json.Member("apiVersion", "coordination.k8s.io/v1").Member("kind", "Lease");
  json.Key("metadata").BeginObject();
  json.Member("name", lease.name.text()).Member("namespace", lease.ns.text());
  json.EndObject();
  WriteSpec(json, spec);
  json.EndObject();
  return text;
}

std::string LeasePatchText(const LeaseSpec& spec, std::string_view resource_version) {
  std::string text;
  io::JsonWriter json(text);
  json.BeginObject();
  json.Key("metadata").BeginObject().Member("resourceVersion", resource_version).EndObject();
  WriteSpec(json, spec);
  json.EndObject();
  return text;
}

}  // namespace k8s
