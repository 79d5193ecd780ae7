// From the answers of Kong's /schemas endpoints to the text of a bundle. On no hot path: trees.

#include <algorithm>
#include <map>
#include <vector>

#include "engine/status_macros.h"
#include "engine/text.h"
#include "kong/json_tree.h"
#include "kong/schema_bundle.h"

namespace kong {
namespace {

using engine::Cat;
using engine::InvalidArgument;

constexpr size_t kColumns = 100;
constexpr char kBreak = '\x01';  // A line may end here.
constexpr size_t kWorthDefining = 90;

// What Kong does and its endpoints do not show.
struct Supplement {
  std::string_view schema, statement;
};
constexpr Supplement kSupplements[] = {
    {"entity keyauth_credentials", "ttl: integer between [0,100000000];"},
    {"entity oauth2_tokens", "ttl: integer between [0,100000000];"},
};
// Names of old of which the endpoints do not say where their values go; and of one that has no
// meaning any more.
struct Renamed {
  std::string_view schema, from, to;
};
constexpr Renamed kRenamed[] = {
    {"plugin session", "cookie_lifetime", "rolling_timeout"},
    {"plugin session", "cookie_idletime", "idling_timeout"},
    {"plugin session", "cookie_discard", "stale_ttl"},
    {"plugin session", "cookie_samesite", "cookie_same_site"},
    {"plugin session", "cookie_httponly", "cookie_http_only"},
    {"plugin session", "cookie_persistent", "remember"},
    {"plugin opentelemetry", "endpoint", "traces_endpoint"},
};

constexpr std::string_view kFlags[] = {"auto",     "encrypted", "referenceable", "uuid",
                                       "is_regex", "unique",    "abstract",      "transient"};
constexpr std::string_view kLimits[] = {
    "one_of", "not_one_of", "between", "gt",          "len_min", "len_max",
    "len_eq", "eq",         "match",   "starts_with", "default", "mutually_exclusive_subsets"};
constexpr std::string_view kChecks[] = {"at_least_one_of", "only_one_of", "mutually_required",
                                        "mutually_exclusive", "distinct"};

// JSON with a place to break the line after each comma outside strings.
std::string Breakable(const Json& value) {
  std::string out;
  bool quoted = false, escaped = false;
  for (char c : DumpJson(value)) {
    out += c;
    if (c == '"' && !escaped) quoted = !quoted;
    escaped = quoted && c == '\\' && !escaped;
    if (c == ',' && !quoted) out += kBreak;
  }
  return out;
}

// How often the text of a field occurs, and what the field is called.
struct Use {
  std::string name;
  Json field;
  int times = 0;
};
using Uses = std::map<std::string, Use>;
using Names = std::map<std::string, std::string>;  // By the text that has the name.

class Writer {
 public:
  explicit Writer(std::string name) : name_(std::move(name)) {}

  std::string Schema(const Json& schema) {
    std::string out = Cat(name_, " {", Record(schema));
    for (const Supplement& more : kSupplements) {
      if (more.schema == name_) out += Cat(' ', more.statement);
    }
    return out + " }";
  }
  Uses* uses = nullptr;          // Counted, if there.
  const Names* names = nullptr;  // What was defined is used, if there.

  std::string Field(const Json& field) {
    std::string out(TextAt(field, "type"));
    if (out == "foreign") out += Cat(' ', TextAt(field, "reference"));
    if (At(field, "required") == true) out += '!';
    return out + Facts(field);
  }

 private:
  std::string Record(const Json& record) {
    std::string out;
    for (const Json& one : At(record, "fields")) {
      for (const auto& [name, field] : one.items()) {
        out += Cat(' ', name, ": ", Named(name, field), ";");
      }
    }
    for (const Json& one : At(record, "shorthand_fields")) {
      for (const auto& [name, field] : one.items()) out += Shorthand(name, field);
    }
    for (const Json& check : At(record, "entity_checks")) out += Checks(check);
    return out;
  }

  std::string Named(const std::string& name, const Json& field) {
    if (names != nullptr) {
      auto found = names->find(Writer(name_).Field(field));
      if (found != names->end()) return Cat('$', found->second);
    }
    std::string text = Field(field);
    if (uses != nullptr && text.size() >= kWorthDefining) {
      Use& use = (*uses)[text];
      if (use.times++ == 0) use = {name, field, 1};
    }
    return text;
  }

  std::string Shorthand(const std::string& name, const Json& field) {
    std::string path;
    const Json& replaced = At(At(field, "deprecation"), "replaced_with");
    if (replaced.is_array() && replaced.size() == 1) {
      for (const Json& step : At(replaced[0], "path"))
        path += Cat(path.empty() ? "" : ".", Text(step));
    }
    for (const Renamed& known : kRenamed) {
      if (known.schema == name_ && known.from == name) path = known.to;
    }
    return Cat(" shorthand ", name, " = ", path, ";");
  }

  std::string Rule(const Json& rule) {
    std::string out = Facts(rule);
    return out.empty() ? out : out.substr(1);
  }

  std::string Checks(const Json& check) {
    std::string out;
    for (std::string_view word : kChecks) {
      if (IsSet(check, word)) out += Cat(" check ", word, ' ', Breakable(At(check, word)), ';');
    }
    for (std::string_view word : {"conditional", "conditional_at_least_one_of"}) {
      const Json& rule = At(check, word);
      if (!rule.is_object()) continue;
      out += Cat(" check if ", TextAt(rule, "if_field"), ' ', Rule(At(rule, "if_match")), " then ");
      out += IsSet(rule, "then_at_least_one_of")
                 ? Cat("at_least_one_of ", Breakable(At(rule, "then_at_least_one_of")))
                 : Cat(TextAt(rule, "then_field"), ' ', Rule(At(rule, "then_match")));
      out += ';';
    }
    return out;
  }

  // Everything but the type, each with a blank before it.
  std::string Facts(const Json& field) {
    std::string out;
    if (!IsSet(field, "type") && At(field, "required") == true) out += " required";
    const bool made_up = At(field, "encrypted") == true && IsSet(field, "default");
    if (made_up) out += " random";
    for (std::string_view word : kFlags) {
      if (At(field, word) == true) out += Cat(' ', word);
    }
    for (std::string_view word : kLimits) {
      const bool null_counts = word == "eq" && field.contains(word);
      if (!(IsSet(field, word) || null_counts) || (made_up && word == "default")) continue;
      out += Cat(' ', word, ' ', Breakable(At(field, word)));
    }
    out += Patterns(field);
    if (field.contains("keys")) out += Cat(" keys ", Field(At(field, "keys")));
    if (field.contains("values")) out += Cat(" values ", Field(At(field, "values")));
    if (field.contains("elements")) out += Cat(" of ", Field(At(field, "elements")));
    if (field.contains("fields")) out += Cat(" {", Record(field), " }");
    return out;
  }

  static std::string Patterns(const Json& field) {
    std::string out;
    for (std::string_view word : {"match_all", "match_none"}) {
      Json patterns = Json::array();
      for (const Json& rule : At(field, word)) patterns.push_back(At(rule, "pattern"));
      if (!patterns.empty()) out += Cat(' ', word, ' ', Breakable(patterns));
    }
    if (IsSet(field, "match_any"))
      out += Cat(" match_any ", Breakable(At(At(field, "match_any"), "patterns")));
    return out;
  }

  std::string name_;
};

// Lines of at most kColumns, broken at blanks and marks outside strings.
std::string Wrapped(std::string_view text) {
  std::string out, line, piece;
  bool quoted = false, escaped = false;
  auto flush = [&] {
    if (line.size() + piece.size() > kColumns && line.find_first_not_of(' ') != std::string::npos) {
      out += line.substr(0, line.find_last_not_of(' ') + 1) + '\n';
      line = "  ";
      if (piece.front() == ' ') piece.erase(0, 1);
    }
    line += piece;
    piece.clear();
  };
  for (char c : text) {
    if (c == '"' && !escaped) quoted = !quoted;
    escaped = quoted && c == '\\' && !escaped;
    if (!quoted && (c == ' ' || c == kBreak) && !piece.empty()) flush();
    if (c != kBreak) piece += c;
  }
  if (!piece.empty()) flush();
  return out + line + '\n';
}

struct Parsed {
  std::string name;  // "entity services"
  Json schema;
};

absl::StatusOr<std::vector<Parsed>> ParseAll(const SchemaSources& sources) {
  std::vector<Parsed> all;
  auto parse = [&](std::string_view what, const auto& schemas) -> absl::Status {
    for (const auto& [name, text] : schemas) {
      std::optional<Json> tree = ParseJson(text, 100);
      if (!tree || !At(*tree, "fields").is_array())
        return InvalidArgument(what, ' ', name, ": not a schema of Kong");
      all.push_back({Cat(what, ' ', name), *std::move(tree)});
    }
    return absl::OkStatus();
  };
  RETURN_IF_ERROR(parse("entity", sources.entities));
  RETURN_IF_ERROR(parse("plugin", sources.plugins));
  return all;
}

// A name for each long text that occurs more than once, and its definition, which uses shorter
// ones.
Names Define(const Uses& uses, std::string& definitions) {
  std::vector<Uses::const_iterator> repeated;
  for (auto use = uses.begin(); use != uses.end(); ++use) {
    if (use->second.times > 1) repeated.push_back(use);
  }
  std::stable_sort(repeated.begin(), repeated.end(),
                   [](auto a, auto b) { return a->first.size() < b->first.size(); });
  Names names;
  std::map<std::string, int> taken;
  for (const auto& use : repeated) {
    Writer writer("");
    writer.names = &names;
    const int number = ++taken[use->second.name];
    const std::string name = number == 1 ? use->second.name : Cat(use->second.name, '_', number);
    definitions += Wrapped(Cat("define ", name, " = ", writer.Field(use->second.field), ';'));
    names.emplace(use->first, name);
  }
  return names;
}

}  // namespace

absl::StatusOr<std::string> WriteSchemaBundle(const SchemaSources& sources) {
  ASSIGN_OR_RETURN(const std::vector<Parsed> all, ParseAll(sources));
  Uses uses;
  for (const Parsed& one : all) {
    Writer writer(one.name);
    writer.uses = &uses;
    writer.Schema(one.schema);
  }
  std::string out =
      Cat("# Facts of Kong's schemas, written by `kdelta schemas`.\nkong ",
          DumpJson(Json(sources.version)), ' ', DumpJson(Json(sources.edition)), "\n\n");
  const Names names = Define(uses, out);
  for (const Parsed& one : all) {
    Writer writer(one.name);
    writer.names = &names;
    out += Cat('\n', Wrapped(writer.Schema(one.schema)));
  }
  RETURN_IF_ERROR(ReadSchemaBundle(out).status());
  return out;
}

}  // namespace kong
