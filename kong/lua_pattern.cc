#include "kong/lua_pattern.h"

#include <re2/re2.h>

#include <cctype>

namespace kong {
namespace {

// What a set holds that stands for the class, or nothing.
std::string_view MembersOf(char letter) {
  switch (letter) {
    case 'a':
      return "A-Za-z";
    case 'c':
      return "[:cntrl:]";
    case 'd':
      return "0-9";
    case 'l':
      return "a-z";
    case 'p':
      return "[:punct:]";
    case 's':
      return "[:space:]";
    case 'u':
      return "A-Z";
    case 'w':
      return "0-9A-Za-z";
    case 'x':
      return "0-9A-Fa-f";
    default:
      return {};
  }
}

std::string Literal(char c) { return RE2::QuoteMeta(re2::StringPiece(&c, 1)); }

class Translator {
 public:
  explicit Translator(std::string_view pattern) : rest_(pattern) {}

  std::optional<std::string> Translate() {
    if (Take('^')) out_ += "\\A";
    while (!rest_.empty()) {
      if (rest_ == "$") {
        out_ += "\\z";
        break;
      }
      // What follows a capture is no quantifier to Lua, but a character.
      if (Take('(')) {
        out_ += '(';
      } else if (Take(')')) {
        out_ += ')';
      } else if (Item()) {
        Quantifier();
      } else {
        return std::nullopt;
      }
    }
    return std::move(out_);
  }

 private:
  bool Take(char c) {
    if (rest_.empty() || rest_.front() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }
  char Next() {
    char c = rest_.front();
    rest_.remove_prefix(1);
    return c;
  }

  bool Item() {
    const char c = Next();
    if (c == '.') return out_ += "(?s:.)", true;
    if (c == '[') return Set();
    if (c == '%') return Escape(false);
    out_ += Literal(c);
    return true;
  }

  bool Escape(bool in_set) {
    if (rest_.empty()) return false;
    const char c = Next();
    if (!std::isalnum(static_cast<unsigned char>(c))) return out_ += Literal(c), true;
    const char lower = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    const std::string_view members = MembersOf(lower);
    if (members.empty() || (in_set && c != lower)) return false;
    if (in_set) return out_ += members, true;
    out_.append(c == lower ? "[" : "[^").append(members).append("]");
    return true;
  }

  bool Set() {
    out_ += Take('^') ? "[^" : "[";
    bool first = true;
    while (!rest_.empty() && (first || rest_.front() != ']')) {
      first = false;
      const char c = Next();
      if (c == '%') {
        if (!Escape(true)) return false;
      } else if (c == '-' && !rest_.empty() && rest_.front() != ']') {
        out_ += '-';
      } else {
        out_ += Literal(c);
      }
    }
    out_ += ']';
    return Take(']');
  }

  void Quantifier() {
    if (Take('*')) {
      out_ += '*';
    } else if (Take('+')) {
      out_ += '+';
    } else if (Take('?')) {
      out_ += '?';
    } else if (Take('-')) {
      out_ += "*?";
    }
  }

  std::string_view rest_;
  std::string out_;
};

}  // namespace

std::optional<std::string> Re2OfLuaPattern(std::string_view pattern) {
  return Translator(pattern).Translate();
}

std::shared_ptr<const RE2> CompileLuaPattern(std::string_view pattern) {
  const auto twin = Re2OfLuaPattern(pattern);
  if (!twin) return nullptr;
  RE2::Options options(RE2::Quiet);
  options.set_encoding(RE2::Options::EncodingLatin1);
  auto compiled = std::make_shared<const RE2>(*twin, options);
  return compiled->ok() ? std::move(compiled) : nullptr;
}

}  // namespace kong
