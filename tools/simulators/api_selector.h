// Label and field selectors, as lists and watches take them.
//
// Labels: =, ==, !=, in, notin, exists, !exists, joined by commas. Fields: metadata.name and
// metadata.namespace with =, == and !=. Anything else is an error, as on a real server.
// A value type; any thread.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace simulators {

using Labels = std::map<std::string, std::string, std::less<>>;

class ApiSelector {
 public:
  static absl::StatusOr<ApiSelector> Parse(std::string_view labels, std::string_view fields);
  bool Matches(std::string_view space, std::string_view name, const Labels& labels) const;
  bool everything() const { return terms_.empty(); }

 private:
  struct Term {
    enum class How { kIn, kNotIn, kExists, kMissing };
    std::string key;  // metadata.name and metadata.namespace of fields, else a label.
    How how = How::kExists;
    std::vector<std::string> values;
    bool field = false;
  };
  static absl::StatusOr<Term> ParseTerm(std::string_view text);
  static bool Fits(const Term& term, const std::string_view* value);
  std::vector<Term> terms_;
};

}  // namespace simulators
