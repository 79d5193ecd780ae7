#include "k8s/endpoint_slice.h"

#include "engine/status_macros.h"
#include "k8s/row_readers.h"

namespace k8s {
namespace {

struct Conditions {
  std::optional<bool> ready, serving, terminating;
};

absl::Status ReadConditions(JsonValue& json, Conditions& out) {
  return ReadMembers(json, [&](std::string_view name, JsonValue& member) {
    if (name == "ready") return Read(member, out.ready);
    if (name == "serving") return Read(member, out.serving);
    if (name == "terminating") return Read(member, out.terminating);
    return absl::OkStatus();
  });
}

// All are read, for their types; the first is kept.
absl::Status ReadAddresses(JsonValue& json, std::optional<std::string_view>& first) {
  first.reset();
  return ReadElements(json, [&](JsonValue& element) -> absl::Status {
    std::optional<std::string_view> address;
    RETURN_IF_ERROR(ReadText(element, address));
    if (!first) first = address.value_or(std::string_view());
    return absl::OkStatus();
  });
}

absl::Status ReadEndpoint(JsonValue& json, PackedEndpoints& out) {
  Conditions conditions;
  std::optional<std::string_view> address;
  RETURN_IF_ERROR(ReadMembers(json, [&](std::string_view name, JsonValue& member) {
    if (name == "addresses") return ReadAddresses(member, address);
    if (name == "conditions") return ReadConditions(member, conditions);
    return absl::OkStatus();
  }));
  if (!address || address->empty()) return absl::OkStatus();
  const bool ready = conditions.ready.value_or(true);
  out.Add({*address, ready, conditions.serving.value_or(ready),
           conditions.terminating.value_or(false)});
  return absl::OkStatus();
}

absl::Status ReadEndpoints(JsonValue& json, PackedEndpoints& out) {
  out.Clear();
  absl::Status status =
      ReadElements(json, [&](JsonValue& element) { return ReadEndpoint(element, out); });
  out.ShrinkToFit();
  return status;
}

absl::Status ReadAddressType(JsonValue& json, AddressType& out) {
  std::optional<std::string_view> text;
  RETURN_IF_ERROR(ReadText(json, text));
  if (!text) return absl::OkStatus();
  out = *text == "IPv4"   ? AddressType::kIpv4
        : *text == "IPv6" ? AddressType::kIpv6
        : *text == "FQDN" ? AddressType::kFqdn
                          : AddressType::kOther;
  return absl::OkStatus();
}

}  // namespace

static absl::Status Read(JsonValue& json, SlicePort& out) {
  return ReadMembers(json, [&](std::string_view name, JsonValue& member) -> absl::Status {
    if (name == "name") return Read(member, out.name);
    if (name == "protocol") return Read(member, out.protocol);
    if (name != "port") return absl::OkStatus();
    ASSIGN_OR_RETURN(const bool null, IsNull(member));
    out.number.reset();
    return null ? absl::OkStatus() : ReadPort(member, out.number.emplace());
  });
}

absl::Status ReadRow(JsonValue& json, const ParseOptions& options, Parsed<EndpointSlice>& out) {
  MetaExtras extras;
  auto rest = [&](std::string_view name, JsonValue& member) {
    if (name == "addressType") return ReadAddressType(member, out.row.address_type);
    if (name == "endpoints") return ReadEndpoints(member, out.row.endpoints);
    if (name == "ports") return Read(member, out.row.ports);
    return absl::OkStatus();
  };
  RETURN_IF_ERROR(ReadObject(json, options, out, extras, rest));
  out.row.service = extras.service_name;
  return absl::OkStatus();
}

}  // namespace k8s
