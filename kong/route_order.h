// The numbers that order Kong routes of equal priority bits: few by position, crowds by overlap.
//
// The task. Among matches of equal bits the oldest that a request satisfies must win, by creation,
// namespace and name of its object, then by position in it. 12 bits of the priority are left for
// that (8 for a GRPCRoute), 50,000 routes may have equal bits, and one more route must not renumber
// the others.
//
// The numbering.
//   Few. Up to 32 matches of equal bits: the highest number, less the position by age. These are
//   the numbers of the Kong Ingress Controller, so exchanging the controllers changes nothing.
//   Crowded. Above that, matches fall into buckets (equal bits and `apart`) and patterns (equal in
//   all they demand). The oldest match of a pattern gets highest - d, where d is the length of the
//   longest chain of older ones, each overlapping with the next, that ends in it; two overlap
//   unless some name has different exact values in them. All younger matches of the pattern get 0.
//
// Why it is right. Take two matches that both hold for a request, and have equal bits.
//   1. Their `apart` is equal, so they are of one bucket: other hosts of one length, other exact
//      paths, other prefixes of one length and other methods exclude each other.
//   2. Both oldest of their patterns: no exact values differ, so they overlap, and the younger ends
//      a longer chain: its number is lower.
//   3. One of them, L, is not the oldest of its pattern: its oldest, W, holds for the request too,
//      and its number is above 0. So L does not win, and that is right, as W is older.
//   Matches that never meet may have equal numbers. Numbers are functions of content alone, so
//   replicas and restarts agree.
//
// Why an edit changes few routes. In a crowd a number depends on older matches of one bucket that
// overlap, and on nothing else. Patterns that give values to the same names and agree in `rest`
// exclude each other: a bucket of one such shape needs no look at its members. One with several
// shapes is computed as a whole, in O(members * shapes). From 32 to 33 equals at most 33 change.
//
// The limit. A chain longer than the numbers saturates at 1; rules report it. Pure functions; any
// thread.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "kong/route_order_tables.h"

namespace kong {

inline constexpr size_t kFewEquals = 32;

// 4095, or 255 if the bits are those of a GRPCRoute, whose priorities end in 8 bits.
uint32_t HighestNumber(uint64_t bits);

// One text of several, such that no two lists of texts give the same one.
std::string JoinParts(std::initializer_list<std::string_view> parts);

MatchDigest DigestOfBucket(uint64_t bits, const MatchPattern& pattern);
MatchDigest DigestOfPattern(uint64_t bits, const MatchPattern& pattern);
MatchDigest DigestOfShape(const MatchPattern& pattern);

// Which of two matches of equal bits comes first, up to ties that do not matter. Of hosts of one
// object the later comes first, as the Kong Ingress Controller has it.
bool ComesFirst(const ExpressionMatch& a, const ExpressionMatch& b);

// The length of the longest chain of overlapping ones that ends in each; oldest first.
std::vector<uint32_t> ChainLengths(std::span<const MatchPattern* const> patterns);
uint32_t NumberInCrowd(uint64_t bits, uint32_t chain);
bool Saturates(uint64_t bits, uint32_t chain);

}  // namespace kong
