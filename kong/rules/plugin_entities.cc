// One plugin of Kong: the body of its object, and to what it is restricted.
#include <algorithm>
#include <array>

#include "engine/text.h"
#include "io/json_writer.h"
#include "kong/certificate.h"
#include "kong/rules/plugin_rules.h"
#include "kong/rules/reports.h"

namespace kong {
namespace {

using engine::Cat;

// Plugins that come with Kong Enterprise only; the open-source edition refuses a whole
// configuration for a plugin that it does not have. Sorted.
constexpr std::array<std::string_view, 60> kEnterprisePlugins = {"ai-azure-content-safety",
                                                                 "ai-llm-as-judge",
                                                                 "ai-prompt-compressor",
                                                                 "ai-proxy-advanced",
                                                                 "ai-rag-injector",
                                                                 "ai-rate-limiting-advanced",
                                                                 "ai-sanitizer",
                                                                 "ai-semantic-cache",
                                                                 "ai-semantic-prompt-guard",
                                                                 "ai-semantic-response-guard",
                                                                 "app-dynamics",
                                                                 "application-registration",
                                                                 "canary",
                                                                 "confluent",
                                                                 "confluent-consume",
                                                                 "datakit",
                                                                 "degraphql",
                                                                 "exit-transformer",
                                                                 "forward-proxy",
                                                                 "graphql-proxy-cache-advanced",
                                                                 "graphql-rate-limiting-advanced",
                                                                 "header-cert-auth",
                                                                 "injection-protection",
                                                                 "jq",
                                                                 "json-threat-protection",
                                                                 "jwe-decrypt",
                                                                 "jwt-signer",
                                                                 "kafka-consume",
                                                                 "kafka-log",
                                                                 "kafka-upstream",
                                                                 "key-auth-enc",
                                                                 "ldap-auth-advanced",
                                                                 "mocking",
                                                                 "mtls-auth",
                                                                 "oas-validation",
                                                                 "oauth2-introspection",
                                                                 "opa",
                                                                 "openid-connect",
                                                                 "proxy-cache-advanced",
                                                                 "rate-limiting-advanced",
                                                                 "request-callout",
                                                                 "request-transformer-advanced",
                                                                 "request-validator",
                                                                 "response-transformer-advanced",
                                                                 "route-by-header",
                                                                 "route-transformer-advanced",
                                                                 "saml",
                                                                 "service-protection",
                                                                 "solace-consume",
                                                                 "solace-log",
                                                                 "solace-upstream",
                                                                 "statsd-advanced",
                                                                 "tls-handshake-modifier",
                                                                 "tls-metadata-headers",
                                                                 "upstream-oauth",
                                                                 "upstream-timeout",
                                                                 "vault-auth",
                                                                 "websocket-size-limit",
                                                                 "websocket-validator",
                                                                 "xml-threat-protection"};

bool IsEnterprise(std::string_view plugin) {
  static_assert(std::is_sorted(kEnterprisePlugins.begin(), kEnterprisePlugins.end()));
  return std::binary_search(kEnterprisePlugins.begin(), kEnterprisePlugins.end(), plugin);
}

// `name`: whether it has its instance name.
std::string Fragment(const PluginInstance& instance, const EntityId& id, const PluginBody& body,
                     bool name, bool ordering) {
  std::string json;
  io::JsonWriter out(json);
  auto refer = [&](std::string_view member, const EntityId& to) {
    if (!to.empty()) out.Member(member, to.text());
  };
  out.BeginObject();
  if (!body.config.bytes().empty()) out.Key("config").Raw(body.config.bytes());
  refer("consumer", instance.consumer);
  refer("consumer_group", instance.group);
  if (!body.enabled) out.Member("enabled", false);
  out.Member("id", id.text());
  if (name) out.Member("instance_name", instance.instance_name);
  out.Member("name", instance.plugin.text());
  if (ordering) out.Key("ordering").Raw(body.ordering);
  if (!body.protocols.empty()) out.Member("protocols", body.protocols);
  refer("route", instance.route);
  refer("service", instance.service);
  out.Member("tags", body.tags).EndObject();
  return json;
}

}  // namespace

void RenderPlugin(const GatewayGraph& g, const PluginInstance& instance, Reader& read,
                  Emitter<Entity>& say) noexcept {
  const PluginBody* body = read.Find(g.plugins.bodies, instance.body);
  if (!body) return;
  Needs needs = instance.needs;
  bool named = !instance.instance_name.empty();
  if (named) {
    const InstanceNameOwner* of = read.Find(g.plugins.name_owners, instance.name_id());
    named = !of || of->owner == instance.id;
  }
  if (IsEnterprise(instance.plugin.text())) needs |= kNeedsEnterprise;
  auto emit = [&](const EntityId& id, Needs form, bool ordering) {
    say.Emit(Entity{EntityKind::kPlugin,
                    id,
                    needs | form,
                    std::string(instance.plugin.text()),
                    Fragment(instance, id, *body, named, ordering),
                    {instance.body.object()},
                    body->secret});
  };
  if (body->ordering.empty()) return emit(instance.id, 0, false);
  // The open-source edition knows no ordering and would refuse everything because of it.
  emit(instance.id, kNeedsEnterprise, true);
  if ((needs & kNeedsEnterprise) == 0)
    emit(DeriveId("plugins", Cat("unordered:", instance.id.text())), kNeedsOpenSource, false);
}

}  // namespace kong
