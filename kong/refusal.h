// What a gateway's refusal of a payload means: which entities, whose objects, what to tell their
// authors.
//
// Kong says what is wrong in two shapes: `flattened_errors` (asked for with flatten_errors=1) names
// entities by id, name and tags, and loses what breaks between entities; `fields` mirrors the
// document by position, name or id. Both are read loosely, for an empty list arrives as an object
// and lists have null holes. Messages keep Kong's words about a field and never the entity that it
// echoes, which may hold a key.
//
// Pure functions over bytes that a stranger sent; any thread. A refusal costs a parse of its body.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "kong/payload.h"

namespace kong {

struct Culprit {
  PartRef part;
  std::string message;  // "paths.1: should start with: / (fixed path) or ~/ (regex path)"
};

struct Refusal {
  enum class Kind {
    kCulprits,      // Without them it would be taken.
    kNamesNothing,  // Something in it is wrong, and Kong does not say what.
    kTooLarge,      // A setting of the gateway must change: see `message`.
    kWhole,         // The document as such, or the request: see `message`.
  };
  Kind kind = Kind::kNamesNothing;
  std::vector<Culprit> culprits;  // Each part once.
  std::string message;            // For an operator.
};

// The answer to POST /config with a status of 400 or 413. `body` may be cut.
Refusal ReadRefusal(const Payload& payload, int status, std::string_view body);

// Why another answer is none that we hoped for.
std::string ExplainStatus(int status, std::string_view body);

}  // namespace kong
