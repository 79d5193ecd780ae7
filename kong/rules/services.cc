// A Kong service and the upstream that it names as its host. For an Ingress both exist also when
// the Kubernetes Service does not, or has no such port: Kong then answers 503 where it would
// otherwise answer 404 or with another route's service. For a route of the Gateway API all of whose
// backendRefs lead nowhere, it answers 500, as that API asks.
#include "engine/text.h"
#include "io/json_writer.h"
#include "kong/plugin_attachments.h"
#include "kong/rules/reports.h"
#include "kong/rules/rules.h"
#include "kong/rules/service_settings.h"
#include "kong/rules/upstreams.h"

namespace kong {
namespace {

constexpr int64_t kTimeoutMs = 60000;
constexpr int64_t kRetries = 5;

struct ServiceParts {
  const ServiceUse& use;
  const CommonSettings& common;
  std::string name;
  std::optional<int32_t> port;
};

std::string_view ProtocolOf(const ServiceParts& parts) {
  const std::optional<std::string>& said = parts.common.settings.protocol;
  return said ? std::string_view(*said) : TextOf(parts.use.form.protocol);
}

// Annotations win over what the route says.
void WriteTimeout(io::JsonWriter& out, std::string_view member, const ServiceParts& parts,
                  const std::optional<int64_t>& said) {
  if (said) {
    out.Member(member, *said);
  } else if (!parts.use.form.bare) {
    out.Member(member, parts.use.form.timeout_ms.value_or(kTimeoutMs));
  }
}

std::string ServiceFragment(const ServiceParts& parts) {
  const CommonSettings& common = parts.common;
  const ServiceSettings& settings = common.settings;
  std::string json;
  io::JsonWriter out(json);
  out.BeginObject();
  if (!common.ca_certificates.empty()) out.Member("ca_certificates", common.ca_certificates);
  if (common.client_certificate)
    out.Member("client_certificate", common.client_certificate->text());
  WriteTimeout(out, "connect_timeout", parts, settings.connect_timeout);
  out.Member("host", parts.use.id.UpstreamName());
  out.Member("id", ServiceId(parts.name).text());
  out.Member("name", parts.name);
  std::string_view protocol = ProtocolOf(parts);
  // Kong takes a path with these protocols only.
  if (protocol.starts_with("http") || protocol.starts_with("ws")) {
    if (settings.path)
      out.Member("path", *settings.path);
    else if (parts.use.form.root_path)
      out.Member("path", "/");
  }
  if (parts.port) out.Member("port", *parts.port);
  out.Member("protocol", protocol);
  WriteTimeout(out, "read_timeout", parts, settings.read_timeout);
  if (settings.retries || !parts.use.form.bare)
    out.Member("retries", settings.retries.value_or(kRetries));
  if (!common.tags.empty()) out.Member("tags", common.tags);
  // Kong takes neither of a service that does not speak TLS.
  const bool tls = protocol == "https" || protocol == "tls";
  if (tls && settings.tls_verify) out.Member("tls_verify", *settings.tls_verify);
  if (tls && settings.tls_verify_depth) out.Member("tls_verify_depth", *settings.tls_verify_depth);
  WriteTimeout(out, "write_timeout", parts, settings.write_timeout);
  out.EndObject();
  return json;
}

// What answers when all of the backendRefs lead nowhere.
Entity TerminationOf(const EntityId& service, const ObjectRef& parent) {
  constexpr std::string_view kPlugin = "request-termination";
  EntityId id = ServicePluginId(kPlugin, service);
  std::string json;
  io::JsonWriter out(json);
  out.BeginObject().Key("config").BeginObject();
  out.Member("message", "no existing backendRef provided").Member("status_code", 500);
  out.EndObject();
  out.Member("id", id.text()).Member("name", kPlugin).Member("service", service.text());
  out.EndObject();
  return {EntityKind::kPlugin, id, 0, std::string(kPlugin), std::move(json), {parent}};
}

std::vector<ObjectName> MissingOf(const ServiceUse& use, const std::vector<FoundBackend>& found) {
  std::vector<ObjectName> missing;
  if (!use.form.sparse || found.size() == use.backends.size()) return missing;
  auto next = found.begin();
  for (uint32_t nth = 0; nth < use.backends.size(); ++nth) {
    if (next != found.end() && next->nth == nth)
      ++next;
    else
      missing.push_back(use.backends[nth].service_name());
  }
  return missing;
}

bool SpeaksStream(ServiceProtocol protocol) {
  return protocol == ServiceProtocol::kTcp || protocol == ServiceProtocol::kUdp;
}

}  // namespace

void RenderService(const GatewayGraph& g, const ServiceUse& use, Reader& read,
                   ServiceSay& say) noexcept {
  std::vector<FoundBackend> backends = FindBackends(g, use, read, say);
  CommonSettings common = SettingsOf(g, use, backends, read, say);
  std::vector<ObjectName> missing = MissingOf(use, backends);
  if (common.contradictory || !missing.empty())
    say.Emit(ServiceTrouble{use.id, common.contradictory, std::move(missing)});
  if (common.contradictory) {
    // Nothing leads to it, but it is there as long as the contradiction may be a passing one.
    SayUpstream(g, use, {}, {}, read, say);
    return;
  }

  std::optional<int32_t> port = SayUpstream(g, use, backends, common, read, say);
  if (!port && !use.form.sparse) port = 80;
  ServiceParts parts{use, common, use.id.KongName(), port};
  EntityId id = ServiceId(parts.name);
  ObjectRef origin = OriginOf(use, backends);
  const engine::Rank rank = RankOfUpstream(use.id);
  say.Emit(Entity{EntityKind::kService, id, 0, parts.name, ServiceFragment(parts), {origin}}, rank);
  SayPluginUses(
      say, {origin, k8s::Service::kType.group},
      {.scope = PluginScope::kService, .id = id, .name = parts.name, .service = id, .needs = 0},
      common.plugins);
  if (use.form.refs_given && backends.empty() && !SpeaksStream(use.form.protocol))
    say.Emit(TerminationOf(id, use.parent), rank);
}

}  // namespace kong
