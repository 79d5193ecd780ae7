#include "kong/http_route_plan.h"

#include <algorithm>
#include <map>

#include "engine/text.h"
#include "kong/certificate.h"
#include "kong/duration.h"
#include "kong/gateway_expression.h"
#include "kong/http_filters.h"
#include "kong/http_match.h"
#include "kong/ingress_plan.h"
#include "kong/route_match.h"
#include "kong/route_order.h"

namespace kong {
namespace {

using engine::Cat;

constexpr int64_t kDefaultTimeoutMs = 60'000;
constexpr int64_t kLongestTimeoutMs = 2'147'483'646;
constexpr size_t kServiceNameMost = 511;

template <class T>
std::string SetKey(const std::vector<T>& items) {
  std::vector<std::string> texts;
  for (const T& item : items) texts.push_back(engine::TextOf(item));
  std::sort(texts.begin(), texts.end());
  std::string key;
  for (const std::string& text : texts) key += JoinParts({text});
  return key;
}

class HttpPlanner {
 public:
  HttpPlanner(const k8s::HttpRoute& route, const RouteSurroundings& around, GatewayRoutePlan& plan)
      : route_(route), around_(around), plan_(plan) {
    for (const ServedPort& port : around.attached.ports) {
      http_ |= port.protocol == k8s::ListenerProtocol::kHttp;
      https_ |= port.protocol == k8s::ListenerProtocol::kHttps;
      ports_.push_back(port.port);
    }
    if (!std::all_of(route.parents.begin(), route.parents.end(),
                     [](const k8s::ParentRef& parent) { return parent.port != 0; })) {
      ports_.clear();
    }
    if (http_) protocols_.push_back("http");
    if (https_) protocols_.push_back("https");
    for (Symbol host : around.attached.hostnames) hosts_.push_back(std::string(host.text()));
  }

  void Plan() {
    for (uint32_t rule = 0; rule < route_.rules.size(); ++rule) PlanRule(rule);
  }

 private:
  bool expressions() const { return around_.options.expressions; }
  const k8s::HttpRule& Rule(uint32_t rule) const { return route_.rules[rule]; }

  void PlanRule(uint32_t rule) {
    const uint32_t service = ServiceOf(rule);
    const std::vector<k8s::HttpMatch>& matches = Rule(rule).matches;
    if (matches.empty()) return PlanWithoutMatch(rule, service);
    for (uint32_t match = 0; match < matches.size(); ++match) {
      absl::Status status = CheckMatch(matches[match], expressions());
      if (!status.ok()) {
        LeaveOut(plan_, Cat("HTTPRoute can't be routed: rule ", rule, ", match ", match, ": ",
                            engine::MessageOf(status)));
        continue;
      }
      if (expressions())
        PlanExpressions(rule, match, service);
      else
        PlanTraditional(rule, match, service);
    }
  }

  // ---- services

  // 60 seconds are what Kong does without being told.
  std::optional<int32_t> TimeoutOf(const k8s::HttpRule& rule) {
    const auto& text = rule.backend_timeout ? rule.backend_timeout : rule.request_timeout;
    if (!text) return std::nullopt;
    std::optional<int64_t> ms = DurationMs(*text);
    if (!ms) {
      Warn(plan_.findings, Cat("timeout \"", *text, "\" is ignored: it is no duration"));
      return std::nullopt;
    }
    if (*ms == kDefaultTimeoutMs) return std::nullopt;
    // Zero means none, which Kong has not: as long as possible.
    if (*ms == 0) return static_cast<int32_t>(kLongestTimeoutMs);
    return static_cast<int32_t>(std::min(*ms, kLongestTimeoutMs));
  }

  uint32_t ServiceOf(uint32_t nth) {
    const k8s::HttpRule& rule = Rule(nth);
    std::optional<int32_t> timeout = TimeoutOf(rule);
    std::string key = Cat(SetKey(rule.backends), timeout.value_or(0));
    auto [it, fresh] = services_.try_emplace(std::move(key), plan_.services.size());
    if (!fresh) return it->second;
    PlannedService& service = plan_.services.emplace_back();
    service.key =
        around_.options.combined_services
            ? CombinedKey(rule, timeout)
            : ServiceKey{ServiceNaming::kHttpRoute, nth, route_.meta.ns(), route_.meta.name(), {}};
    service.form.sparse = true;
    service.form.refs_given = !rule.backends.empty();
    service.form.timeout_ms = timeout;
    service.rule = nth;
    service.backends = BackendsOf(rule.backends, route_.key(), around_, plan_);
    return it->second;
  }

  ServiceKey CombinedKey(const k8s::HttpRule& rule, std::optional<int32_t> timeout) const {
    std::vector<std::string> names;
    for (const k8s::RouteBackend& backend : rule.backends) {
      ObjectName target = backend.NameFrom(route_.meta.ns());
      std::string name = Cat(target.ns, '.', target.name);
      if (IsFacade(backend.group, backend.kind)) name += ".svc.facade";
      if (backend.port) name += Cat('.', backend.port);
      names.push_back(Cat(name, '.', backend.weight));
    }
    std::sort(names.begin(), names.end());
    std::string part = names.empty() ? "_" : "";
    for (const std::string& name : names) part += Cat(part.empty() ? "" : "_", name);
    std::string prefix = Cat("httproute.", route_.meta.ns(), ".svc.");
    if (prefix.size() + part.size() > kServiceNameMost)
      part = Cat(names[0], "_combined.", Sha256Hex(prefix + part));
    if (timeout) part += Cat("_timeout.", *timeout);
    return {ServiceNaming::kHttpRouteCombined, 0, route_.meta.ns(), {}, Symbol(part)};
  }

  // ---- routes

  PlannedRoute NewRoute(std::string name, uint32_t rule, uint32_t match, uint32_t service) const {
    PlannedRoute route;
    route.name = std::move(name);
    route.service = service;
    route.rule = rule;
    route.match = match;
    route.protocols = protocols_;
    route.preserve_host = true;
    return route;
  }

  static void AddName(const k8s::HttpRule& rule, PlannedRoute& route) {
    auto& names = route.rule_names;
    if (!rule.name.empty() && std::find(names.begin(), names.end(), rule.name) == names.end())
      names.push_back(rule.name);
  }

  std::string NameOf(uint32_t rule, uint32_t match) const {
    return Cat("httproute.", route_.meta.ns(), '.', route_.meta.name(), '.', rule, '.', match);
  }

  // False, and told, if the filters cannot be served.
  bool AddFilters(const k8s::HttpMatch* match, std::string_view host, PlannedRoute& route) {
    FilterSurroundings around;
    around.prefix = match && match->path_type == k8s::HttpPathType::kPrefix;
    around.path = !match ? "/" : around.prefix ? WithoutTrailingSlash(match->path) : match->path;
    if (!host.empty() && !host.starts_with('*')) around.host = host;
    around.http = http_ || !https_;
    around.https = https_;
    absl::StatusOr<FilterPlugins> plugins = PluginsOf(Rule(route.rule).filters, around);
    if (!plugins.ok()) {
      LeaveOut(plan_, Cat("HTTPRoute can't be routed: ", engine::MessageOf(plugins.status())));
      return false;
    }
    route.plugins = std::move(plugins->plugins);
    route.extensions = std::move(plugins->extensions);
    return true;
  }

  // A host is known for a redirect if it is the only one.
  std::string_view OnlyHost() const {
    return hosts_.size() == 1 ? std::string_view(hosts_[0]) : std::string_view();
  }

  void PlanTraditional(uint32_t nth_rule, uint32_t nth_match, uint32_t service) {
    const k8s::HttpRule& rule = Rule(nth_rule);
    const k8s::HttpMatch& match = rule.matches[nth_match];
    const bool captures = ReplacesPrefix(rule.filters);
    const bool alone = captures || HasRedirect(rule.filters);
    std::string key = JoinParts({Cat(service), SetKey(rule.filters), TraditionalKey(match),
                                 alone ? Cat(nth_rule, '.', nth_match) : ""});
    if (auto it = routes_.find(key); it != routes_.end()) {
      PlannedRoute& route = plan_.routes[it->second];
      AppendPaths(match, captures, route.paths);
      return AddName(rule, route);
    }
    PlannedRoute route = NewRoute(NameOf(nth_rule, nth_match), nth_rule, nth_match, service);
    if (!AddFilters(&match, OnlyHost(), route)) return;
    route.hosts = hosts_;
    route.strip_path = false;
    route.headers = HeadersOf(match);
    if (!match.method.empty()) route.methods = {match.method};
    AppendPaths(match, captures, route.paths);
    AddName(rule, route);
    routes_.emplace(std::move(key), plan_.routes.size());
    plan_.routes.push_back(std::move(route));
  }

  void PlanExpressions(uint32_t nth_rule, uint32_t nth_match, uint32_t service) {
    if (hosts_.empty()) return PlanExpression(nth_rule, nth_match, service, 0);
    for (uint32_t host = 0; host < hosts_.size(); ++host)
      PlanExpression(nth_rule, nth_match, service, host);
  }

  void PlanExpression(uint32_t nth_rule, uint32_t nth_match, uint32_t service, uint32_t nth_host) {
    const k8s::HttpRule& rule = Rule(nth_rule);
    static const k8s::HttpMatch kEverything;
    const bool explicit_match = nth_match < rule.matches.size();
    const k8s::HttpMatch& match = explicit_match ? rule.matches[nth_match] : kEverything;
    std::string_view host = hosts_.empty() ? "" : std::string_view(hosts_[nth_host]);
    std::string name = Cat("httproute.", route_.meta.ns(), '.', route_.meta.name(), '.',
                           HostInName(host), '.', nth_rule, '.', nth_match);
    PlannedRoute route = NewRoute(std::move(name), nth_rule, nth_match, service);
    if (!AddFilters(&match, host, route)) return;
    route.strip_path = false;
    route.expression =
        Joined("&&", {HostPredicate(host), SniPredicate(plan_.settings),
                      explicit_match ? ExpressionOf(match, ReplacesPrefix(rule.filters)) : "",
                      AnyPort(ports_)});
    if (route.expression.empty()) route.expression = kEveryHttpRequest;
    route.ordered = true;
    route.priority = PriorityOf(match, host);
    route.pattern = PatternOf(match, host, Rest());
    route.match_id = RouteId(Cat("HTTPRoute/", route_.meta.ns(), '/', route_.meta.name(), '/', host,
                                 '/', nth_rule, '/', nth_match));
    route.host_nth = nth_host;
    AddName(rule, route);
    plan_.routes.push_back(std::move(route));
  }

  // What else decides whether a request is taken.
  std::string Rest() const {
    std::string rest = Cat(SniPredicate(plan_.settings), '|', AnyPort(ports_));
    for (const std::string& protocol : protocols_) rest += Cat('|', protocol);
    return rest;
  }

  void PlanWithoutMatch(uint32_t rule, uint32_t service) {
    if (expressions()) return PlanExpressions(rule, 0, service);
    PlannedRoute route = NewRoute(NameOf(rule, 0), rule, 0, service);
    if (!AddFilters(nullptr, OnlyHost(), route)) return;
    route.hosts = hosts_;
    // Kong takes no route that matches nothing.
    if (route.hosts.empty()) route.paths = {"/"};
    plan_.routes.push_back(std::move(route));
  }

  const k8s::HttpRoute& route_;
  const RouteSurroundings& around_;
  GatewayRoutePlan& plan_;
  bool http_ = false, https_ = false;
  std::vector<std::string> protocols_, hosts_;
  std::vector<int32_t> ports_;  // Of parentRefs, if each of them says one.
  std::map<std::string, uint32_t> services_;
  std::map<std::string, size_t> routes_;
};

}  // namespace

GatewayRoutePlan PlanHttpRoute(const k8s::HttpRoute& route, const RouteSurroundings& around) {
  GatewayRoutePlan plan;
  plan.settings = ParseRouteSettings(route.meta.annotations, plan.findings);
  if (route.rules.empty()) LeaveOut(plan, "HTTPRoute can't be routed: no rules provided");
  HttpPlanner(route, around, plan).Plan();
  return plan;
}

}  // namespace kong
