// What Kong checks in code and shows in no schema, one function a check.
//
// One entity that breaks a rule makes Kong refuse a whole configuration, so what the rules emit
// must pass here as well as the schemas. Found from Kong's recorded refusals, its documentation and
// its sources; words are Kong's where a recording shows them, and end in our libraries' words where
// Kong's come from PCRE or OpenSSL. What cannot be judged here (a construct that RE2 lacks) passes.
// What concerns several entities (names that occur twice, references into nothing) is
// payload_index.h's. Pure functions; any thread; for tests and simulators, on no hot path.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "kong/json_tree.h"

namespace kong {

struct Breach {
  std::string
      field;  // Dotted, an element by its position: "paths.1". Empty: the entity as a whole.
  std::string why;
};
using Breaches = std::vector<Breach>;

// All that Kong's code finds wrong with one entity in its flat form; `array` is its section.
Breaches CheckEntity(std::string_view array, const Json& row, bool expressions);

// Of any entity.
void CheckTags(const Json& row, Breaches& out);
// Names of services, routes, upstreams and SNIs; each has an alphabet of its own.
void CheckName(std::string_view array, const Json& row, Breaches& out);
// Hosts of services, addresses of targets.
void CheckAddress(std::string_view array, const Json& row, Breaches& out);

// Of routes.
void CheckHosts(const Json& row, Breaches& out);
void CheckPaths(const Json& row, Breaches& out);           // Normal, or good regexes.
void CheckProtocolFields(const Json& row, Breaches& out);  // What its protocols do not allow.
void CheckMatchFields(const Json& row, bool expressions,
                      Breaches& out);  // It must match on something.
void CheckRouterExpression(const Json& row, bool expressions, Breaches& out);

// Of plugins.
void CheckUrls(const Json& row, Breaches& out);

// Of certificates, CA certificates and JWT credentials.
void CheckKeyPairs(const Json& row, Breaches& out);
void CheckAuthority(const Json& row, Breaches& out);
void CheckPublicKey(const Json& row, Breaches& out);

// The parts that others need.
bool IsUuid(std::string_view text);
bool IsHostname(std::string_view text);
std::string JudgeRegex(std::string_view pattern);  // Empty: valid, or beyond our judgement.
// `path` with Kong's normal form of percent-encoding, dot segments and slashes.
std::string NormalPath(std::string_view path);

}  // namespace kong
