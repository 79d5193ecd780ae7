// One match of an HTTPRoute as fields of a traditional Kong route, and as an expression.
//
// Literal paths are escaped where Kong takes a regex. A regular expression is kept whole; Kong
// wants its paths to begin with a slash, so one that does not is given a slash that matches
// nothing. Of headers with one name only the first counts, as the API says. Pure; any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "k8s/http_route.h"
#include "kong/route_order_tables.h"

namespace kong {

// A prefix without its trailing slash, which does not count; "/" stays.
std::string_view WithoutTrailingSlash(std::string_view path);

// Of each name (case is ignored for headers) the first, sorted by name.
std::vector<const k8s::ValueMatch*> FirstOfEachName(const std::vector<k8s::ValueMatch>& matches,
                                                    bool ignore_case);

// OK if the flavour can serve the match; else what the author has to change.
absl::Status CheckMatch(const k8s::HttpMatch& match, bool expressions);

// What two matches share if one traditional route can serve both.
std::string TraditionalKey(const k8s::HttpMatch& match);
// `captures`: the rest behind a prefix is captured.
void AppendPaths(const k8s::HttpMatch& match, bool captures, std::vector<std::string>& paths);
std::vector<std::pair<std::string, std::vector<std::string>>> HeadersOf(
    const k8s::HttpMatch& match);

// Path, headers, query parameters and method.
std::string ExpressionOf(const k8s::HttpMatch& match, bool captures);
uint64_t PriorityOf(const k8s::HttpMatch& match, std::string_view host);
MatchPattern PatternOf(const k8s::HttpMatch& match, std::string_view host, std::string_view rest);

}  // namespace kong
