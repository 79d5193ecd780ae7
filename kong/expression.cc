#include "kong/expression.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "engine/status_macros.h"
#include "engine/text.h"
#include "re2/re2.h"

namespace kong {

using engine::Cat;
using engine::InvalidArgument;

namespace {

enum class Type { kText, kNumber, kAddress };
enum class Field {
  kProtocol,
  kSni,
  kMethod,
  kHost,
  kPath,
  kSegments,
  kSegmentCount,
  kHeader,
  kQuery,
  kDestinationPort,
  kUnseen,  // A field that no RoutedRequest has.
};
enum class Op {
  kEqual,
  kUnequal,
  kRegex,
  kPrefix,
  kSuffix,
  kContains,
  kAbove,
  kAtLeast,
  kBelow,
  kAtMost,
  kIn,
  kNotIn,
};

struct FieldForm {
  std::string_view name;  // Of a family: what its members begin with.
  Field field;
  Type type;
  bool family = false;
  bool stream = true;
};
// The members of a family come after its fixed names.
constexpr std::array<FieldForm, 14> kFields = {{
    {"net.protocol", Field::kProtocol, Type::kText},
    {"tls.sni", Field::kSni, Type::kText},
    {"http.method", Field::kMethod, Type::kText, false, false},
    {"http.host", Field::kHost, Type::kText, false, false},
    {"http.path", Field::kPath, Type::kText, false, false},
    {"http.path.segments.len", Field::kSegmentCount, Type::kNumber, false, false},
    {"http.path.segments.", Field::kSegments, Type::kText, true, false},
    {"http.headers.", Field::kHeader, Type::kText, true, false},
    {"http.queries.", Field::kQuery, Type::kText, true, false},
    {"net.src.port", Field::kUnseen, Type::kNumber},
    {"net.dst.port", Field::kDestinationPort, Type::kNumber},
    {"net.port", Field::kDestinationPort, Type::kNumber},
    {"net.src.ip", Field::kUnseen, Type::kAddress},
    {"net.dst.ip", Field::kUnseen, Type::kAddress},
}};

struct OpForm {
  std::string_view text;
  Op op;
};
// Longer ones first, where one begins another.
constexpr std::array<OpForm, 12> kOps = {{
    {"==", Op::kEqual},
    {"!=", Op::kUnequal},
    {"=^", Op::kSuffix},
    {"^=", Op::kPrefix},
    {"~", Op::kRegex},
    {">=", Op::kAtLeast},
    {"<=", Op::kAtMost},
    {">", Op::kAbove},
    {"<", Op::kBelow},
    {"not in", Op::kNotIn},
    {"in", Op::kIn},
    {"contains", Op::kContains},
}};

bool IsLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsSpace(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

bool Takes(Type type, Op op, bool is_range) {
  switch (op) {
    case Op::kEqual:
    case Op::kUnequal:
      return !is_range;
    case Op::kRegex:
    case Op::kPrefix:
    case Op::kSuffix:
    case Op::kContains:
      return type == Type::kText;
    case Op::kAbove:
    case Op::kAtLeast:
    case Op::kBelow:
    case Op::kAtMost:
      return type == Type::kNumber;
    case Op::kIn:
    case Op::kNotIn:
      return type == Type::kAddress && is_range;
  }
  return false;
}

// "3" or "1_3": which segments of a path, from 0; nullopt if it is neither.
std::optional<std::pair<size_t, size_t>> ParseSegments(std::string_view text) {
  std::vector<std::string_view> ends = engine::Split(text, '_');
  if (ends.empty() || ends.size() > 2) return std::nullopt;
  std::array<size_t, 2> numbers{};
  for (size_t i = 0; i < ends.size(); ++i) {
    auto number = engine::ParseInt(ends[i]);
    if (!number || *number < 0 || Cat(*number) != ends[i]) return std::nullopt;
    numbers[i] = static_cast<size_t>(*number);
  }
  if (ends.size() == 1) return std::pair(numbers[0], numbers[0]);
  if (numbers[0] >= numbers[1]) return std::nullopt;
  return std::pair(numbers[0], numbers[1]);
}

std::string_view WithoutOuterSlashes(std::string_view path) {
  if (path.starts_with('/')) path.remove_prefix(1);
  if (path.ends_with('/')) path.remove_suffix(1);
  return path;
}

// Segments `first` to `last` with the slashes between them; nullopt if there are not so many.
std::optional<std::string_view> SegmentsOf(std::string_view path, size_t first, size_t last) {
  path = WithoutOuterSlashes(path);
  size_t begin = 0;
  for (size_t i = 0; i < first; ++i) {
    size_t slash = path.find('/', begin);
    if (slash == path.npos) return std::nullopt;
    begin = slash + 1;
  }
  size_t end = begin;
  for (size_t i = first; i <= last; ++i) {
    if (i > first && end == path.size()) return std::nullopt;
    end = std::min(path.find('/', i == first ? begin : end + 1), path.size());
  }
  return path.substr(begin, end - begin);
}

// "(?<name>" is "(?P<name>" to RE2; "(?<=" and "(?<!" are look-behind, which neither has.
std::string WithNamesSpelledOut(std::string_view regex) {
  std::string out;
  for (size_t i = 0; i < regex.size(); ++i) {
    out += regex[i];
    if (out.ends_with("(?") && i + 2 < regex.size() && regex[i + 1] == '<' &&
        IsLetter(regex[i + 2]))
      out += 'P';
  }
  return out;
}

bool IsAddress(std::string_view text, bool& is_range) {
  size_t slash = text.find('/');
  is_range = slash != text.npos;
  std::string address(text.substr(0, slash));
  unsigned char bytes[16];
  bool v4 = inet_pton(AF_INET, address.c_str(), bytes) == 1;
  if (!v4 && inet_pton(AF_INET6, address.c_str(), bytes) != 1) return false;
  if (!is_range) return true;
  auto length = engine::ParseInt(text.substr(slash + 1));
  return length && *length >= 0 && *length <= (v4 ? 32 : 128);
}

}  // namespace

struct Expression::Node {
  enum class Kind { kPredicate, kAll, kAny, kNone };
  Kind kind = Kind::kPredicate;
  std::vector<uint32_t> members;  // Of all kinds but predicates.
  Field field = Field::kUnseen;
  Op op = Op::kEqual;
  bool any = false, lower = false;
  std::string name;  // Of a header or query parameter.
  std::pair<size_t, size_t> segments;
  std::string text;
  int64_t number = 0;
  std::unique_ptr<RE2> regex;

  bool HoldsFor(std::string_view value) const;
  bool HoldsFor(int64_t value) const;
};

Expression::Expression() = default;
Expression::Expression(Expression&&) noexcept = default;
Expression& Expression::operator=(Expression&&) noexcept = default;
Expression::~Expression() = default;

bool Expression::Node::HoldsFor(std::string_view value) const {
  std::string lowered;
  if (lower) value = lowered = engine::Lower(value);
  switch (op) {
    case Op::kEqual:
      return value == text;
    case Op::kUnequal:
      return value != text;
    case Op::kPrefix:
      return value.starts_with(text);
    case Op::kSuffix:
      return value.ends_with(text);
    case Op::kContains:
      return value.find(text) != value.npos;
    case Op::kRegex:
      return regex->ok() && RE2::PartialMatch(re2::StringPiece(value.data(), value.size()), *regex);
    default:
      return false;
  }
}

bool Expression::Node::HoldsFor(int64_t value) const {
  switch (op) {
    case Op::kEqual:
      return value == number;
    case Op::kUnequal:
      return value != number;
    case Op::kAbove:
      return value > number;
    case Op::kAtLeast:
      return value >= number;
    case Op::kBelow:
      return value < number;
    case Op::kAtMost:
      return value <= number;
    default:
      return false;
  }
}

bool Expression::Holds(uint32_t at, const RoutedRequest& request) const {
  const Node& node = nodes_[at];
  if (node.kind != Node::Kind::kPredicate) {
    auto holds = [&](uint32_t member) { return Holds(member, request); };
    if (node.kind == Node::Kind::kAll)
      return std::all_of(node.members.begin(), node.members.end(), holds);
    return (node.kind == Node::Kind::kAny) ==
           std::any_of(node.members.begin(), node.members.end(), holds);
  }
  // Of several values all must fit, or one with any(); without a value nothing holds.
  auto among = [&node](const RoutedRequest::Multi& values) {
    bool found = false;
    for (const auto& [name, value] : values) {
      if (name != node.name) continue;
      found = true;
      if (node.HoldsFor(value) == node.any) return node.any;
    }
    return found && !node.any;
  };
  switch (node.field) {
    case Field::kProtocol:
      return node.HoldsFor(request.protocol);
    case Field::kSni:
      return !request.sni.empty() && node.HoldsFor(request.sni);
    case Field::kMethod:
      return node.HoldsFor(request.method);
    case Field::kHost:
      return !request.host.empty() && node.HoldsFor(request.host);
    case Field::kPath:
      return node.HoldsFor(request.path);
    case Field::kSegments: {
      auto value = SegmentsOf(request.path, node.segments.first, node.segments.second);
      return value && node.HoldsFor(*value);
    }
    case Field::kSegmentCount: {
      std::string_view inner = WithoutOuterSlashes(request.path);
      return node.HoldsFor(inner.empty() ? int64_t{0}
                                         : 1 + std::count(inner.begin(), inner.end(), '/'));
    }
    case Field::kHeader:
      return among(request.headers);
    case Field::kQuery:
      return among(request.queries);
    case Field::kDestinationPort:
      return request.destination_port && node.HoldsFor(*request.destination_port);
    case Field::kUnseen:
      return false;
  }
  return false;
}

// Recursive descent; `at_` stands on what is not yet read.
class ExpressionParser {
 public:
  ExpressionParser(std::string_view text, Expression::Schema schema)
      : text_(text), schema_(schema) {}

  absl::StatusOr<Expression> Parse() {
    ASSIGN_OR_RETURN(out_.root_, ParseAll());
    SkipSpace();
    if (at_ != text_.size()) return Error("expected && or ||");
    return std::move(out_);
  }

 private:
  using Node = Expression::Node;

  // Terms joined by ||, which binds tighter, joined by &&.
  absl::StatusOr<uint32_t> ParseAll() {
    std::vector<uint32_t> members;
    do {
      ASSIGN_OR_RETURN(uint32_t next, ParseAny());
      members.push_back(next);
    } while (Take("&&"));
    return Add(Node::Kind::kAll, std::move(members));
  }

  absl::StatusOr<uint32_t> ParseAny() {
    std::vector<uint32_t> members;
    do {
      ASSIGN_OR_RETURN(uint32_t next, ParseTerm());
      members.push_back(next);
    } while (Take("||"));
    return Add(Node::Kind::kAny, std::move(members));
  }

  absl::StatusOr<uint32_t> ParseTerm() {
    bool negated = Take("!");
    if (!Take("(")) {
      if (negated) return Error("expected a parenthesis after !");
      return ParsePredicate();
    }
    if (++depth_ > Expression::kDeepest) return Error("too many nested parentheses");
    ASSIGN_OR_RETURN(uint32_t inner, ParseAll());
    --depth_;
    if (!Take(")")) return Error("expected )");
    return negated ? Add(Node::Kind::kNone, {inner}) : inner;
  }

  absl::StatusOr<uint32_t> ParsePredicate() {
    Node node;
    Type type = Type::kText;
    RETURN_IF_ERROR(ParseLeftSide(node, type));
    if (!TakeOp(node.op)) return Error("expected an operator");
    RETURN_IF_ERROR(ParseLiteral(node, type));
    out_.nodes_.push_back(std::move(node));
    return static_cast<uint32_t>(out_.nodes_.size() - 1);
  }

  absl::Status ParseLeftSide(Node& node, Type& type) {
    size_t functions = 0;
    std::string_view name = TakeName();
    for (; Take("("); name = TakeName()) {
      if (name == "any")
        node.any = true;
      else if (name == "lower")
        node.lower = true;
      else
        return Error(Cat("there is no function ", name));
      if (++functions > 8) return Error("too many functions");
    }
    for (; functions > 0; --functions) {
      if (!Take(")")) return Error("expected )");
    }
    RETURN_IF_ERROR(FindField(name, node, type));
    if (node.lower && type != Type::kText) return Error("lower() takes a text");
    return absl::OkStatus();
  }

  absl::Status FindField(std::string_view name, Node& node, Type& type) {
    for (const FieldForm& form : kFields) {
      bool is_it = form.family ? name.starts_with(form.name) && name.size() > form.name.size()
                               : name == form.name;
      if (!is_it || (schema_ == Expression::Schema::kStream && !form.stream)) continue;
      node.field = form.field;
      type = form.type;
      if (form.family) node.name = name.substr(form.name.size());
      if (form.field != Field::kSegments) return absl::OkStatus();
      auto segments = ParseSegments(node.name);
      if (!segments) break;
      node.segments = *segments;
      return absl::OkStatus();
    }
    return Error(Cat("there is no field '", name, "'"));
  }

  absl::Status ParseLiteral(Node& node, Type type) {
    SkipSpace();
    bool is_range = false;
    bool quoted = text_.substr(at_).starts_with('"') || text_.substr(at_).starts_with("r#\"");
    if (quoted != (type == Type::kText)) return Error("the literal is of another type");
    if (quoted) {
      RETURN_IF_ERROR(text_[at_] == 'r' ? ParseRaw(node.text) : ParseQuoted(node.text));
    } else {
      size_t begin = at_;
      while (at_ < text_.size() && !IsSpace(text_[at_]) &&
             std::string_view(")&|").find(text_[at_]) == std::string_view::npos)
        ++at_;
      node.text = text_.substr(begin, at_ - begin);
      if (type == Type::kNumber) RETURN_IF_ERROR(ParseNumber(node));
      if (type == Type::kAddress && !IsAddress(node.text, is_range))
        return Error(Cat("'", node.text, "' is no IP address"));
    }
    if (!Takes(type, node.op, is_range)) return Error("the operator is not for this type");
    return node.op == Op::kRegex ? CompileRegex(node) : absl::OkStatus();
  }

  absl::Status CompileRegex(Node& node) {
    RE2::Options options;
    options.set_log_errors(false);
    node.regex = std::make_unique<RE2>(WithNamesSpelledOut(node.text), options);
    switch (node.regex->error_code()) {
      case RE2::NoError:
      case RE2::ErrorRepeatSize:  // RE2's limits, and repeated operators, which Kong allows.
      case RE2::ErrorPatternTooLarge:
      case RE2::ErrorRepeatOp:
        return absl::OkStatus();
      default:
        return Error(Cat("bad regex: ", node.regex->error()));
    }
  }

  absl::Status ParseRaw(std::string& out) {
    at_ += 3;
    size_t end = text_.find("\"#", at_);
    if (end == text_.npos) return Error("the raw text does not end");
    out = text_.substr(at_, end - at_);
    at_ = end + 2;
    return absl::OkStatus();
  }

  absl::Status ParseQuoted(std::string& out) {
    for (++at_; at_ < text_.size() && text_[at_] != '"'; ++at_) {
      if (text_[at_] != '\\') {
        out += text_[at_];
        continue;
      }
      constexpr std::string_view kEscapes = "\"\\nrt", kMeanings = "\"\\\n\r\t";
      size_t which = at_ + 1 < text_.size() ? kEscapes.find(text_[at_ + 1]) : kEscapes.npos;
      if (which == kEscapes.npos) return Error("there is no such escape");
      out += kMeanings[which];
      ++at_;
    }
    if (at_ == text_.size()) return Error("the text does not end");
    ++at_;
    return absl::OkStatus();
  }

  absl::Status ParseNumber(Node& node) {
    std::string_view digits = node.text;
    bool negative = digits.starts_with('-');
    if (negative) digits.remove_prefix(1);
    int base = 10;
    if (digits.starts_with("0x")) {
      base = 16;
      digits.remove_prefix(2);
    } else if (digits.size() > 1 && digits[0] == '0') {
      base = 8;
    }
    const char* end = digits.data() + digits.size();
    auto [stop, error] = std::from_chars(digits.data(), end, node.number, base);
    if (error != std::errc() || stop != end || digits.starts_with('-'))
      return Error(Cat("'", node.text, "' is no integer"));
    if (negative) node.number = -node.number;
    return absl::OkStatus();
  }

  std::string_view TakeName() {
    SkipSpace();
    size_t begin = at_;
    while (at_ < text_.size() &&
           (IsLetter(text_[at_]) || (at_ > begin && IsPartOfName(text_[at_]))))
      ++at_;
    return text_.substr(begin, at_ - begin);
  }
  static bool IsPartOfName(char c) { return IsDigit(c) || c == '_' || c == '.'; }

  bool TakeOp(Op& op) {
    for (const OpForm& form : kOps) {
      if (!Take(form.text)) continue;
      op = form.op;
      return true;
    }
    return false;
  }

  bool Take(std::string_view token) {
    SkipSpace();
    if (!text_.substr(at_).starts_with(token)) return false;
    at_ += token.size();
    return true;
  }
  void SkipSpace() {
    while (at_ < text_.size() && IsSpace(text_[at_])) ++at_;
  }

  // One member alone needs no node, unless it is negated.
  uint32_t Add(Node::Kind kind, std::vector<uint32_t> members) {
    if (members.size() == 1 && kind != Node::Kind::kNone) return members[0];
    Node& node = out_.nodes_.emplace_back();
    node.kind = kind;
    node.members = std::move(members);
    return static_cast<uint32_t>(out_.nodes_.size() - 1);
  }
  absl::Status Error(std::string_view what) const {
    return InvalidArgument(what, ", at character ", at_);
  }

  std::string_view text_;
  Expression::Schema schema_;
  Expression out_;
  size_t at_ = 0;
  int depth_ = 0;
};

absl::StatusOr<Expression> Expression::Parse(std::string_view text, Schema schema) {
  return ExpressionParser(text, schema).Parse();
}

}  // namespace kong
