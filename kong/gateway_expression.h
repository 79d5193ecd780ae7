// Parts of the expressions that routes of the Gateway API become: hosts, ports, SNIs, and names of
// headers and query parameters that Kong's expression language can spell.
//
// Pure functions; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "kong/annotations.h"
#include "kong/attachment_tables.h"

namespace kong {

// What matches every HTTP request, because Kong takes no empty expression.
inline constexpr std::string_view kEveryHttpRequest =
    R"((net.protocol == "http") || (net.protocol == "https"))";

std::string HostPredicate(std::string_view host);  // Empty for an empty host.
std::string SniPredicate(const RouteSettings& settings);
std::string AnySni(const std::vector<std::string>& snis);
std::string AnyPort(const std::vector<int32_t>& ports);

// The field of a header; empty if the language has no way to write it.
std::string HeaderField(std::string_view name);
std::string QueryField(std::string_view name);

// Why Kong's router would not take this regex; empty if it would.
std::string WhyBadRegex(std::string_view regex);

// The bits that all routes of the Gateway API have: what kind they are of, and their host.
uint64_t HostBits(uint64_t kind, std::string_view host);

// In a route's name.
std::string HostInName(std::string_view host);

}  // namespace kong
