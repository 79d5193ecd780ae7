// What is wrong with an author's object: a finding while something is read, and the row it becomes.
//
// A failure means that part of the object has no effect in Kong; the Kong Ingress Controller sends
// an event for it. A warning means that a value was ignored and a default took its place, of which
// that controller says nothing or writes a line in its own log. Rules do not log; they report.
#pragma once

#include <cstdint>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "engine/fingerprint.h"
#include "kong/entity.h"

namespace kong {

enum class Severity : uint8_t { kWarning, kFailure };

struct Finding {
  Severity severity = Severity::kWarning;
  std::string text;
  friend bool operator==(const Finding&, const Finding&) = default;
};
using Findings = std::vector<Finding>;

inline void Warn(Findings& findings, std::string text) {
  findings.push_back({Severity::kWarning, std::move(text)});
}
inline void Fail(Findings& findings, std::string text) {
  findings.push_back({Severity::kFailure, std::move(text)});
}

// A row of `problems`. Several rules may say the same of one object; it is one row.
struct Problem {
  struct Key {
    ObjectRef object;
    uint32_t severity = 0;
    uint64_t text_hash = 0;
    friend auto operator<=>(const Key&, const Key&) = default;
  };
  ObjectRef object;
  Severity severity = Severity::kWarning;
  std::string text;

  Key key() const {
    return {object, static_cast<uint32_t>(severity), engine::Fingerprint::Of(text).low};
  }
  auto fields() const { return std::tie(object, severity, text); }
};

}  // namespace kong
