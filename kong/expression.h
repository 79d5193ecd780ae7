// Kong's expressions: parsed, judged and evaluated as Kong's router does it.
//
// The language has predicates `field operator literal`, `&&`, `||` (which binds tighter, the
// reverse of C), parentheses and `!` before them. Whether Kong takes an expression is decided here,
// field by field and type by type, so that nothing is sent that one gateway would refuse; what it
// matches is decided here too, for the simulators and for the test that holds routes against the
// specifications. Regexes are RE2's, whose syntax is that of Kong's regex library but for corners.
//
// Immutable once parsed; any thread. Parsing is linear and allocates per predicate; it nests at
// most kDeepest parentheses. Matching allocates only for lower().
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"

namespace kong {

// What a request shows to expressions. Views last as long as what they were made from.
struct RoutedRequest {
  using Multi = std::vector<std::pair<std::string_view, std::string_view>>;
  std::string_view protocol = "http";
  std::string_view method = "GET";
  std::string_view host = {};  // Lower case, without a port.
  std::string_view path = {};  // Normal, without a query.
  std::string_view sni = {};   // Empty: none.
  Multi headers = {};          // Names as expressions spell them: lower case, `_` for `-`.
  Multi queries = {};
  std::optional<int64_t> destination_port = {};
};

class Expression {
 public:
  enum class Schema { kHttp, kStream };
  static constexpr int kDeepest = 200;

  static absl::StatusOr<Expression> Parse(std::string_view text, Schema schema);
  bool Matches(const RoutedRequest& request) const { return Holds(root_, request); }

  Expression(Expression&&) noexcept;
  Expression& operator=(Expression&&) noexcept;
  ~Expression();

 private:
  friend class ExpressionParser;
  struct Node;
  Expression();
  bool Holds(uint32_t node, const RoutedRequest& request) const;

  std::vector<Node> nodes_;
  uint32_t root_ = 0;
};

}  // namespace kong
