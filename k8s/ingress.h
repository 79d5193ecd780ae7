// networking.k8s.io/v1 Ingress: hosts and paths, and the Services they lead to.
//
// Names and hosts are symbols, because rules group by them; paths are text. A row holds the spec
// only. Plain values. An Ingress of one rule with two paths takes about 450 bytes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "engine/symbol.h"
#include "k8s/object_meta.h"
#include "k8s/resource_type.h"

namespace k8s {

// A Service's port or, instead, some object in the same namespace. The API allows exactly one of
// them; files read by the command line may hold none or both, so the rules must expect that.
struct IngressBackend {
  bool has_service = false;
  bool has_resource = false;
  engine::Symbol service;
  engine::Symbol port_name;       // Empty: by number.
  int32_t port_number = 0;        // 0: by name; both unset: not said.
  engine::Symbol resource_group;  // Empty: the core group.
  engine::Symbol resource_kind;
  engine::Symbol resource_name;

  auto fields() const {
    return std::tie(has_service, has_resource, service, port_name, port_number, resource_group,
                    resource_kind, resource_name);
  }
};

enum class PathType : uint8_t { kUnset, kExact, kPrefix, kImplementationSpecific, kOther };

struct IngressPath {
  std::string path;  // May be empty, which means all.
  PathType type = PathType::kUnset;
  IngressBackend backend;
  auto fields() const { return std::tie(path, type, backend); }
};

struct IngressRule {
  engine::Symbol host;             // Empty: every host.
  std::vector<IngressPath> paths;  // Empty also when the rule has no `http`.
  auto fields() const { return std::tie(host, paths); }
};

struct IngressTls {
  std::vector<engine::Symbol> hosts;
  engine::Symbol secret_name;
  auto fields() const { return std::tie(hosts, secret_name); }
};

struct Ingress {
  using Key = NamespacedName;
  static constexpr ResourceType kType{"networking.k8s.io", "v1", "ingresses", "Ingress", true};

  ObjectMeta meta;
  std::optional<engine::Symbol>
      class_name;  // spec.ingressClassName; an empty one is not an absent one.
  std::optional<IngressBackend> default_backend;
  std::vector<IngressRule> rules;
  std::vector<IngressTls> tls;

  Key key() const { return meta.id; }
  auto fields() const { return std::tie(meta, class_name, default_backend, rules, tls); }
};

}  // namespace k8s
