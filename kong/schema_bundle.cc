#include "kong/schema_bundle.h"

#include <re2/re2.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "engine/status_macros.h"
#include "engine/text.h"
#include "kong/lua_pattern.h"
#include "kong/schema_value.h"

namespace kong {
namespace {

using engine::Cat;
using engine::InvalidArgument;
using simdjson::dom::element;

constexpr int kDepthMax = 30;
constexpr std::string_view kBlank = " \t\r\n";
constexpr std::string_view kPunctuation = "{};:!=,";

constexpr std::pair<std::string_view, FieldType> kTypes[] = {
    {"string", FieldType::kString},   {"integer", FieldType::kInteger},
    {"number", FieldType::kNumber},   {"boolean", FieldType::kBoolean},
    {"array", FieldType::kArray},     {"set", FieldType::kSet},
    {"map", FieldType::kMap},         {"record", FieldType::kRecord},
    {"foreign", FieldType::kForeign}, {"json", FieldType::kJson},
};

struct Flag {
  std::string_view word;
  bool SchemaField::* member;
};
constexpr Flag kFlags[] = {
    {"auto", &SchemaField::automatic},      {"random", &SchemaField::random},
    {"encrypted", &SchemaField::secret},    {"referenceable", &SchemaField::referenceable},
    {"uuid", &SchemaField::uuid},           {"is_regex", &SchemaField::regex},
    {"unique", &SchemaField::unique},       {"abstract", &SchemaField::abstract},
    {"transient", &SchemaField::transient}, {"required", &SchemaField::required},
};

struct CheckWord {
  std::string_view word;
  SchemaCheck::Kind kind;
};
constexpr CheckWord kCheckWords[] = {
    {"at_least_one_of", SchemaCheck::Kind::kAtLeastOne},
    {"only_one_of", SchemaCheck::Kind::kOnlyOne},
    {"mutually_required", SchemaCheck::Kind::kAllOrNone},
    {"mutually_exclusive", SchemaCheck::Kind::kAtMostOne},
    {"distinct", SchemaCheck::Kind::kDistinct},
};

SchemaPattern PatternOf(std::string_view lua) {
  return {.lua = std::string(lua), .twin = CompileLuaPattern(lua)};
}

std::string CanonicalOf(element value) {
  std::string out;
  AppendCanonical(out, value);
  return out;
}

std::vector<std::string> TextsOf(element list) {
  std::vector<std::string> texts;
  simdjson::dom::array array;
  if (list.get_array().get(array) != simdjson::SUCCESS) return texts;
  for (element one : array) texts.push_back(CanonicalOf(one));
  return texts;
}

std::vector<std::string> StringsOf(element list) {
  std::vector<std::string> texts;
  simdjson::dom::array array;
  if (list.get_array().get(array) != simdjson::SUCCESS) return texts;
  for (element one : array) {
    std::string_view text;
    if (one.get_string().get(text) == simdjson::SUCCESS) texts.emplace_back(text);
  }
  return texts;
}

std::vector<SchemaPattern> PatternsOf(element list) {
  std::vector<SchemaPattern> patterns;
  for (const std::string& text : StringsOf(list)) patterns.push_back(PatternOf(text));
  return patterns;
}

std::optional<double> NumberOf(element value) {
  double number = 0;
  if (value.get_double().get(number) != simdjson::SUCCESS) return std::nullopt;
  return number;
}

std::optional<size_t> CountOf(element value) {
  uint64_t count = 0;
  if (value.get_uint64().get(count) != simdjson::SUCCESS) return std::nullopt;
  return count;
}

std::string StringOf(element value) {
  std::string_view text;
  return std::string(value.get_string().get(text) == simdjson::SUCCESS ? text : std::string_view());
}

void SetBounds(SchemaField& field, element value) {
  simdjson::dom::array array;
  if (value.get_array().get(array) != simdjson::SUCCESS || array.size() != 2) return;
  field.least = NumberOf(array.at(0).value_unsafe());
  field.most = NumberOf(array.at(1).value_unsafe());
}

void SetExclusive(SchemaField& field, element value) {
  simdjson::dom::array array;
  if (value.get_array().get(array) != simdjson::SUCCESS) return;
  for (element one : array) field.exclusive.push_back(TextsOf(one));
}

// Words that a JSON value follows.
struct Limit {
  std::string_view word;
  void (*set)(SchemaField& field, element value);
};
constexpr Limit kLimits[] = {
    {"default", [](SchemaField& f, element v) { f.default_json = CanonicalOf(v); }},
    {"eq", [](SchemaField& f, element v) { f.equal = CanonicalOf(v); }},
    {"one_of", [](SchemaField& f, element v) { f.one_of = TextsOf(v); }},
    {"not_one_of", [](SchemaField& f, element v) { f.not_of = TextsOf(v); }},
    {"between", SetBounds},
    {"gt", [](SchemaField& f, element v) { f.above = NumberOf(v); }},
    {"len_min", [](SchemaField& f, element v) { f.length_min = CountOf(v); }},
    {"len_max", [](SchemaField& f, element v) { f.length_max = CountOf(v); }},
    {"len_eq", [](SchemaField& f, element v) { f.length = CountOf(v); }},
    {"starts_with", [](SchemaField& f, element v) { f.start = StringOf(v); }},
    {"match", [](SchemaField& f, element v) { f.all.push_back(PatternOf(StringOf(v))); }},
    {"match_all", [](SchemaField& f, element v) { f.all = PatternsOf(v); }},
    {"match_any", [](SchemaField& f, element v) { f.any = PatternsOf(v); }},
    {"match_none", [](SchemaField& f, element v) { f.none = PatternsOf(v); }},
    {"mutually_exclusive_subsets", SetExclusive},
};

class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  absl::StatusOr<SchemaBundle> Read() {
    while (!Peek().empty()) {
      if (absl::Status status = Section(); !status.ok())
        return engine::Annotate(status, Cat("line ", Line()));
    }
    if (bundle_.entities.empty()) return InvalidArgument("says of no entity what it is made of");
    return std::move(bundle_);
  }

 private:
  size_t Line() const {
    const std::string_view read = text_.substr(0, at_);
    return 1 + static_cast<size_t>(std::count(read.begin(), read.end(), '\n'));
  }
  void SkipBlank() {
    while (at_ < text_.size()) {
      at_ = std::min(text_.find_first_not_of(kBlank, at_), text_.size());
      if (at_ >= text_.size() || text_[at_] != '#') return;
      at_ = std::min(text_.find('\n', at_), text_.size());
    }
  }
  // The next word or mark; empty at the end.
  std::string_view Peek() {
    SkipBlank();
    if (at_ >= text_.size()) return {};
    if (kPunctuation.find(text_[at_]) != std::string_view::npos) return text_.substr(at_, 1);
    size_t end = at_;
    while (end < text_.size() && kBlank.find(text_[end]) == std::string_view::npos &&
           kPunctuation.find(text_[end]) == std::string_view::npos)
      ++end;
    return text_.substr(at_, end - at_);
  }
  std::string_view Word() {
    const std::string_view word = Peek();
    at_ += word.size();
    return word;
  }
  bool Take(std::string_view word) {
    if (Peek() != word) return false;
    at_ += word.size();
    return true;
  }
  absl::Status Demand(std::string_view word) {
    if (Take(word)) return absl::OkStatus();
    return InvalidArgument("expected ", word, ", found ",
                           Peek().empty() ? "the end" : Peek().substr(0, 40));
  }
  absl::StatusOr<std::string> Name() {
    const std::string_view name = Word();
    if (name.empty() || kPunctuation.find(name[0]) != std::string_view::npos)
      return InvalidArgument("expected a name");
    return std::string(name);
  }

  // The text of the JSON value that stands here: strings and brackets are all it has to know.
  absl::StatusOr<element> Json() {
    SkipBlank();
    const size_t start = at_;
    int depth = 0;
    bool quoted = false;
    for (; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (quoted && c == '\\') {
        ++at_;
      } else if (c == '"') {
        quoted = !quoted;
        if (!quoted && depth == 0) break;
      } else if (!quoted && (c == '[' || c == '{')) {
        ++depth;
      } else if (!quoted && (c == ']' || c == '}')) {
        if (--depth <= 0) break;
      } else if (!quoted && depth == 0 && (c == ';' || kBlank.find(c) != std::string_view::npos)) {
        break;
      }
    }
    const bool closed = at_ < text_.size() && depth == 0 &&
                        (text_[at_] == '"' || text_[at_] == ']' || text_[at_] == '}');
    at_ = std::min(at_ + (closed ? 1 : 0), text_.size());
    return ParseValue(text_.substr(start, at_ - start), "a value");
  }

  absl::Status Section() {
    const std::string_view word = Word();
    if (word == "kong") {
      ASSIGN_OR_RETURN(element version, Json());
      bundle_.version = StringOf(version);
      ASSIGN_OR_RETURN(element edition, Json());
      bundle_.edition = StringOf(edition);
      return absl::OkStatus();
    }
    if (word == "define") return Definition();
    if (word != "entity" && word != "plugin")
      return InvalidArgument("expected entity, plugin or define, found ", word.substr(0, 40));
    ASSIGN_OR_RETURN(std::string name, Name());
    ASSIGN_OR_RETURN(std::shared_ptr<const SchemaRecord> record, Record(0));
    auto& section = word == "entity" ? bundle_.entities : bundle_.plugins;
    if (!section.emplace(name, std::move(record)).second)
      return InvalidArgument(word, ' ', name, " is said twice");
    return absl::OkStatus();
  }

  absl::Status Definition() {
    ASSIGN_OR_RETURN(std::string name, Name());
    RETURN_IF_ERROR(Demand("="));
    SchemaField field;
    RETURN_IF_ERROR(Facts(field, 0));
    definitions_.insert_or_assign(std::move(name), std::move(field));
    return Demand(";");
  }

  absl::StatusOr<std::shared_ptr<const SchemaRecord>> Record(int depth) {
    if (depth > kDepthMax) return InvalidArgument("is nested too deep");
    RETURN_IF_ERROR(Demand("{"));
    auto record = std::make_shared<SchemaRecord>();
    while (!Take("}")) {
      if (Peek().empty()) return InvalidArgument("ends inside a record");
      RETURN_IF_ERROR(Statement(*record, depth));
    }
    std::sort(record->fields.begin(), record->fields.end(),
              [](const SchemaField& a, const SchemaField& b) { return a.name < b.name; });
    record->has_shorthands = !record->shorthands.empty();
    for (const SchemaField& field : record->fields)
      record->has_shorthands |= field.record != nullptr && field.record->has_shorthands;
    return record;
  }

  absl::Status Statement(SchemaRecord& record, int depth) {
    ASSIGN_OR_RETURN(std::string name, Name());
    if (name == "check" && Peek() != ":") return Check(record, depth);
    if (name == "shorthand" && Peek() != ":") return Shorthand(record);
    RETURN_IF_ERROR(Demand(":"));
    SchemaField field;
    RETURN_IF_ERROR(Facts(field, depth));
    field.name = std::move(name);
    RETURN_IF_ERROR(SettleAbsent(field));
    for (const SchemaField& other : record.fields) {
      if (other.name == field.name) return InvalidArgument("field ", field.name, " is said twice");
    }
    record.fields.push_back(std::move(field));
    return Demand(";");
  }

  absl::Status Shorthand(SchemaRecord& record) {
    ASSIGN_OR_RETURN(std::string name, Name());
    RETURN_IF_ERROR(Demand("="));
    std::string path;
    if (Peek() != ";") {
      ASSIGN_OR_RETURN(path, Name());
    }
    record.shorthands.push_back({std::move(name), std::move(path)});
    return Demand(";");
  }

  absl::Status Check(SchemaRecord& record, int depth) {
    SchemaCheck check;
    const std::string_view word = Word();
    for (const CheckWord& known : kCheckWords) {
      if (known.word != word) continue;
      check.kind = known.kind;
      ASSIGN_OR_RETURN(element fields, Json());
      check.fields = StringsOf(fields);
      record.checks.push_back(std::move(check));
      return Demand(";");
    }
    if (word != "if") return InvalidArgument("no check is called ", word.substr(0, 40));
    ASSIGN_OR_RETURN(check.if_field, Name());
    RETURN_IF_ERROR(Facts(check.if_rule, depth + 1));
    RETURN_IF_ERROR(Demand("then"));
    if (Take("at_least_one_of")) {
      check.kind = SchemaCheck::Kind::kIfAnyOf;
      ASSIGN_OR_RETURN(element fields, Json());
      check.fields = StringsOf(fields);
    } else {
      ASSIGN_OR_RETURN(check.then_field, Name());
      RETURN_IF_ERROR(Facts(check.then_rule, depth + 1));
    }
    record.checks.push_back(std::move(check));
    return Demand(";");
  }

  absl::StatusOr<std::shared_ptr<const SchemaField>> Nameless(int depth) {
    auto field = std::make_shared<SchemaField>();
    RETURN_IF_ERROR(Facts(*field, depth + 1));
    return field;
  }

  // Everything of a field but its name, up to what cannot belong to it.
  absl::Status Facts(SchemaField& field, int depth) {
    if (depth > kDepthMax) return InvalidArgument("is nested too deep");
    if (Peek().starts_with('$')) {
      auto found = definitions_.find(Word().substr(1));
      if (found == definitions_.end()) return InvalidArgument("uses what was not defined before");
      field = found->second;
      return absl::OkStatus();
    }
    for (const auto& [word, type] : kTypes) {
      if (!Take(word)) continue;
      field.type = type;
      if (type == FieldType::kForeign) {
        ASSIGN_OR_RETURN(field.foreign, Name());
      }
      break;
    }
    while (true) {
      ASSIGN_OR_RETURN(bool more, Fact(field, depth));
      if (!more) return CheckParts(field);
    }
  }

  static absl::Status CheckParts(const SchemaField& field) {
    const bool list = field.type == FieldType::kArray || field.type == FieldType::kSet;
    if (list && field.element == nullptr)
      return InvalidArgument("an array or a set says what it is of");
    return absl::OkStatus();
  }

  absl::StatusOr<bool> Fact(SchemaField& field, int depth) {
    if (Take("!")) return field.required = true;
    for (const Flag& flag : kFlags) {
      if (Take(flag.word)) return field.*flag.member = true;
    }
    for (const Limit& limit : kLimits) {
      if (!Take(limit.word)) continue;
      ASSIGN_OR_RETURN(element value, Json());
      limit.set(field, value);
      return true;
    }
    if (Peek() == "{") {
      ASSIGN_OR_RETURN(field.record, Record(depth + 1));
      return true;
    }
    const bool map = field.type == FieldType::kMap;  // What follows its keys is the map's.
    auto* part = Peek() == "of"              ? &field.element
                 : map && Peek() == "keys"   ? &field.key
                 : map && Peek() == "values" ? &field.value
                                             : nullptr;
    if (part == nullptr) return false;
    Word();
    ASSIGN_OR_RETURN(*part, Nameless(depth));
    return true;
  }

  std::string_view text_;
  size_t at_ = 0;
  std::map<std::string, SchemaField, std::less<>> definitions_;
  SchemaBundle bundle_;
};

}  // namespace

absl::StatusOr<SchemaBundle> ReadSchemaBundle(std::string_view text) {
  absl::StatusOr<SchemaBundle> bundle = Reader(text).Read();
  if (!bundle.ok()) return engine::Annotate(bundle.status(), "the bundle of schemas");
  return bundle;
}

}  // namespace kong
