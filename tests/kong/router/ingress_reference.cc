#include "tests/kong/router/ingress_reference.h"

#include <algorithm>

#include "engine/claims.h"
#include "engine/text.h"
#include "tests/kong/router/regex_cache.h"

namespace kong {
namespace {

using k8s::PathType;

enum class HostKind { kAll, kWildcard, kNamed };

struct Candidate {
  const k8s::Ingress* ingress;
  std::string_view host;
  const k8s::IngressPath* path;
  HostKind host_kind() const {
    if (host.empty()) return HostKind::kAll;
    return host.starts_with('*') ? HostKind::kWildcard : HostKind::kNamed;
  }
};

bool HostHolds(std::string_view rule, std::string_view host, Concessions concessions) {
  if (rule.empty() || rule == host) return true;
  if (!rule.starts_with("*.") || !host.ends_with(rule.substr(1))) return false;
  std::string_view label = host.substr(0, host.size() - rule.size() + 1);
  bool single = !label.empty() && label.find('.') == label.npos;
  return single || (concessions & kWildcardsOfSeveralLabels) != 0;
}

// Elements of the path, so that "/a/" and "/a" are one.
std::vector<std::string_view> Elements(std::string_view path) {
  std::vector<std::string_view> elements;
  for (std::string_view element : engine::Split(path, '/')) {
    if (!element.empty()) elements.push_back(element);
  }
  return elements;
}

bool PathHolds(const k8s::IngressPath& rule, std::string_view path) {
  switch (rule.type) {
    case PathType::kExact:
      return path == rule.path;
    case PathType::kPrefix: {
      auto wanted = Elements(rule.path), given = Elements(path);
      return wanted.size() <= given.size() &&
             std::equal(wanted.begin(), wanted.end(), given.begin());
    }
    case PathType::kUnset:
    case PathType::kImplementationSpecific: {
      if (!rule.path.starts_with("/~")) return path.starts_with(rule.path);
      return RegexHolds(path, engine::Cat("^(?:", rule.path.substr(2), ")"));
    }
    case PathType::kOther:
      return false;
  }
  return false;
}

bool IsStandard(PathType type) { return type == PathType::kExact || type == PathType::kPrefix; }

size_t LengthOf(const k8s::IngressPath& path) {
  if (!IsStandard(path.type)) return path.path.size();
  size_t length = 0;
  for (std::string_view element : Elements(path.path)) length += 1 + element.size();
  return length;
}

EntityId ServiceOf(const k8s::Ingress& ingress, const k8s::IngressBackend& backend) {
  return ServiceId(engine::Cat(ingress.meta.ns(), '.', backend.service, '.', backend.port_number));
}

// Has the Kong route of this path others, which weigh less or more?
bool SharesItsRoute(const Candidate& candidate) {
  EntityId service = ServiceOf(*candidate.ingress, candidate.path->backend);
  for (const k8s::IngressRule& rule : candidate.ingress->rules) {
    if (rule.host.text() != candidate.host) continue;
    for (const k8s::IngressPath& path : rule.paths) {
      bool same_route = ServiceOf(*candidate.ingress, path.backend) == service;
      bool same_weight = LengthOf(path) == LengthOf(*candidate.path) &&
                         IsStandard(path.type) == IsStandard(candidate.path->type);
      if (same_route && !same_weight) return true;
    }
  }
  return false;
}

// Must `a` win over `b`, when both hold?
bool Precedes(const Candidate& a, const Candidate& b, Concessions concessions) {
  if (a.host_kind() != b.host_kind()) return a.host_kind() > b.host_kind();
  if (a.host != b.host) return false;
  if ((concessions & kRoutesCountTheirLongest) != 0 && a.ingress != b.ingress &&
      (SharesItsRoute(a) || SharesItsRoute(b)))
    return false;
  size_t length_a = LengthOf(*a.path), length_b = LengthOf(*b.path);
  if (IsStandard(a.path->type) && IsStandard(b.path->type)) {
    if (length_a != length_b) return length_a > length_b;
    return (concessions & kExactAndPrefixAreEqual) == 0 && a.path->type == PathType::kExact &&
           b.path->type == PathType::kPrefix;
  }
  bool plain = !IsStandard(a.path->type) && !IsStandard(b.path->type) &&
               !a.path->path.starts_with("/~") && !b.path->path.starts_with("/~");
  return plain && length_a > length_b;
}

const k8s::Ingress* OldestWithDefault(const std::vector<const k8s::Ingress*>& ingresses) {
  const k8s::Ingress* oldest = nullptr;
  auto rank = [](const k8s::Ingress& ingress) {
    return engine::Rank{
        .created_s = ingress.meta.created_s, .ns = ingress.meta.ns(), .name = ingress.meta.name()};
  };
  for (const k8s::Ingress* ingress : ingresses) {
    if (ingress->default_backend && (!oldest || rank(*ingress) < rank(*oldest))) oldest = ingress;
  }
  return oldest;
}

}  // namespace

std::vector<Destination> RightDestinations(const std::vector<const k8s::Ingress*>& ingresses,
                                           const RoutedRequest& request, Concessions concessions) {
  std::vector<Candidate> holding;
  for (const k8s::Ingress* ingress : ingresses) {
    for (const k8s::IngressRule& rule : ingress->rules) {
      if (!HostHolds(rule.host.text(), request.host, concessions)) continue;
      for (const k8s::IngressPath& path : rule.paths) {
        if (PathHolds(path, request.path)) holding.push_back({ingress, rule.host.text(), &path});
      }
    }
  }
  std::vector<Destination> right;
  auto add = [&right](const k8s::Ingress& ingress, const k8s::IngressBackend& backend) {
    right.push_back({ingress.meta.id, ServiceOf(ingress, backend)});
  };
  bool all_for_all = true;
  for (const Candidate& each : holding) {
    bool beaten = std::any_of(holding.begin(), holding.end(), [&](const Candidate& other) {
      return Precedes(other, each, concessions);
    });
    if (!beaten) add(*each.ingress, each.path->backend);
    all_for_all = all_for_all && each.host.empty() && LengthOf(*each.path) <= 1;
  }
  bool is_rule = (concessions & kDefaultBackendIsARule) != 0 && all_for_all;
  const k8s::Ingress* oldest = holding.empty() || is_rule ? OldestWithDefault(ingresses) : nullptr;
  if (oldest) add(*oldest, *oldest->default_backend);
  return right;
}

}  // namespace kong
