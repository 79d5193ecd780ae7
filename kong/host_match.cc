#include "kong/host_match.h"

namespace kong {

bool Covers(std::string_view pattern, std::string_view host) {
  if (pattern.empty() || pattern == host) return true;
  if (!pattern.starts_with("*.")) return false;
  std::string_view suffix = pattern.substr(1);  // With its dot.
  return host.size() > suffix.size() && host.ends_with(suffix);
}

std::optional<engine::Symbol> Intersection(engine::Symbol a, engine::Symbol b) {
  if (Covers(a.text(), b.text())) return b;
  if (Covers(b.text(), a.text())) return a;
  return std::nullopt;
}

}  // namespace kong
