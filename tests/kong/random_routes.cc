// Random edits of the route kinds of the Gateway API, and of the grants they need. Two namespaces,
// few names: everything meets, names collide, hosts and paths tie.
#include "engine/text.h"
#include "tests/kong/random_world.h"

namespace kong {
namespace {

using engine::Cat;

}  // namespace

std::vector<k8s::RouteBackend> RandomWorld::RouteBackends() {
  std::vector<k8s::RouteBackend> backends;
  for (uint32_t n = Below(4); n > 0; --n) {
    k8s::RouteBackend& backend = backends.emplace_back();
    backend.kind = Symbol(OneIn(15) ? "Bucket" : "Service");
    if (OneIn(4)) backend.ns = Named("n", kRandomNamespaces);
    backend.name = Named("s", size_.services / kRandomNamespaces);
    if (!OneIn(15)) backend.port = static_cast<int32_t>(80 + Below(3));
    backend.weight = static_cast<int32_t>(OneIn(2) ? 1 : Below(9));
    if (OneIn(20)) backend.weight = 1'000'000;
    if (!OneIn(10)) continue;
    backend.group = Symbol(k8s::KongServiceFacade::kType.group);
    backend.kind = Symbol(k8s::KongServiceFacade::kType.kind);
    backend.name = Named("f", 4);
  }
  return backends;
}

std::vector<k8s::RouteFilter> RandomWorld::RouteFilters() {
  std::vector<k8s::RouteFilter> filters;
  if (!OneIn(3)) return filters;
  constexpr std::string_view kTypes[] = {
      "RequestHeaderModifier", "RequestRedirect", "URLRewrite", "CORS",
      "RequestMirror",         "ExtensionRef"};
  k8s::RouteFilter& filter = filters.emplace_back();
  filter.type_text = kTypes[Below(6)];
  filter.request_headers.set = {{"a", Cat(Below(2))}};
  if (OneIn(2)) filter.redirect.hostname = "to.example";
  if (OneIn(2)) filter.rewrite.hostname = "up.example";
  if (OneIn(2)) filter.rewrite.path = k8s::PathModifier{"ReplacePrefixMatch", {}, "/new"};
  filter.cors.origins = {"*"};
  filter.extension = {Symbol("configuration.konghq.com"), Symbol("KongPlugin"), Named("p", 3)};
  return filters;
}

template <class R>
R RandomWorld::NewRoute(std::string_view prefix) {
  R route;
  // Some names have a dot and a host behind it, so that names of Kong routes collide.
  std::string name = OneIn(4) ? Cat(prefix, Below(3), ".h", Below(4)) : Cat(prefix, Below(6));
  route.meta = Meta({Named("n", kRandomNamespaces), Symbol(name)});
  for (uint32_t parents = 1 + Below(2); parents > 0; --parents) {
    k8s::ParentRef& parent = route.parents.emplace_back();
    if (OneIn(3)) parent.ns = Named("n", kRandomNamespaces);
    parent.name = Named("gw", 3);
    if (OneIn(4)) parent.section_name = Named("l", 4);
    if (OneIn(6)) parent.port = static_cast<int32_t>(80 + Below(3));
  }
  for (uint32_t hosts = Below(3); hosts > 0; --hosts)
    route.hostnames.push_back(OneIn(4) ? Symbol("*.h1") : Named("h", 4));
  return route;
}

void RandomWorld::EditHttpRoute() {
  k8s::HttpRoute route = NewRoute<k8s::HttpRoute>("r");
  if (OneIn(5)) {
    g_.routes.http_routes.Erase(route.key());
    return;
  }
  for (uint32_t rules = Below(4); rules > 0; --rules) {
    k8s::HttpRule& rule = route.rules.emplace_back();
    rule.matches.clear();
    for (uint32_t matches = Below(4); matches > 0; --matches) {
      k8s::HttpMatch& match = rule.matches.emplace_back();
      match.path_type = static_cast<k8s::HttpPathType>(Below(4));
      match.path = Cat('/', OneIn(2) ? "x" : "yy", Below(3));
      if (OneIn(3)) match.method = OneIn(2) ? "GET" : "POST";
      if (OneIn(3)) match.headers = {{Cat("h", Below(2)), Cat(Below(2)), OneIn(4), ""}};
      if (OneIn(5)) match.queries = {{OneIn(3) ? "a-b" : "q", Cat(Below(2)), false, ""}};
    }
    rule.filters = RouteFilters();
    rule.backends = RouteBackends();
    if (OneIn(5)) rule.backend_timeout = OneIn(4) ? "x" : Cat(Below(3), 's');
  }
  Annotate(route.meta, {{"konghq.com/strip-path", "true"},
                        {"konghq.com/protocols", "grpc"},
                        {"konghq.com/host-aliases", "alias.example"},
                        {"konghq.com/snis", "sni.example"},
                        {"konghq.com/tags", "t1"}});
  g_.routes.http_routes.Set(std::move(route));
}

void RandomWorld::EditGrpcRoute() {
  k8s::GrpcRoute route = NewRoute<k8s::GrpcRoute>("g");
  if (OneIn(4)) {
    g_.routes.grpc_routes.Erase(route.key());
    return;
  }
  for (uint32_t rules = Below(3); rules > 0; --rules) {
    k8s::GrpcRule& rule = route.rules.emplace_back();
    for (uint32_t matches = Below(3); matches > 0; --matches) {
      k8s::GrpcMatch& match = rule.matches.emplace_back();
      match.has_method = !OneIn(4);
      match.regex = OneIn(4);
      if (OneIn(2)) match.service = Cat("p.S", Below(2));
      if (OneIn(2)) match.method = Cat("M", Below(2));
    }
    rule.filters = RouteFilters();
    rule.backends = RouteBackends();
  }
  g_.routes.grpc_routes.Set(std::move(route));
}

template <class R>
void RandomWorld::EditStreamRoute(engine::Source<R>& routes) {
  R route = NewRoute<R>("t");
  if (OneIn(4)) {
    routes.Erase(route.key());
    return;
  }
  for (uint32_t rules = 1 + Below(2); rules > 0; --rules)
    route.rules.emplace_back().backends = RouteBackends();
  routes.Set(std::move(route));
}

void RandomWorld::EditRouteGrant() {
  ObjectName id{Named("n", kRandomNamespaces), Named("route-grant", 2)};
  if (OneIn(3)) {
    g_.attachment.reference_grants.Erase(id);
    return;
  }
  k8s::ReferenceGrant grant;
  grant.meta = Meta(id);
  grant.from.push_back({Symbol(k8s::kGatewayGroup), Symbol(OneIn(3) ? "GRPCRoute" : "HTTPRoute"),
                        Named("n", kRandomNamespaces)});
  grant.to.push_back({Symbol(), Symbol("Service"), OneIn(2) ? Symbol() : Named("s", 5)});
  g_.attachment.reference_grants.Set(std::move(grant));
}

void RandomWorld::EditRoute() {
  switch (Below(8)) {
    case 0:
      return EditRouteGrant();
    case 1:
      return EditGrpcRoute();
    case 2:
      return EditStreamRoute(g_.routes.tcp_routes);
    case 3:
      return OneIn(2) ? EditStreamRoute(g_.routes.udp_routes)
                      : EditStreamRoute(g_.routes.tls_routes);
    default:
      return EditHttpRoute();
  }
}

}  // namespace kong
