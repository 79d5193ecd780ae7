#include "tools/simulators/kong_router.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "engine/status_macros.h"
#include "engine/text.h"
#include "kong/router_expression.h"

namespace simulators {
namespace {

using engine::Cat;
using kong::Expression;

uint64_t CountKinds(const Json& route, std::initializer_list<std::string_view> fields) {
  uint64_t kinds = 0;
  for (std::string_view field : fields) kinds += !At(route, field).empty();
  return kinds;
}

bool AllPlain(const Json& hosts) {
  return std::none_of(hosts.begin(), hosts.end(), [](const Json& host) {
    return Text(host).find('*') != std::string_view::npos;
  });
}

// IP before port before a range of addresses.
uint64_t NetWeight(const Json& nets) {
  uint64_t weight = 0;
  for (const Json& net : nets) {
    std::string_view ip = TextAt(net, "ip");
    if (!ip.empty()) weight |= ip.find('/') == ip.npos ? 1 << 3 : 1;
    if (At(net, "port").is_number()) weight |= 1 << 2;
  }
  return weight;
}

uint64_t StreamPriority(const Json& route) {
  bool both = !At(route, "sources").empty() && !At(route, "destinations").empty();
  bool first = both || !At(route, "snis").empty();
  return uint64_t{first} << 61 | NetWeight(At(route, "sources")) << 4 |
         NetWeight(At(route, "destinations"));
}

// `length`: of its paths; nullopt: they are regexes, or there are none.
uint64_t HttpPriority(const Json& route, bool regex, size_t length) {
  constexpr uint64_t kMostHeaders = 255, kLongest = 0x7ffff;
  uint64_t kinds = CountKinds(route, {"methods", "hosts", "headers", "snis", "paths"});
  const Json& hosts = At(route, "hosts");
  uint64_t plain = hosts.is_array() && AllPlain(hosts);
  uint64_t priority = At(route, "regex_priority").is_number_integer()
                          ? At(route, "regex_priority").get<uint64_t>()
                          : 0;
  return kinds << 61 | plain << 60 |
         std::min<uint64_t>(At(route, "headers").size(), kMostHeaders) << 52 |
         uint64_t{regex} << 51 | (regex ? priority << 19 : 0) | (length & kLongest);
}

}  // namespace

absl::Status KongRouter::Add(size_t position, const Json& route, std::string_view text,
                             uint64_t priority) {
  absl::StatusOr<Expression> expression = Expression::Parse(text, kong::SchemaOf(route));
  if (!expression.ok())
    return engine::Annotate(expression.status(), Cat("route ", TextAt(route, "name")));
  bool stream = kong::SchemaOf(route) == Expression::Schema::kStream;
  entries_.push_back({priority, position, stream, *std::move(expression)});
  return absl::OkStatus();
}

absl::Status KongRouter::AddTraditional(size_t position, const Json& route) {
  using Paths = std::vector<std::string_view>;
  if (kong::SchemaOf(route) == Expression::Schema::kStream)
    return Add(position, route, kong::TraditionalExpression(route, {}), StreamPriority(route));
  std::map<std::pair<bool, size_t>, Paths> parts;  // By whether they are regexes, and length.
  for (std::string_view path : kong::PathsOf(route)) {
    bool regex = path.starts_with('~');
    parts[{regex, regex ? 0 : path.size()}].push_back(path);
  }
  if (parts.empty()) parts[{false, 0}] = {};
  for (const auto& [kind, paths] : parts) {
    RETURN_IF_ERROR(Add(position, route, kong::TraditionalExpression(route, paths),
                        HttpPriority(route, kind.first, kind.second)));
  }
  return absl::OkStatus();
}

absl::Status KongRouter::AddExpression(size_t position, const Json& route) {
  const Json& priority = At(route, "priority");
  uint64_t given = priority.is_number_integer() ? priority.get<uint64_t>() : 0;
  return Add(position, route, kong::WholeExpression(route), uint64_t{0xff} << 56 | given);
}

absl::StatusOr<KongRouter> KongRouter::Make(RouterFlavor flavor, const std::vector<Json>& routes) {
  KongRouter router;
  for (size_t i = 0; i < routes.size(); ++i) {
    bool expression =
        flavor == RouterFlavor::kExpressions && !TextAt(routes[i], "expression").empty();
    RETURN_IF_ERROR(expression ? router.AddExpression(i, routes[i])
                               : router.AddTraditional(i, routes[i]));
  }
  std::sort(router.entries_.begin(), router.entries_.end(),
            [](const Entry& a, const Entry& b) { return a.priority > b.priority; });
  return router;
}

std::vector<size_t> KongRouter::Winners(const kong::RoutedRequest& request) const {
  bool stream = request.protocol != "http" && request.protocol != "https";
  std::vector<size_t> winners;
  std::optional<uint64_t> highest;
  for (const Entry& entry : entries_) {
    if (highest && entry.priority < *highest) break;
    if (entry.stream != stream || !entry.expression.Matches(request)) continue;
    highest = entry.priority;
    if (winners.empty() || winners.back() != entry.route) winners.push_back(entry.route);
  }
  return winners;
}

}  // namespace simulators
