// One match of a GRPCRoute as fields of a traditional Kong route, and as an expression. Pure; any
// thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "k8s/grpc_route.h"
#include "kong/route_order_tables.h"

namespace kong {

// OK if the flavour can serve the match; else what the author has to change.
absl::Status CheckMatch(const k8s::GrpcMatch& match, bool expressions);

std::string GrpcPath(const k8s::GrpcMatch& match);  // "~/…", or "/" for every call.
std::vector<std::pair<std::string, std::vector<std::string>>> HeadersOf(
    const k8s::GrpcMatch& match);

// Empty if there is no method in the match.
std::string MethodExpression(const k8s::GrpcMatch& match);
std::string HeaderExpression(const k8s::GrpcMatch& match);
uint64_t PriorityOf(const k8s::GrpcMatch& match, std::string_view host);
MatchPattern PatternOf(const k8s::GrpcMatch& match, std::string_view host, std::string_view rest);

}  // namespace kong
