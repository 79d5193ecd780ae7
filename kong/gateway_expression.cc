#include "kong/gateway_expression.h"

#include <algorithm>

#include "engine/text.h"
#include "kong/route_match.h"
#include "re2/re2.h"

namespace kong {
namespace {

using engine::Cat;

bool IsFieldName(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '.';
  });
}

}  // namespace

std::string HostPredicate(std::string_view host) {
  if (host.empty()) return "";
  if (host.starts_with('*')) return Predicate("http.host", "=^", host.substr(1));
  return Predicate("http.host", "==", host);
}

std::string AnySni(const std::vector<std::string>& snis) {
  std::vector<std::string> any;
  for (const std::string& sni : snis) {
    any.push_back(sni.starts_with('*') ? Predicate("tls.sni", "=^", sni.substr(1))
                                       : Predicate("tls.sni", "==", sni));
  }
  return Joined("||", any);
}

std::string SniPredicate(const RouteSettings& settings) {
  return settings.snis ? AnySni(*settings.snis) : "";
}

std::string AnyPort(const std::vector<int32_t>& ports) {
  std::vector<std::string> any;
  for (int32_t port : ports) any.push_back(Cat("net.dst.port == ", port));
  return Joined("||", any);
}

std::string HeaderField(std::string_view name) {
  std::string field = engine::Lower(name);
  std::replace(field.begin(), field.end(), '-', '_');
  return IsFieldName(field) ? Cat("http.headers.", field) : "";
}

std::string QueryField(std::string_view name) {
  return IsFieldName(name) ? Cat("http.queries.", name) : "";
}

std::string WhyBadRegex(std::string_view regex) {
  RE2::Options options;
  options.set_log_errors(false);
  RE2 re(re2::StringPiece(regex.data(), regex.size()), options);
  // Look-around is for Kong to judge: its traditional router has it.
  if (re.ok() || re.error_code() == RE2::ErrorBadPerlOp) return "";
  return re.error();
}

uint64_t HostBits(uint64_t kind, std::string_view host) {
  uint64_t precise = !host.empty() && !host.starts_with('*');
  return kind << 44 | precise << 43 | std::min<uint64_t>(host.size(), 255) << 35;
}

std::string HostInName(std::string_view host) {
  if (host.empty()) return "_";
  std::string out(host);
  std::replace(out.begin(), out.end(), '*', '_');
  return out;
}

}  // namespace kong
