#include "tools/simulators/lua_pattern.h"

#include <map>
#include <memory>
#include <mutex>
#include <string>

namespace simulators {
namespace {

// The inside of a set for a class letter, or null.
const char* ClassOf(char letter) {
  switch (letter) {
    case 'a':
      return "a-zA-Z";
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
      return "a-zA-Z0-9";
    case 'x':
      return "0-9A-Fa-f";
    default:
      return nullptr;
  }
}

bool IsLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

void AppendLiteral(std::string& out, char c) {
  char text[] = {c};
  out += RE2::QuoteMeta(re2::StringPiece(text, 1));
}

// Translates `%x` at `at`, which stands on the x. False if it has no twin.
bool AppendEscape(std::string& out, char x, bool inside_set) {
  if (const char* members = ClassOf(x)) {
    out += inside_set ? std::string(members) : "[" + std::string(members) + "]";
    return true;
  }
  char lower = static_cast<char>(x | 0x20);
  if (IsLetter(x) && ClassOf(lower) != nullptr && !inside_set) {
    out += "[^" + std::string(ClassOf(lower)) + "]";
    return true;
  }
  if (IsLetter(x) || (x >= '0' && x <= '9')) return false;
  AppendLiteral(out, x);
  return true;
}

// Translates a set whose `[` stands at `at`; leaves `at` on its `]`.
bool AppendSet(std::string& out, std::string_view pattern, size_t& at) {
  out += '[';
  ++at;
  if (at < pattern.size() && pattern[at] == '^') {
    out += '^';
    ++at;
  }
  for (bool first = true; at < pattern.size() && (first || pattern[at] != ']');
       ++at, first = false) {
    if (pattern[at] == '%' && at + 1 < pattern.size()) {
      if (!AppendEscape(out, pattern[++at], /*inside_set=*/true)) return false;
    } else if (pattern[at] == '-' && !first && at + 1 < pattern.size() && pattern[at + 1] != ']') {
      out += '-';
    } else {
      AppendLiteral(out, pattern[at]);
    }
  }
  out += ']';
  return at < pattern.size();
}

}  // namespace

std::unique_ptr<RE2> CompileLuaPattern(std::string_view pattern) {
  std::string out = "(?s)";
  for (size_t at = 0; at < pattern.size(); ++at) {
    char c = pattern[at];
    bool last = at + 1 == pattern.size();
    if (c == '%') {
      if (last || !AppendEscape(out, pattern[++at], /*inside_set=*/false)) return nullptr;
    } else if (c == '[') {
      if (!AppendSet(out, pattern, at)) return nullptr;
    } else if (c == '-') {
      out += "*?";
    } else if ((c == '^' && at == 0) || c == '.' || c == '*' || c == '+' || c == '?' || c == '(' ||
               c == ')') {
      out += c;
    } else if (c == '$' && last) {
      out += "\\z";
    } else {
      AppendLiteral(out, c);
    }
  }
  RE2::Options options;
  options.set_encoding(RE2::Options::EncodingLatin1);  // Lua matches bytes.
  options.set_log_errors(false);
  auto compiled = std::make_unique<RE2>(out, options);
  return compiled->ok() ? std::move(compiled) : nullptr;
}

bool MatchesLuaPattern(std::string_view text, std::string_view pattern) {
  // A schema has a few dozen patterns, and a configuration asks each of them thousands of times.
  static std::mutex mutex;
  static auto* compiled = new std::map<std::string, std::unique_ptr<RE2>, std::less<>>;
  const RE2* expression = nullptr;
  {
    std::lock_guard lock(mutex);
    auto found = compiled->find(pattern);
    if (found == compiled->end()) {
      found = compiled->emplace(std::string(pattern), CompileLuaPattern(pattern)).first;
    }
    expression = found->second.get();
  }
  return expression == nullptr ||
         RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), *expression);
}

}  // namespace simulators
