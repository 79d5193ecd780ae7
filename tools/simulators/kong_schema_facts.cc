// What Kong 3.9 demands of its core entities, as far as a controller of Ingresses meets them:
// types, limits and defaults, in the form of Kong's own schemas. A folder of schemas replaces this
// table.

#include "engine/assert.h"
#include "tools/simulators/kong_schema.h"

namespace simulators {
namespace {

// `Common` fields are added to each entity by CoreEntityFacts.
constexpr std::string_view kFacts = R"json({
"services": {"fields": [
  {"name": {"type": "string", "unique": true}},
  {"retries": {"type": "integer", "between": [0, 32767], "default": 5}},
  {"protocol": {"type": "string", "required": true, "default": "http",
    "one_of": ["grpc", "grpcs", "http", "https", "tcp", "tls", "tls_passthrough", "udp"]}},
  {"host": {"type": "string", "required": true}},
  {"port": {"type": "integer", "required": true, "between": [0, 65535], "default": 80}},
  {"path": {"type": "string", "starts_with": "/",
    "match_none": [{"pattern": "//", "err": "must not have empty segments"}]}},
  {"connect_timeout": {"type": "integer", "between": [1, 2147483646], "default": 60000}},
  {"write_timeout": {"type": "integer", "between": [1, 2147483646], "default": 60000}},
  {"read_timeout": {"type": "integer", "between": [1, 2147483646], "default": 60000}},
  {"client_certificate": {"type": "foreign", "reference": "certificates"}},
  {"tls_verify": {"type": "boolean"}},
  {"tls_verify_depth": {"type": "integer", "between": [0, 64]}},
  {"ca_certificates": {"type": "array", "elements": {"type": "string", "uuid": true}}},
  {"enabled": {"type": "boolean", "required": true, "default": true}}],
 "entity_checks": [
  {"conditional": {"if_field": "protocol", "if_match": {"one_of": ["tcp", "tls", "udp", "grpc",
    "grpcs"]},
    "then_field": "path", "then_match": {"eq": null}}},
  {"conditional": {"if_field": "protocol", "if_match": {"not_one_of": ["https", "tls"]},
    "then_field": "client_certificate", "then_match": {"eq": null}}},
  {"conditional": {"if_field": "protocol", "if_match": {"not_one_of": ["https", "tls"]},
    "then_field": "tls_verify", "then_match": {"eq": null}}},
  {"conditional": {"if_field": "protocol", "if_match": {"not_one_of": ["https", "tls"]},
    "then_field": "tls_verify_depth", "then_match": {"eq": null}}},
  {"conditional": {"if_field": "protocol", "if_match": {"not_one_of": ["https", "tls"]},
    "then_field": "ca_certificates", "then_match": {"eq": null}}}]},
"routes": {"fields": [
  {"name": {"type": "string", "unique": true}},
  {"protocols": {"type": "set", "required": true, "len_min": 1, "default": ["http", "https"],
    "mutually_exclusive_subsets": [["http", "https"], ["tcp", "tls", "udp"],
      ["tls_passthrough"], ["grpc", "grpcs"]],
    "elements": {"type": "string",
      "one_of": ["grpc", "grpcs", "http", "https", "tcp", "tls", "tls_passthrough", "udp"]}}},
  {"https_redirect_status_code": {"type": "integer", "required": true, "default": 426,
    "one_of": [426, 301, 302, 307, 308]}},
  {"strip_path": {"type": "boolean", "required": true, "default": true}},
  {"preserve_host": {"type": "boolean", "required": true, "default": false}},
  {"request_buffering": {"type": "boolean", "required": true, "default": true}},
  {"response_buffering": {"type": "boolean", "required": true, "default": true}},
  {"service": {"type": "foreign", "reference": "services"}},
  {"snis": {"type": "set", "elements": {"type": "string"}}},
  {"sources": {"type": "set", "elements": {"type": "record",
    "entity_checks": [{"at_least_one_of": ["ip", "port"]}],
    "fields": [{"ip": {"type": "string"}}, {"port": {"type": "integer", "between": [0, 65535]}}]}}},
  {"destinations": {"type": "set", "elements": {"type": "record",
    "entity_checks": [{"at_least_one_of": ["ip", "port"]}],
    "fields": [{"ip": {"type": "string"}}, {"port": {"type": "integer", "between": [0, 65535]}}]}}},
  {"methods": {"type": "set", "elements": {"type": "string", "match": "^%u+$"}}},
  {"hosts": {"type": "array", "elements": {"type": "string",
    "match_all": [{"pattern": "^[^*]*%*?[^*]*$",
      "err": "invalid wildcard: must have at most one wildcard"}],
    "match_any": {"patterns": ["^%*%.", "%.%*$", "^[^*]*$"],
      "err": "invalid wildcard: must be placed at leftmost or rightmost label"}}}},
  {"paths": {"type": "array", "elements": {"type": "string",
    "match_any": {"patterns": ["^/", "^~/"],
      "err": "should start with: / (fixed path) or ~/ (regex path)"},
    "match_none": [{"pattern": "//", "err": "must not have empty segments"}]}}},
  {"headers": {"type": "map", "keys": {"type": "string",
    "match_none": [{"pattern": "^[Hh][Oo][Ss][Tt]$",
      "err": "cannot contain 'host' header, which must be specified in the 'hosts' attribute"}]},
    "values": {"type": "array", "elements": {"type": "string"}}}},
  {"regex_priority": {"type": "integer", "default": 0}},
  {"path_handling": {"type": "string", "default": "v0", "one_of": ["v0", "v1"]}}],
 "entity_checks": [
  {"conditional": {"if_field": "protocols",
    "if_match": {"elements": {"type": "string", "not_one_of": ["grpcs", "https", "tls",
      "tls_passthrough"]}},
    "then_field": "snis", "then_match": {"len_eq": 0},
    "then_err":
      "'snis' can only be set when 'protocols' is 'grpcs', 'https', 'tls' or 'tls_passthrough'"}}]},
"upstreams": {"fields": [
  {"name": {"type": "string", "required": true, "unique": true}},
  {"algorithm": {"type": "string", "default": "round-robin",
    "one_of": ["consistent-hashing", "least-connections", "round-robin", "latency"]}},
  {"hash_on": {"type": "string", "default": "none",
    "one_of": ["none", "consumer", "ip", "header", "cookie", "path", "query_arg", "uri_capture"]}},
  {"hash_fallback": {"type": "string", "default": "none",
    "one_of": ["none", "consumer", "ip", "header", "cookie", "path", "query_arg", "uri_capture"]}},
  {"hash_on_header": {"type": "string"}}, {"hash_fallback_header": {"type": "string"}},
  {"hash_on_cookie": {"type": "string"}},
  {"hash_on_cookie_path": {"type": "string", "default": "/", "starts_with": "/",
    "match_none": [{"pattern": "//", "err": "must not have empty segments"}]}},
  {"hash_on_query_arg": {"type": "string"}}, {"hash_fallback_query_arg": {"type": "string"}},
  {"hash_on_uri_capture": {"type": "string"}}, {"hash_fallback_uri_capture": {"type": "string"}},
  {"slots": {"type": "integer", "between": [10, 65536], "default": 10000}},
  {"healthchecks": {"type": "record", "required": true, "fields": [
    {"active": {"type": "record", "required": true, "fields": [
      {"type": {"type": "string", "default": "http",
      "one_of": ["tcp", "http", "https", "grpc", "grpcs"]}},
      {"timeout": {"type": "number", "between": [0, 65535], "default": 1}},
      {"concurrency": {"type": "integer", "between": [1, 2147483648], "default": 10}},
      {"http_path": {"type": "string", "default": "/", "starts_with": "/",
        "match_none": [{"pattern": "//", "err": "must not have empty segments"}]}},
      {"https_sni": {"type": "string"}},
      {"https_verify_certificate": {"type": "boolean", "required": true, "default": true}},
      {"headers": {"type": "map", "keys": {"type": "string"},
        "values": {"type": "array", "elements": {"type": "string"}}}},
      {"healthy": {"type": "record", "required": true, "fields": [
        {"interval": {"type": "number", "between": [0, 65535], "default": 0}},
        {"successes": {"type": "integer", "between": [0, 255], "default": 0}},
        {"http_statuses": {"type": "array", "default": [200, 302],
        "elements": {"type": "integer", "between": [100, 999]}}}]}},
      {"unhealthy": {"type": "record", "required": true, "fields": [
        {"interval": {"type": "number", "between": [0, 65535], "default": 0}},
        {"http_failures": {"type": "integer", "between": [0, 255], "default": 0}},
        {"tcp_failures": {"type": "integer", "between": [0, 255], "default": 0}},
        {"timeouts": {"type": "integer", "between": [0, 255], "default": 0}},
        {"http_statuses": {"type": "array", "default": [429, 404, 500, 501, 502, 503, 504, 505],
        "elements": {"type": "integer", "between": [100, 999]}}}]}}]}},
    {"passive": {"type": "record", "required": true, "fields": [
      {"type": {"type": "string", "default": "http",
      "one_of": ["tcp", "http", "https", "grpc", "grpcs"]}},
      {"healthy": {"type": "record", "required": true, "fields": [
        {"successes": {"type": "integer", "between": [0, 255], "default": 0}},
        {"http_statuses": {"type": "array", "default": [200, 201, 202, 203, 204, 205, 206, 207, 208, 226, 300, 301,
          302, 303, 304, 305, 306, 307, 308],
        "elements": {"type": "integer", "between": [100, 999]}}}]}},
      {"unhealthy": {"type": "record", "required": true, "fields": [
        {"http_failures": {"type": "integer", "between": [0, 255], "default": 0}},
        {"tcp_failures": {"type": "integer", "between": [0, 255], "default": 0}},
        {"timeouts": {"type": "integer", "between": [0, 255], "default": 0}},
        {"http_statuses": {"type": "array", "default": [429, 500, 503],
        "elements": {"type": "integer", "between": [100, 999]}}}]}}]}},
    {"threshold": {"type": "number", "between": [0, 100], "default": 0}}]}},
  {"host_header": {"type": "string"}},
  {"client_certificate": {"type": "foreign", "reference": "certificates"}},
  {"use_srv_name": {"type": "boolean", "default": false}}]},
"targets": {"fields": [
  {"upstream": {"type": "foreign", "reference": "upstreams", "required": true}},
  {"target": {"type": "string", "required": true}},
  {"weight": {"type": "integer", "between": [0, 65535], "default": 100}}]},
"plugins": {"fields": [
  {"name": {"type": "string", "required": true}},
  {"instance_name": {"type": "string", "unique": true}},
  {"route": {"type": "foreign", "reference": "routes"}},
  {"service": {"type": "foreign", "reference": "services"}},
  {"consumer": {"type": "foreign", "reference": "consumers"}},
  {"config": {"type": "record", "abstract": true}},
  {"protocols": {"type": "set", "required": true, "default": ["grpc", "grpcs", "http", "https"],
    "elements": {"type": "string",
      "one_of": ["grpc", "grpcs", "http", "https", "tcp", "tls", "tls_passthrough", "udp"]}}},
  {"enabled": {"type": "boolean", "required": true, "default": true}}]},
"certificates": {"fields": [
  {"cert": {"type": "string", "required": true}}, {"key": {"type": "string", "required": true}},
  {"cert_alt": {"type": "string"}}, {"key_alt": {"type": "string"}}],
 "entity_checks": [{"mutually_required": ["cert_alt", "key_alt"]}]},
"snis": {"fields": [
  {"name": {"type": "string", "required": true, "unique": true}},
  {"certificate": {"type": "foreign", "reference": "certificates", "required": true}}]},
"ca_certificates": {"fields": [
  {"cert": {"type": "string", "required": true}}, {"cert_digest": {"type": "string",
    "unique": true}}]},
"consumers": {"fields": [
  {"username": {"type": "string", "unique": true}}, {"custom_id": {"type": "string",
    "unique": true}}],
 "entity_checks": [{"at_least_one_of": ["custom_id", "username"]}]},
"keyauth_credentials": {"fields": [
  {"consumer": {"type": "foreign", "reference": "consumers", "required": true}},
  {"ttl": {"type": "integer", "between": [0, 100000000]}},
  {"key": {"type": "string", "auto": true, "unique": true}}]},
"basicauth_credentials": {"fields": [
  {"consumer": {"type": "foreign", "reference": "consumers", "required": true}},
  {"username": {"type": "string", "required": true, "unique": true}},
  {"password": {"type": "string", "required": true}}]},
"hmacauth_credentials": {"fields": [
  {"consumer": {"type": "foreign", "reference": "consumers", "required": true}},
  {"username": {"type": "string", "required": true, "unique": true}},
  {"secret": {"type": "string", "auto": true}}]},
"jwt_secrets": {"fields": [
  {"consumer": {"type": "foreign", "reference": "consumers", "required": true}},
  {"key": {"type": "string", "auto": true, "unique": true}}, {"secret": {"type": "string",
    "auto": true}},
  {"rsa_public_key": {"type": "string"}},
  {"algorithm": {"type": "string", "default": "HS256", "one_of": ["HS256", "HS384", "HS512",
    "RS256", "RS384",
    "RS512", "ES256", "ES384", "ES512", "PS256", "PS384", "PS512", "EdDSA"]}}]},
"acls": {"fields": [
  {"consumer": {"type": "foreign", "reference": "consumers", "required": true}},
  {"group": {"type": "string", "required": true}}]},
"vaults": {"fields": [
  {"prefix": {"type": "string", "required": true, "unique": true}}, {"name": {"type": "string",
    "required": true}},
  {"description": {"type": "string"}}, {"config": {"type": "record", "abstract": true}}]},
"key_sets": {"fields": [
  {"name": {"type": "string", "unique": true}}]},
"consumer_groups": {"edition": "enterprise", "fields": [
  {"name": {"type": "string", "required": true, "unique": true}}]},
"consumer_group_consumers": {"edition": "enterprise", "fields": [
  {"consumer": {"type": "foreign", "reference": "consumers", "required": true}},
  {"consumer_group": {"type": "foreign", "reference": "consumer_groups", "required": true}}]}
})json";

constexpr std::string_view kCommon = R"json([
  {"id": {"type": "string", "uuid": true, "auto": true}},
  {"created_at": {"type": "integer", "timestamp": true, "auto": true}},
  {"updated_at": {"type": "integer", "timestamp": true, "auto": true}},
  {"tags": {"type": "set", "elements": {"type": "string", "required": true}}}])json";

Json WithCommonFields() {
  std::optional<Json> facts = ParseJson(kFacts);
  std::optional<Json> common = ParseJson(kCommon);
  CHECK(facts && common, "the table of facts must be JSON");
  for (auto& [entity, schema] : facts->items()) {
    for (const Json& field : *common) schema["fields"].push_back(field);
  }
  return *std::move(facts);
}

}  // namespace

const Json& CoreEntityFacts() {
  static const Json facts = WithCommonFields();
  return facts;
}

const std::vector<std::string_view>& BundledPlugins() {
  static const std::vector<std::string_view> names = {"acl",
                                                      "acme",
                                                      "ai-prompt-decorator",
                                                      "ai-prompt-guard",
                                                      "ai-prompt-template",
                                                      "ai-proxy",
                                                      "ai-request-transformer",
                                                      "ai-response-transformer",
                                                      "aws-lambda",
                                                      "azure-functions",
                                                      "basic-auth",
                                                      "bot-detection",
                                                      "correlation-id",
                                                      "cors",
                                                      "datadog",
                                                      "file-log",
                                                      "grpc-gateway",
                                                      "grpc-web",
                                                      "hmac-auth",
                                                      "http-log",
                                                      "ip-restriction",
                                                      "jwt",
                                                      "key-auth",
                                                      "ldap-auth",
                                                      "loggly",
                                                      "oauth2",
                                                      "opentelemetry",
                                                      "post-function",
                                                      "pre-function",
                                                      "prometheus",
                                                      "proxy-cache",
                                                      "rate-limiting",
                                                      "redirect",
                                                      "request-size-limiting",
                                                      "request-termination",
                                                      "request-transformer",
                                                      "response-ratelimiting",
                                                      "response-transformer",
                                                      "session",
                                                      "standard-webhooks",
                                                      "statsd",
                                                      "syslog",
                                                      "tcp-log",
                                                      "udp-log",
                                                      "zipkin"};
  return names;
}

}  // namespace simulators
