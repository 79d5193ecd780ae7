#include "kong/annotations.h"

#include <algorithm>
#include <array>
#include <iterator>

#include "engine/text.h"

namespace kong {
namespace {

using engine::Cat;
using engine::EqualIgnoringCase;
using engine::Lower;
using engine::ParseInt;
using engine::Split;
using engine::Trim;
using engine::Upper;

constexpr std::string_view kPrefix = "konghq.com/";
constexpr std::string_view kHeadersPrefix = "konghq.com/headers.";
constexpr std::string_view kHeadersSeparator = "konghq.com/headers-separator";

std::vector<std::string> List(std::string_view value) {
  std::vector<std::string> out;
  for (std::string_view part : Split(value, ',')) {
    if (part = Trim(part); !part.empty()) out.emplace_back(part);
  }
  return out;
}

void Ignored(std::string_view name, std::string_view value, std::string_view expected,
             Findings& findings) {
  Warn(findings, Cat("annotation ", name, ": \"", value, "\" is ignored, expected ", expected));
}

// ---- parsers, one a syntax
// -------------------------------------------------------------------------

template <auto kMember, class Settings>
void TrueOrFalse(std::string_view name, std::string_view value, Settings& settings,
                 Findings& findings) {
  if (EqualIgnoringCase(value, "true"))
    settings.*kMember = true;
  else if (EqualIgnoringCase(value, "false"))
    settings.*kMember = false;
  else if (!value.empty())
    Ignored(name, value, "true or false", findings);
}

// The words that Go's strconv.ParseBool knows.
std::optional<bool> GoBool(std::string_view word) {
  for (std::string_view yes : {"1", "t", "T", "TRUE", "true", "True"}) {
    if (word == yes) return true;
  }
  for (std::string_view no : {"0", "f", "F", "FALSE", "false", "False"}) {
    if (word == no) return false;
  }
  return std::nullopt;
}

template <auto kMember, class Settings>
void BoolWord(std::string_view name, std::string_view value, Settings& settings,
              Findings& findings) {
  std::optional<bool> word = GoBool(value);
  if (word)
    settings.*kMember = *word;
  else
    Ignored(name, value, "true or false", findings);
}

template <auto kMember, class Settings>
void BoolWordAnyCase(std::string_view name, std::string_view value, Settings& settings,
                     Findings& findings) {
  std::optional<bool> word = GoBool(Lower(value));
  if (word)
    settings.*kMember = *word;
  else
    Ignored(name, value, "true or false", findings);
}

template <auto kMember, int64_t kLeast, int64_t kMost, class Settings>
void Integer(std::string_view name, std::string_view value, Settings& settings,
             Findings& findings) {
  std::optional<int64_t> number = ParseInt(value);
  if (number && *number >= kLeast && *number <= kMost)
    settings.*kMember = *number;
  else
    Ignored(name, value, Cat("an integer from ", kLeast, " to ", kMost), findings);
}

template <auto kMember, class Settings>
void Text(std::string_view, std::string_view value, Settings& settings, Findings&) {
  if (!value.empty()) settings.*kMember = std::string(value);
}

template <auto kMember, class Settings>
void Names(std::string_view, std::string_view value, Settings& settings, Findings&) {
  settings.*kMember = List(value);
}

template <auto kMember, class Settings>
void ExactlyTrue(std::string_view name, std::string_view value, Settings& settings,
                 Findings& findings) {
  settings.*kMember = value == "true";
  if (value != "true" && value != "false") Ignored(name, value, "true", findings);
}

// Kong's tags are text without control characters, ',' and '/'.
bool IsTag(std::string_view tag) {
  return std::none_of(tag.begin(), tag.end(), [](char c) {
    return c == '/' || c == ',' || (c >= 0 && c < ' ') || c == '\x7f';
  });
}

template <auto kMember, class Settings>
void Tags(std::string_view name, std::string_view value, Settings& settings, Findings& findings) {
  for (std::string& tag : List(value)) {
    if (IsTag(tag))
      (settings.*kMember).push_back(std::move(tag));
    else
      Ignored(name, tag, "a tag without '/' and control characters", findings);
  }
}

// For an annotation that is more than a setting of its object.
template <class Settings>
void ReadElsewhere(std::string_view, std::string_view, Settings&, Findings&) {}

// ---- parsers of one annotation
// ------------------------------------------------------------------------

constexpr std::array<std::string_view, 9> kProtocols = {
    "http", "https", "grpc", "grpcs", "ws", "wss", "tls", "tcp", "tls_passthrough"};
bool IsProtocol(std::string_view word) {
  return std::find(kProtocols.begin(), kProtocols.end(), word) != kProtocols.end();
}

void Protocols(std::string_view name, std::string_view value, RouteSettings& settings,
               Findings& findings) {
  std::vector<std::string> words = List(value);
  for (const std::string& word : words) {
    if (!IsProtocol(word)) return Ignored(name, value, "a list of Kong's protocols", findings);
  }
  std::sort(words.begin(), words.end());
  words.erase(std::unique(words.begin(), words.end()), words.end());
  settings.protocols = std::move(words);
}

void RedirectStatusCode(std::string_view name, std::string_view value, RouteSettings& settings,
                        Findings& findings) {
  std::optional<int64_t> code = ParseInt(value);
  if (code && (*code == 301 || *code == 302 || *code == 307 || *code == 308 || *code == 426)) {
    settings.https_redirect_status_code = *code;
  } else if (!value.empty()) {
    Ignored(name, value, "301, 302, 307, 308 or 426", findings);
  }
}

void Methods(std::string_view name, std::string_view value, RouteSettings& settings,
             Findings& findings) {
  for (std::string& method : List(value)) {
    method = Upper(method);
    if (std::all_of(method.begin(), method.end(), [](char c) { return c >= 'A' && c <= 'Z'; })) {
      settings.methods.push_back(std::move(method));
    } else {
      settings.all_methods_valid = false;
      Ignored(name, method, "an HTTP method", findings);
    }
  }
}

void Snis(std::string_view name, std::string_view value, RouteSettings& settings,
          Findings& findings) {
  settings.snis.emplace();
  for (std::string& sni : List(value)) {
    if (IsHostName(sni)) {
      settings.snis->push_back(std::move(sni));
    } else {
      settings.all_snis_valid = false;
      Ignored(name, sni, "a host name", findings);
    }
  }
}

void HostAliases(std::string_view name, std::string_view value, RouteSettings& settings,
                 Findings& findings) {
  for (std::string& host : List(value)) {
    if (IsHostPattern(host)) {
      settings.host_aliases.push_back(std::move(host));
    } else {
      settings.all_host_aliases_valid = false;
      Ignored(name, host, "a host name, perhaps with a wildcard", findings);
    }
  }
}

void PathHandling(std::string_view name, std::string_view value, RouteSettings& settings,
                  Findings& findings) {
  if (value == "v0" || value == "v1")
    settings.path_handling = std::string(value);
  else
    Ignored(name, value, "v0 or v1", findings);
}

void Rewrite(std::string_view, std::string_view value, RouteSettings& settings, Findings&) {
  settings.rewrite = std::string(value);
}

void ServiceProtocol(std::string_view name, std::string_view value, ServiceSettings& settings,
                     Findings& findings) {
  if (IsProtocol(value))
    settings.protocol = std::string(value);
  else if (!value.empty())
    Fail(findings, Cat(name, " annotation has invalid value: ", value));
}

void ServicePath(std::string_view name, std::string_view value, ServiceSettings& settings,
                 Findings& findings) {
  bool empty_segment = value.find("//") != std::string_view::npos;
  if (value.starts_with('/') && !empty_segment)
    settings.path = std::string(value);
  else if (!value.empty())
    Ignored(name, value, "a path that begins with / and has no empty segment", findings);
}

// An empty name is one that no policy has, as for the Kong Ingress Controller.
void UpstreamPolicyName(std::string_view, std::string_view value, ServiceSettings& settings,
                        Findings&) {
  settings.upstream_policy = std::string(value);
}

constexpr int64_t kLongest = 2147483646;  // Kong's limit for a timeout, in milliseconds.

using R = RouteSettings;
using S = ServiceSettings;
constexpr AnnotationSpec kAnnotations[] = {
    // Of an Ingress, for its routes.
    {"konghq.com/strip-path", "true, false", "route.strip_path", TrueOrFalse<&R::strip_path, R>,
     nullptr},
    {"konghq.com/preserve-host", "true, false", "route.preserve_host",
     TrueOrFalse<&R::preserve_host, R>, nullptr},
    {"konghq.com/protocols", "list of protocols", "route.protocols", Protocols, nullptr},
    {"konghq.com/https-redirect-status-code", "301, 302, 307, 308, 426",
     "route.https_redirect_status_code", RedirectStatusCode, nullptr},
    {"ingress.kubernetes.io/force-ssl-redirect", "true", "https only, and status 302 for the rest",
     ExactlyTrue<&R::force_ssl_redirect, R>, nullptr},
    {"konghq.com/regex-priority", "integer", "route.regex_priority (traditional)",
     Integer<&R::regex_priority, INT32_MIN, INT32_MAX, R>, nullptr},
    {"konghq.com/methods", "list of methods", "route.methods", Methods, nullptr},
    {"konghq.com/snis", "list of host names", "route.snis; empty: none", Snis, nullptr},
    {"konghq.com/host-aliases", "list of hosts, with wildcards", "more of route.hosts", HostAliases,
     nullptr},
    {"konghq.com/headers-separator", "text",
     "what parts the values of headers.*; a comma by default", nullptr, nullptr},
    {"konghq.com/headers.", "list of values",
     "route.headers; a value that begins with ~* is a regex", nullptr, nullptr},
    {"konghq.com/path-handling", "v0, v1", "route.path_handling (traditional)", PathHandling,
     nullptr},
    {"konghq.com/request-buffering", "true, false", "route.request_buffering",
     BoolWordAnyCase<&R::request_buffering, R>, nullptr},
    {"konghq.com/response-buffering", "true, false", "route.response_buffering",
     BoolWordAnyCase<&R::response_buffering, R>, nullptr},
    {"konghq.com/regex-prefix", "text", "what marks a path as a regex, /~ by default",
     Text<&R::regex_prefix, R>, nullptr},
    {"konghq.com/rewrite", "template with $1", "a request-transformer that replaces the path",
     Rewrite, nullptr},
    {kIngressClassAnnotation, "name", "whose Ingress it is", nullptr, nullptr},
    // Of a Service, for its services and upstreams.
    {"konghq.com/protocol", "a protocol", "service.protocol", nullptr, ServiceProtocol},
    {"konghq.com/path", "path", "service.path", nullptr, ServicePath},
    {"konghq.com/connect-timeout", "ms", "service.connect_timeout", nullptr,
     Integer<&S::connect_timeout, 1, kLongest, S>},
    {"konghq.com/read-timeout", "ms", "service.read_timeout", nullptr,
     Integer<&S::read_timeout, 1, kLongest, S>},
    {"konghq.com/write-timeout", "ms", "service.write_timeout", nullptr,
     Integer<&S::write_timeout, 1, kLongest, S>},
    {"konghq.com/retries", "integer", "service.retries", nullptr,
     Integer<&S::retries, 0, 32767, S>},
    {"konghq.com/host-header", "host", "upstream.host_header", nullptr, Text<&S::host_header, S>},
    {"konghq.com/client-cert", "name of a Secret", "service.client_certificate", nullptr,
     Text<&S::client_cert, S>},
    {"konghq.com/tls-verify", "true, false", "service.tls_verify", nullptr,
     BoolWord<&S::tls_verify, S>},
    {"konghq.com/tls-verify-depth", "integer", "service.tls_verify_depth", nullptr,
     Integer<&S::tls_verify_depth, 0, 64, S>},
    {"konghq.com/ca-certificates-secrets", "list of Secrets", "service.ca_certificates", nullptr,
     Names<&S::ca_certificates_secrets, S>},
    {kCaConfigMapsAnnotation, "list of ConfigMaps", "service.ca_certificates", nullptr,
     Names<&S::ca_certificates_configmaps, S>},
    {kUpstreamPolicyAnnotation, "name of a KongUpstreamPolicy", "the upstream's balancing", nullptr,
     UpstreamPolicyName},
    {kOverrideAnnotation, "name of a KongIngress", "its upstream part; deprecated", nullptr,
     Text<&S::override_name, S>},
    {"ingress.kubernetes.io/service-upstream", "true", "one target: the Service's own name",
     nullptr, ExactlyTrue<&S::service_upstream, S>},
    // Of both.
    {"konghq.com/tags", "list", "more tags of the entities", Tags<&R::tags, R>, Tags<&S::tags, S>},
    {"konghq.com/plugins", "list", "plugins (plugin_attachments.h)", ReadElsewhere<R>,
     ReadElsewhere<S>},
};

const AnnotationSpec* FindSpec(std::string_view name) {
  const auto* found = std::find_if(std::begin(kAnnotations), std::end(kAnnotations),
                                   [&](const AnnotationSpec& spec) { return spec.name == name; });
  return found == std::end(kAnnotations) ? nullptr : found;
}

// The values of a header depend on a second annotation, so they are read together.
void Headers(const k8s::TextMap& annotations, RouteSettings& settings, Findings& findings) {
  const std::string* separator = annotations.Find(kHeadersSeparator);
  std::string_view between = separator && !separator->empty() ? std::string_view(*separator) : ",";
  for (const auto& [key, value] : annotations) {
    std::string_view name = key.text();
    if (!name.starts_with(kHeadersPrefix)) continue;
    std::string_view header = name.substr(kHeadersPrefix.size());
    if (header.empty() || value.empty()) continue;
    if (EqualIgnoringCase(header, "host")) {
      Warn(findings, Cat("annotation ", name,
                         " is ignored, use the host of a rule or konghq.com/host-aliases"));
      continue;
    }
    std::vector<std::string> values;
    std::string_view rest = value;
    while (true) {
      size_t end = rest.find(between);
      if (std::string_view part = Trim(rest.substr(0, end)); !part.empty())
        values.emplace_back(part);
      if (end == std::string_view::npos) break;
      rest.remove_prefix(end + between.size());
    }
    if (!values.empty()) settings.headers.emplace_back(header, std::move(values));
  }
  std::sort(settings.headers.begin(), settings.headers.end());
}

bool IsHostByte(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '_';
}

}  // namespace

RouteSettings ParseRouteSettings(const k8s::TextMap& annotations, Findings& findings) {
  RouteSettings settings;
  for (const auto& [key, value] : annotations) {
    const AnnotationSpec* spec = FindSpec(key.text());
    if (spec && spec->on_ingress) spec->on_ingress(spec->name, value, settings, findings);
  }
  Headers(annotations, settings, findings);
  return settings;
}

ServiceSettings ParseServiceSettings(const k8s::TextMap& annotations, Findings& findings) {
  ServiceSettings settings;
  for (const auto& [key, value] : annotations) {
    const AnnotationSpec* spec = FindSpec(key.text());
    if (spec && spec->on_service) spec->on_service(spec->name, value, settings, findings);
  }
  return settings;
}

std::vector<std::string> ParseTags(const k8s::TextMap& annotations, Findings& findings) {
  RouteSettings settings;
  if (const std::string* value = annotations.Find("konghq.com/tags")) {
    Tags<&RouteSettings::tags>("konghq.com/tags", *value, settings, findings);
  }
  return std::move(settings.tags);
}

std::span<const AnnotationSpec> AllAnnotations() { return kAnnotations; }

std::vector<std::string> AnnotationPrefixes() {
  return {std::string(kPrefix), std::string(kIngressClassAnnotation), "ingress.kubernetes.io/",
          "ingressclass.kubernetes.io/"};
}

bool IsHostName(std::string_view name) {
  if (name.empty() || name.size() > 253) return false;
  for (std::string_view label : Split(name, '.')) {
    if (label.empty() || label.starts_with('-') || label.ends_with('-')) return false;
    if (!std::all_of(label.begin(), label.end(), IsHostByte)) return false;
  }
  return true;
}

bool IsHostPattern(std::string_view name) {
  if (name.starts_with("*.")) return IsHostName(name.substr(2));
  if (name.ends_with(".*")) return IsHostName(name.substr(0, name.size() - 2));
  return IsHostName(name);
}

}  // namespace kong
