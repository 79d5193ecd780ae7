// The annotations of konghq.com and its neighbours, each parsed in one place and listed in one
// table.
//
// A row of k8s/ keeps the annotations under AnnotationPrefixes() as text; the rules that need them
// parse the whole set once into a struct of settings. A value that cannot be used is left out, as
// the Kong Ingress Controller leaves it out, and a finding says so. Values that Kong would refuse
// (a timeout of 0, a tag with a slash) are left out too: a refusal would cost the object everything
// else that it says. Pure functions; any thread. Cost: a search in a table of thirty names for each
// annotation.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "k8s/object_meta.h"
#include "kong/problem.h"

namespace kong {

inline constexpr std::string_view kIngressClassAnnotation = "kubernetes.io/ingress.class";
inline constexpr std::string_view kUpstreamPolicyAnnotation = "konghq.com/upstream-policy";
inline constexpr std::string_view kOverrideAnnotation = "konghq.com/override";
inline constexpr std::string_view kCaConfigMapsAnnotation = "konghq.com/ca-certificates-configmaps";

// What an Ingress asks of its Kong routes.
struct RouteSettings {
  std::optional<bool> strip_path, preserve_host, request_buffering, response_buffering;
  std::vector<std::string> protocols;  // Empty: not said, or not usable.
  std::optional<int64_t> https_redirect_status_code;
  bool force_ssl_redirect = false;
  std::optional<int64_t> regex_priority;
  std::vector<std::string> methods;  // The valid ones, in upper case.
  bool all_methods_valid = true;
  std::optional<std::vector<std::string>>
      snis;  // The valid ones; empty but said: no SNI criterion.
  bool all_snis_valid = true;
  std::vector<std::string> host_aliases;  // The valid ones.
  bool all_host_aliases_valid = true;
  std::vector<std::pair<std::string, std::vector<std::string>>> headers;  // Sorted by name.
  std::optional<std::string> path_handling;
  std::string regex_prefix = "/~";
  std::optional<std::string> rewrite;  // The template as it is written.
  std::vector<std::string> tags;
};

// What a Service asks of its Kong services and upstreams.
struct ServiceSettings {
  std::optional<std::string> protocol, path;
  std::optional<int64_t> connect_timeout, read_timeout, write_timeout, retries;
  std::optional<std::string> host_header;
  std::string client_cert;  // The name of a Secret.
  std::optional<bool> tls_verify;
  std::optional<int64_t> tls_verify_depth;
  std::vector<std::string> ca_certificates_secrets, ca_certificates_configmaps;
  std::optional<std::string> upstream_policy;  // The name of a KongUpstreamPolicy.
  std::string override_name;                   // Of a KongIngress.
  bool service_upstream = false;
  std::vector<std::string> tags;
};

RouteSettings ParseRouteSettings(const k8s::TextMap& annotations, Findings& findings);
ServiceSettings ParseServiceSettings(const k8s::TextMap& annotations, Findings& findings);
// Only the tags, for objects of which nothing else is read.
std::vector<std::string> ParseTags(const k8s::TextMap& annotations, Findings& findings);

// One line of the table.
struct AnnotationSpec {
  std::string_view name;  // One that ends with '.' stands for all that begin with it.
  std::string_view value;
  std::string_view effect;
  // What parses it on an Ingress, and on a Service; null where it has no meaning.
  void (*on_ingress)(std::string_view name, std::string_view value, RouteSettings&, Findings&);
  void (*on_service)(std::string_view name, std::string_view value, ServiceSettings&, Findings&);
};
std::span<const AnnotationSpec> AllAnnotations();

// For k8s::ParseOptions.
std::vector<std::string> AnnotationPrefixes();

// A name that Kong accepts as a host or SNI. Kong's own rule: letters, digits, '-', '_' and '.',
// and no label that begins or ends with '-'. Punycode is such a name.
bool IsHostName(std::string_view name);
// The same, or one with a wildcard as its first or last label.
bool IsHostPattern(std::string_view name);

}  // namespace kong
