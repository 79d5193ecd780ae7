#include "kong/ingress_split.h"

#include <algorithm>
#include <functional>
#include <map>
#include <utility>
#include <vector>

#include "engine/text.h"
#include "kong/route_match.h"

namespace kong {
namespace {

// The bits of the priority that come from one path.
uint64_t WeightOf(const RoutePlan::Path& path, std::string_view regex_prefix) {
  return PriorityOf({.paths = {{path.path, path.type}}, .regex_prefix = regex_prefix});
}

struct Ranked {
  const RoutePlan::Path* path;
  uint64_t rank;
  bool regex;
};

class Splitter {
 public:
  explicit Splitter(IngressPlan& plan) : plan_(plan), prefix_(plan.settings.regex_prefix) {}

  void Split() {
    for (const RoutePlan& route : plan_.routes) ranked_.push_back(RanksOf(route));
    std::vector<bool> misleading;
    for (size_t i = 0; i < plan_.routes.size(); ++i) misleading.push_back(IsMisleading(i));
    std::vector<RoutePlan> out;
    for (size_t i = 0; i < plan_.routes.size(); ++i) {
      if (misleading[i])
        AppendParts(i, out);
      else
        out.push_back(std::move(plan_.routes[i]));
    }
    plan_.routes = std::move(out);
  }

 private:
  std::vector<Ranked> RanksOf(const RoutePlan& route) const {
    std::vector<Ranked> ranked;
    for (const RoutePlan::Path& path : route.paths) {
      bool regex =
          path.type == k8s::PathType::kImplementationSpecific && path.path.starts_with(prefix_);
      ranked.push_back({&path, WeightOf(path, prefix_), regex});
    }
    return ranked;
  }

  // A request may match both; sometimes it says so of two that never meet.
  static bool MayMeet(const Ranked& a, const Ranked& b) {
    if (a.regex || b.regex) return true;
    std::string_view shorter = a.path->path, longer = b.path->path;
    if (shorter.size() > longer.size()) std::swap(shorter, longer);
    while (shorter.ends_with('/')) shorter.remove_suffix(1);
    return longer.starts_with(shorter);
  }

  bool IsMisleading(size_t route) const {
    const std::vector<Ranked>& own = ranked_[route];
    auto by_rank = [](const Ranked& a, const Ranked& b) { return a.rank < b.rank; };
    auto [least, most] = std::minmax_element(own.begin(), own.end(), by_rank);
    if (own.empty() || least->rank == most->rank) return false;
    for (size_t other = 0; other < ranked_.size(); ++other) {
      if (other == route || HostsDiffer(other, route)) continue;
      for (const Ranked& theirs : ranked_[other]) {
        if (theirs.rank > most->rank) continue;
        if (std::any_of(own.begin(), own.end(), [&](const Ranked& each) {
              return each.rank < theirs.rank && MayMeet(each, theirs);
            }))
          return true;
      }
    }
    return false;
  }
  bool HostsDiffer(size_t a, size_t b) const {
    return plan_.routes[a].host != plan_.routes[b].host;
  }

  void AppendParts(size_t nth, std::vector<RoutePlan>& out) const {
    const RoutePlan& whole = plan_.routes[nth];
    std::map<uint64_t, RoutePlan, std::greater<>> parts;
    for (const Ranked& each : ranked_[nth]) {
      auto [part, fresh] = parts.try_emplace(each.rank);
      if (fresh) part->second = WithoutPaths(whole);
      part->second.paths.push_back(*each.path);
    }
    for (auto& [rank, part] : parts) {
      if (rank != parts.begin()->first) part.name += SuffixOf(rank);
      out.push_back(std::move(part));
    }
  }

  static RoutePlan WithoutPaths(RoutePlan whole) {
    whole.paths.clear();
    return whole;
  }

  // No name that Kubernetes allows has a "~".
  static std::string SuffixOf(uint64_t rank) {
    constexpr uint64_t kRegex = 1 << 16, kLength = kRegex - 1;
    return engine::Cat('~', rank & kLength, rank & kRegex ? "" : "p");
  }

  IngressPlan& plan_;
  std::string_view prefix_;
  std::vector<std::vector<Ranked>> ranked_;  // By route; points into plan_.
};

}  // namespace

void SplitMisleadingRoutes(IngressPlan& plan) { Splitter(plan).Split(); }

}  // namespace kong
