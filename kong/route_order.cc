#include "kong/route_order.h"

#include <openssl/sha.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <map>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "engine/text.h"

namespace kong {
namespace {

using engine::Cat;

void AppendPart(std::string& out, std::string_view part) {
  engine::Append(out, part.size());
  out += ':';
  out += part;
}

MatchDigest DigestOf(std::string_view text) {
  std::array<uint8_t, SHA256_DIGEST_LENGTH> sha256{};
  SHA256(reinterpret_cast<const uint8_t*>(text.data()), text.size(), sha256.data());
  MatchDigest digest;
  std::copy_n(sha256.begin(), digest.bytes.size(), digest.bytes.begin());
  return digest;
}

// The longest chains so far, by what a new pattern must agree with to continue them.
//
// Two patterns overlap if they agree in the names that both have. So for each shape, a set of
// names, and each set of names that it shares with another, there is a map from the values there to
// the longest chain that ends in a pattern of that shape with those values.
class Chains {
 public:
  uint32_t Add(const MatchPattern& pattern) {
    size_t shape = ShapeOf(pattern);
    uint32_t chain = 0;
    for (size_t other = 0; other < shapes_.size(); ++other) {
      const Ends& ends = EndsOf(other, Shared(shape, other));
      if (auto at = ends.longest.find(ValuesOf(pattern, ends.names)); at != ends.longest.end())
        chain = std::max(chain, at->second);
    }
    members_[shape].push_back({&pattern, chain});
    for (Ends& ends : ends_[shape]) Note(ends, pattern, chain);
    return chain;
  }

 private:
  using Names = std::vector<std::string_view>;
  struct Ends {  // Of chains, in patterns of one shape.
    Names names;
    absl::flat_hash_map<std::string, uint32_t> longest;  // By values; of what may come next.
  };
  struct Member {
    const MatchPattern* pattern;
    uint32_t chain;
  };

  size_t ShapeOf(const MatchPattern& pattern) {
    Names names;
    for (const auto& [name, value] : pattern.exact) names.push_back(name);
    auto [at, added] = shape_numbers_.try_emplace(std::move(names), shapes_.size());
    if (added) {
      shapes_.push_back(&*at);
      ends_.emplace_back();
      members_.emplace_back();
    }
    return at->second;
  }

  Names Shared(size_t a, size_t b) const {
    Names shared;
    std::set_intersection(shapes_[a]->first.begin(), shapes_[a]->first.end(),
                          shapes_[b]->first.begin(), shapes_[b]->first.end(),
                          std::back_inserter(shared));
    return shared;
  }

  // Few sets of names are shared with a shape, so a list serves; one that is new learns of all.
  const Ends& EndsOf(size_t shape, Names names) {
    for (const Ends& ends : ends_[shape]) {
      if (ends.names == names) return ends;
    }
    Ends& ends = ends_[shape].emplace_back(Ends{std::move(names), {}});
    for (const Member& member : members_[shape]) Note(ends, *member.pattern, member.chain);
    return ends;
  }

  static void Note(Ends& ends, const MatchPattern& pattern, uint32_t chain) {
    uint32_t& longest = ends.longest[ValuesOf(pattern, ends.names)];
    longest = std::max(longest, chain + 1);
  }

  // `names` are sorted, as those of the pattern, and all among them.
  static std::string ValuesOf(const MatchPattern& pattern, const Names& names) {
    std::string values;
    auto next = names.begin();
    for (const auto& [name, value] : pattern.exact) {
      if (next == names.end()) break;
      if (*next != name) continue;
      AppendPart(values, value);
      ++next;
    }
    return values;
  }

  std::map<Names, size_t> shape_numbers_;
  std::vector<const std::pair<const Names, size_t>*> shapes_;
  std::vector<std::vector<Ends>> ends_;       // By shape.
  std::vector<std::vector<Member>> members_;  // By shape.
};

}  // namespace

uint32_t HighestNumber(uint64_t bits) {
  constexpr uint64_t kFromGrpcRoute = 1;
  return bits >> 44 == kFromGrpcRoute ? 255 : 4095;
}

std::string JoinParts(std::initializer_list<std::string_view> parts) {
  std::string out;
  for (std::string_view part : parts) AppendPart(out, part);
  return out;
}

MatchDigest DigestOfBucket(uint64_t bits, const MatchPattern& pattern) {
  return DigestOf(Cat(bits, ' ', pattern.apart));
}

MatchDigest DigestOfPattern(uint64_t bits, const MatchPattern& pattern) {
  std::string text = Cat(bits, ' ');
  AppendPart(text, pattern.apart);
  AppendPart(text, pattern.rest);
  for (const auto& [name, value] : pattern.exact) {
    AppendPart(text, name);
    AppendPart(text, value);
  }
  return DigestOf(text);
}

MatchDigest DigestOfShape(const MatchPattern& pattern) {
  std::string text;
  AppendPart(text, pattern.rest);
  for (const auto& [name, value] : pattern.exact) AppendPart(text, name);
  return DigestOf(text);
}

bool ComesFirst(const ExpressionMatch& a, const ExpressionMatch& b) {
  if (auto c = a.rank() <=> b.rank(); c != 0) return c < 0;
  if (a.host_nth != b.host_nth) return a.host_nth > b.host_nth;
  return a.route < b.route;
}

std::vector<uint32_t> ChainLengths(std::span<const MatchPattern* const> patterns) {
  Chains chains;
  std::vector<uint32_t> lengths;
  for (const MatchPattern* pattern : patterns) lengths.push_back(chains.Add(*pattern));
  return lengths;
}

bool Saturates(uint64_t bits, uint32_t chain) { return chain >= HighestNumber(bits); }

uint32_t NumberInCrowd(uint64_t bits, uint32_t chain) {
  return Saturates(bits, chain) ? 1 : HighestNumber(bits) - chain;
}

}  // namespace kong
