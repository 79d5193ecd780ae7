// What the route kinds of the Gateway API share: where requests go, what is done with them on the
// way, and which headers they have.
//
// Everything that CRD defaulting would fill in is filled in, because files do not pass the API
// server: a backendRef is a Service of the core group with weight 1. A filter keeps its type as
// text too, so that one which is not known can be named. Plain values.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "engine/symbol.h"
#include "k8s/object_meta.h"

namespace k8s {

struct HttpHeader {
  std::string name, value;
  auto fields() const { return std::tie(name, value); }
};

// Matches a header or a query parameter.
struct ValueMatch {
  std::string name, value;
  bool regex = false;
  std::string unknown_type;  // A type other than Exact and RegularExpression.
  auto fields() const { return std::tie(name, value, regex, unknown_type); }
};

struct HeaderFilter {
  std::vector<HttpHeader> set, add;
  std::vector<std::string> remove;
  auto fields() const { return std::tie(set, add, remove); }
};

struct PathModifier {
  std::string type;  // ReplaceFullPath or ReplacePrefixMatch
  std::optional<std::string> full, prefix;
  auto fields() const { return std::tie(type, full, prefix); }
};

struct RedirectFilter {
  std::optional<std::string> scheme, hostname;
  std::optional<PathModifier> path;
  int32_t port = 0;  // 0: not said.
  int32_t status = 302;
  auto fields() const { return std::tie(scheme, hostname, path, port, status); }
};

struct RewriteFilter {
  std::optional<std::string> hostname;
  std::optional<PathModifier> path;
  auto fields() const { return std::tie(hostname, path); }
};

struct CorsFilter {
  std::vector<std::string> origins, methods, headers, expose;
  bool credentials = false;
  int32_t max_age_s = 5;
  auto fields() const {
    return std::tie(origins, methods, headers, expose, credentials, max_age_s);
  }
};

struct ObjectReference {
  engine::Symbol group, kind, name;
  auto fields() const { return std::tie(group, kind, name); }
};

enum class FilterType : uint8_t {
  kOther,
  kRequestHeaders,
  kResponseHeaders,
  kRedirect,
  kRewrite,
  kCors,
  kExtensionRef,
};

// One filter. Only the member of its type counts; the others are there if the object has them.
struct RouteFilter {
  std::string type_text;
  HeaderFilter request_headers, response_headers;
  RedirectFilter redirect;
  RewriteFilter rewrite;
  CorsFilter cors;
  ObjectReference extension;
  FilterType type() const;
  auto fields() const {
    return std::tie(type_text, request_headers, response_headers, redirect, rewrite, cors,
                    extension);
  }
};

struct RouteBackend {
  engine::Symbol group;  // Empty: the core group.
  engine::Symbol kind;   // Never empty.
  engine::Symbol ns;     // Empty: that of the route.
  engine::Symbol name;
  int32_t port = 0;  // 0: not said.
  int32_t weight = 1;
  std::vector<RouteFilter> filters;
  NamespacedName NameFrom(engine::Symbol own_ns) const { return {ns ? ns : own_ns, name}; }
  auto fields() const { return std::tie(group, kind, ns, name, port, weight, filters); }
};

}  // namespace k8s
