// What a request must look like to take a route: hosts, paths, headers, methods and SNIs of an
// Ingress, as fields of a traditional route or as the text and priority of an expression.
//
// Paths first. Kubernetes' Prefix matches whole segments, which takes Kong two paths: "/foo/" and
// the regex "~/foo$". In a regex made from a literal path its special characters are escaped,
// unless the author wrote a regex (the path begins with the regex prefix, or legacy detection finds
// one).
//
// Priorities are the Kong Ingress Controller's 46 bits, from the high end: 2 bits source kind (3),
// 3 bits number of kinds of criteria, 8 bits headers, 1 bit all hosts plain, 15 unused, 1 bit regex
// or exact path, 16 bits length of the longest path. Pure functions; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "k8s/ingress.h"

namespace kong {

// How an author marks a path as a regex.
struct RegexMarks {
  std::string_view prefix = "/~";
  bool legacy_detection =
      false;  // Any unusual character makes a path a regex; traditional routes only.
};

// "//a///b" becomes "/a/b", and "" becomes "/".
std::string CollapseSlashes(std::string_view path);

// Appends what route.paths says for one path of an Ingress; nothing for a type that is not known.
void AppendTraditionalPaths(std::string_view path, k8s::PathType type, const RegexMarks& marks,
                            std::vector<std::string>& out);
// Can Kong compile this regex of a path, given without a mark? Says why not.
absl::Status JudgeRegexPath(std::string_view regex);
// Would Kong 2 have taken it for a regex?
bool LooksLikeRegex(std::string_view path);
// The same text as a regex that matches only it.
std::string EscapeRegex(std::string_view literal);

// All criteria of one route. The views last as long as what they were made from.
struct Criteria {
  struct Path {
    std::string_view path;
    k8s::PathType type;
  };
  std::vector<std::string_view> hosts = {};
  std::vector<Path> paths = {};  // Collapsed.
  std::vector<std::pair<std::string_view, std::vector<std::string_view>>> headers = {};
  std::vector<std::string_view> methods = {};
  std::vector<std::string_view> snis = {};
  std::string_view regex_prefix = "/~";
};
std::string ExpressionOf(const Criteria& criteria);
uint64_t PriorityOf(const Criteria& criteria);

// The parts of an expression.
//
// `field op "literal"`, with the literal escaped.
std::string Predicate(std::string_view field, std::string_view op, std::string_view literal);
// Members in parentheses with `op` between them; one alone stands as it is, empty ones are left
// out.
std::string Joined(std::string_view op, const std::vector<std::string>& members);

}  // namespace kong
