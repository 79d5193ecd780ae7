// Rows of the order of equals: which of several Kong routes with equal priority bits comes first.
//
// The priority of an expression says how specific a match is, in lengths and counts, and leaves its
// lowest bits to a number that orders equals: older first, as the Gateway API wants it. Route rules
// write an ExpressionMatch for each Kong route and read back its ExpressionOrder; the rules between
// (rules/route_order.cc) and the algorithm (route_order.h) know nothing of HTTP. Plain values.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "engine/claims.h"
#include "engine/text.h"
#include "kong/entity.h"

namespace kong {

// What a match demands, as far as two of equal bits can be told apart by it.
//
// - `apart`: of HTTP the host, the method, and the path unless it is a regex or longer than its
//   length field; of gRPC the host.
// - `exact`: of HTTP headers and query parameters; of gRPC service, method and headers; unless they
//   are regexes.
// - `rest`: all else, so regexes, SNIs, ports and protocols.
//
// gRPC's bits do not tell a regex from an exact method, so its path is not part of `apart`.
struct MatchPattern {
  std::string apart;  // JoinParts; with other text two matches of equal bits share no request.
  // By name, each name once: with other values of one name two matches share no request.
  std::vector<std::pair<std::string, std::string>> exact;
  std::string rest;  // With other text two matches may share requests or not.
  auto fields() const { return std::tie(apart, exact, rest); }
};

// A Kong route that is to be ordered among its equals.
struct ExpressionMatch {
  using Key = EntityId;
  EntityId route;
  uint64_t bits = 0;  // Its priority, with zeros where the number goes.
  MatchPattern pattern;
  ObjectRef object;
  int64_t created_s = 0;
  uint32_t nth = 0;       // Position among the matches of the object, rule after rule.
  uint32_t host_nth = 0;  // Position of its host among those of the object.
  Key key() const { return route; }
  engine::Rank rank() const {
    return {.created_s = created_s, .nth = nth, .ns = object.ns, .name = object.name};
  }
  auto fields() const { return std::tie(route, bits, pattern, object, created_s, nth, host_nth); }
};

// What the route's rule reads: its priority is bits | number.
struct ExpressionOrder {
  using Key = EntityId;
  EntityId route;
  uint32_t number = 0;
  Key key() const { return route; }
  auto fields() const { return std::tie(route, number); }
};

// ---- between the two

// The first half of a SHA-256: tenants choose what is hashed, and two patterns that collide would
// hide one behind the other.
struct MatchDigest {
  std::array<uint8_t, 16> bytes{};
  friend auto operator<=>(const MatchDigest&, const MatchDigest&) = default;
  auto fields() const { return std::tie(bytes); }
  std::string text() const {
    return engine::Hex({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  }
};

// More matches have these bits than are numbered one by one.
struct CrowdedBits {
  using Key = uint64_t;
  uint64_t bits = 0;
  Key key() const { return bits; }
  auto fields() const { return std::tie(bits); }
};

// A claim to be the oldest match of a pattern; the others can never win while it is there.
struct OldestOfPattern {
  using Key = MatchDigest;
  MatchDigest pattern, bucket;
  EntityId route;
  uint64_t bits = 0;
  Key key() const { return pattern; }
  auto fields() const { return std::tie(pattern, bucket, route, bits); }
};

// Which names patterns of a bucket give values to, and what else they say.
struct BucketShape {
  struct Key {
    MatchDigest bucket, shape;
    friend auto operator<=>(const Key&, const Key&) = default;
    auto fields() const { return std::tie(bucket, shape); }
  };
  Key id;
  Key key() const { return id; }
  auto fields() const { return std::tie(id); }
};

// Patterns of this bucket have several shapes, so they may share requests.
struct TangledBucket {
  using Key = MatchDigest;
  MatchDigest bucket;
  Key key() const { return bucket; }
  auto fields() const { return std::tie(bucket); }
};

}  // namespace kong
