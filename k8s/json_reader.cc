#include "k8s/json_reader.h"

#include <algorithm>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/time/time.h"
#include "engine/assert.h"
#include "engine/status_macros.h"
#include "io/utf8.h"

namespace k8s {
namespace {

namespace od = simdjson::ondemand;
using engine::Cat;
using engine::InvalidArgument;
using engine::Symbol;

constexpr size_t kBytesMax = size_t{1} << 30;
// A parser that has seen a large page is given back rather than kept for the life of the thread.
constexpr size_t kParserBytesKept = size_t{8} << 20;

std::string WithUtf8Repaired(std::string_view text) {
  std::string out;
  out.reserve(text.size() + simdjson::SIMDJSON_PADDING);
  while (!text.empty()) {
    const size_t length = io::Utf8Length(text);
    if (length == 0) {
      out += "\xef\xbf\xbd";
    } else {
      out += text.substr(0, length);
    }
    text.remove_prefix(std::max<size_t>(length, 1));
  }
  return out;
}

absl::Status BrokenText(const Place* place, std::string_view why) {
  const std::string text = Cat("broken JSON (", why, ")");
  return absl::DataLossError(
      engine::ToAbsl(place == nullptr ? text : Cat(place->Text(), ": ", text)));
}

absl::Status Broken(const Place* place, simdjson::error_code error) {
  return BrokenText(place, simdjson::error_message(error));
}

// A wrong type is told apart from broken JSON, which ends everything; null is of every type.
absl::Status UnlessNull(JsonValue& json, simdjson::error_code error, std::string_view expected) {
  const bool type = error == simdjson::INCORRECT_TYPE || error == simdjson::NUMBER_ERROR ||
                    error == simdjson::NUMBER_OUT_OF_RANGE;
  if (!type) return Broken(json.place, error);
  bool null = false;
  const bool is_null = json.value.is_null().get(null) == simdjson::SUCCESS && null;
  return is_null ? absl::OkStatus() : Complain(json.place, Cat("expected ", expected));
}

bool StartsWithAny(std::string_view text, const std::vector<std::string>& prefixes) {
  return std::any_of(prefixes.begin(), prefixes.end(),
                     [&](const std::string& prefix) { return text.starts_with(prefix); });
}

absl::Status ReadParsed(od::parser& parser, std::string_view text, size_t capacity,
                        ElementReader read, bool& repairable) {
  od::document document;
  if (auto error = parser.iterate(simdjson::padded_string_view(text.data(), text.size(), capacity))
                       .get(document)) {
    repairable = error == simdjson::UTF8_ERROR;
    return Broken(nullptr, error);
  }
  od::json_type type;
  if (auto error = document.type().get(type)) return Broken(nullptr, error);
  if (type != od::json_type::object) return Complain(nullptr, "expected an object");
  JsonValue root;
  if (auto error = document.get_value().get(root.value)) return Broken(nullptr, error);
  RETURN_IF_ERROR(read(root));
  const bool at_end = document.current_location().error() == simdjson::OUT_OF_BOUNDS;
  return at_end ? absl::OkStatus() : BrokenText(nullptr, "more follows the document");
}

std::string_view RawText(od::raw_json_string raw) {
  const char* begin = raw.raw();
  const char* end = begin;
  while (*end != '"') {
    if (*end == '\\') return {};
    ++end;
  }
  return {begin, static_cast<size_t>(end - begin)};
}

// Appended maps are put in order, and of equal keys the last stays.
void SortKeepingLast(std::vector<std::pair<Symbol, std::string>>& all) {
  std::stable_sort(all.begin(), all.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  size_t kept = 0;
  for (size_t i = 0; i < all.size(); ++i) {
    if (i + 1 < all.size() && all[i].first == all[i + 1].first) continue;
    if (kept != i) all[kept] = std::move(all[i]);
    ++kept;
  }
  all.resize(kept);
  all.shrink_to_fit();
}

// RFC 3339 as the API server writes it, without the cost of a general parser.
std::optional<int64_t> UsualTime(std::string_view text) {
  if (text.size() != 20 || text[19] != 'Z' || text[10] != 'T') return std::nullopt;
  const auto number = [&](size_t at, size_t digits) -> int {
    int n = 0;
    for (size_t i = at; i < at + digits; ++i) {
      if (text[i] < '0' || text[i] > '9') return -1;
      n = n * 10 + (text[i] - '0');
    }
    return n;
  };
  if (text[4] != '-' || text[7] != '-' || text[13] != ':' || text[16] != ':') return std::nullopt;
  const int year = number(0, 4), month = number(5, 2), day = number(8, 2);
  const int hour = number(11, 2), minute = number(14, 2), second = number(17, 2);
  if (std::min({year, month, day, hour, minute, second}) < 0) return std::nullopt;
  const absl::CivilSecond civil(year, month, day, hour, minute, second);
  const bool normal = civil.month() == month && civil.day() == day && civil.hour() == hour &&
                      civil.minute() == minute && civil.second() == second;
  if (!normal) return std::nullopt;
  return absl::ToUnixSeconds(absl::FromCivil(civil, absl::UTCTimeZone()));
}

// Go's standard encoding: padded, and line breaks are passed over.
bool Decode(std::string_view text, std::string& out) {
  std::string joined;
  if (text.find_first_of("\r\n") != std::string_view::npos) {
    std::copy_if(text.begin(), text.end(), std::back_inserter(joined),
                 [](char c) { return c != '\r' && c != '\n'; });
    text = joined;
  }
  if (text.size() % 4 != 0 || text.find_first_of(" \t\v\f._-") != std::string_view::npos)
    return false;
  return absl::Base64Unescape(engine::ToAbsl(text), &out);
}

using Pairs = std::vector<std::pair<Symbol, std::string>>;

// Calls `look` with every pair and keeps those that the prefixes ask for.
absl::Status ReadPairs(JsonValue& json, const std::vector<std::string>& prefixes, Pairs& out,
                       absl::FunctionRef<void(std::string_view, std::string_view)> look) {
  absl::Status status =
      ReadMembers(json, [&](std::string_view key, JsonValue& value) -> absl::Status {
        std::optional<std::string_view> text;
        RETURN_IF_ERROR(ReadText(value, text));
        const std::string_view content = text.value_or(std::string_view());
        look(key, content);
        if (StartsWithAny(key, prefixes)) out.emplace_back(Symbol(key), content);
        return absl::OkStatus();
      });
  SortKeepingLast(out);
  return status;
}

}  // namespace

std::string Place::Text() const {
  std::string text = outer != nullptr ? outer->Text() : "";
  if (name.empty()) return Cat(text, '[', index, ']');
  return text.empty() ? std::string(name) : Cat(text, '.', name);
}

absl::Status Complain(const Place* place, std::string_view what) {
  return place == nullptr ? InvalidArgument(what) : InvalidArgument(place->Text(), ": ", what);
}

absl::StatusOr<bool> IsNull(JsonValue& json) {
  bool null = false;
  // The one error that is_null knows: something that begins like null.
  if (json.value.is_null().get(null)) return Complain(json.place, "expected a value");
  return null;
}

absl::Status ReadMembers(JsonValue& json, MemberReader read) {
  od::object object;
  if (auto error = json.value.get_object().get(object)) {
    return UnlessNull(json, error, "an object");
  }
  json.opened = object;
  for (auto member : object) {
    std::string_view name;
    if (auto error = member.unescaped_key().get(name)) return Broken(json.place, error);
    const Place place{json.place, name, 0};
    JsonValue value{{}, &place};
    if (auto error = member.value().get(value.value)) return Broken(json.place, error);
    RETURN_IF_ERROR(read(name, value));
  }
  return absl::OkStatus();
}

absl::Status ReadElements(JsonValue& json, ElementReader read) {
  od::array array;
  if (auto error = json.value.get_array().get(array)) {
    return UnlessNull(json, error, "an array");
  }
  Place place{json.place, {}, 0};
  for (auto element : array) {
    JsonValue value{{}, &place};
    if (auto error = element.get(value.value)) return Broken(json.place, error);
    RETURN_IF_ERROR(read(value));
    ++place.index;
  }
  return absl::OkStatus();
}

absl::Status ReadDocument(std::string_view text, ElementReader read) {
  thread_local std::string padded;
  thread_local od::parser parser;
  thread_local bool busy = false;
  CHECK(!std::exchange(busy, true), "documents are read one after another");
  if (text.size() > kBytesMax)
    return InvalidArgument("JSON of ", text.size(), " bytes: more than ", kBytesMax);
  padded.reserve(text.size() + simdjson::SIMDJSON_PADDING);
  padded.assign(text);
  bool repairable = false;
  absl::Status status = ReadParsed(parser, padded, padded.capacity(), read, repairable);
  if (repairable) {
    padded = WithUtf8Repaired(text);
    padded.reserve(padded.size() + simdjson::SIMDJSON_PADDING);
    status = ReadParsed(parser, padded, padded.capacity(), read, repairable);
  }
  if (padded.capacity() > kParserBytesKept) {
    std::string().swap(padded);
    parser = od::parser();
  }
  busy = false;
  return status;
}

absl::Status ReadText(JsonValue& json, std::optional<std::string_view>& out) {
  std::string_view text;
  if (auto error = json.value.get_string().get(text)) {
    out.reset();
    return UnlessNull(json, error, "a string");
  }
  out = text;
  return absl::OkStatus();
}

absl::Status Read(JsonValue& json, std::string& out) {
  std::optional<std::string_view> text;
  RETURN_IF_ERROR(ReadText(json, text));
  if (text) out = *text;
  return absl::OkStatus();
}

absl::Status Read(JsonValue& json, Symbol& out) {
  std::optional<std::string_view> text;
  RETURN_IF_ERROR(ReadText(json, text));
  if (text) out = Symbol(*text);
  return absl::OkStatus();
}

absl::Status Read(JsonValue& json, bool& out) {
  bool value = out;
  if (auto error = json.value.get_bool().get(value)) {
    return UnlessNull(json, error, "true or false");
  }
  out = value;
  return absl::OkStatus();
}

absl::Status Read(JsonValue& json, int64_t& out) {
  int64_t value = out;
  if (auto error = json.value.get_int64().get(value)) {
    return UnlessNull(json, error, "an integer");
  }
  out = value;
  return absl::OkStatus();
}

absl::Status Read(JsonValue& json, double& out) {
  double value = out;
  if (auto error = json.value.get_double().get(value)) {
    return UnlessNull(json, error, "a number");
  }
  out = value;
  return absl::OkStatus();
}

absl::Status ReadWithin(JsonValue& json, int64_t least, int64_t most, int32_t& out) {
  int64_t value = out;
  RETURN_IF_ERROR(Read(json, value));
  if (value < least || value > most) {
    return Complain(json.place, Cat(value, " is not between ", least, " and ", most));
  }
  out = static_cast<int32_t>(value);
  return absl::OkStatus();
}

absl::Status ReadTime(JsonValue& json, int64_t& out) {
  std::optional<std::string_view> text;
  RETURN_IF_ERROR(ReadText(json, text));
  if (!text) return absl::OkStatus();
  if (std::optional<int64_t> usual = UsualTime(*text)) {
    out = *usual;
    return absl::OkStatus();
  }
  absl::Time time;
  std::string why;
  if (!absl::ParseTime(absl::RFC3339_full, engine::ToAbsl(*text), &time, &why)) {
    return Complain(json.place, "expected a time as RFC 3339 writes it");
  }
  out = absl::ToUnixSeconds(time);
  return absl::OkStatus();
}

absl::Status ReadMeta(JsonValue& json, const ParseOptions& options, ObjectMeta& meta,
                      MetaExtras& extras) {
  const auto see_label = [&](std::string_view key, std::string_view value) {
    if (key == "kubernetes.io/service-name") extras.service_name = Symbol(value);
    if (key == "global") extras.global = value == "true";
  };
  const auto see_annotation = [&](std::string_view key, std::string_view value) {
    if (key == "ingressclass.kubernetes.io/is-default-class")
      extras.default_class = value == "true";
    if (key == "k8s.io/initial-events-end") extras.initial_events_end = value == "true";
  };
  return ReadMembers(json, [&](std::string_view name, JsonValue& member) {
    if (name == "name") return Read(member, meta.id.name);
    if (name == "namespace") return Read(member, meta.id.ns);
    if (name == "uid") return Read(member, meta.uid);
    if (name == "resourceVersion") return Read(member, extras.resource_version);
    if (name == "generation") return Read(member, meta.generation);
    if (name == "creationTimestamp") return ReadTime(member, meta.created_s);
    if (name == "labels")
      return ReadPairs(member, options.label_prefixes, meta.labels.all, see_label);
    if (name == "annotations") {
      return ReadPairs(member, options.annotation_prefixes, meta.annotations.all, see_annotation);
    }
    return absl::OkStatus();
  });
}

absl::Status ReadBase64(JsonValue& json, std::string& out) {
  std::optional<std::string_view> text;
  RETURN_IF_ERROR(ReadText(json, text));
  if (text && !Decode(*text, out)) return Complain(json.place, "expected base64");
  return absl::OkStatus();
}

ObjectIdentity PeekIdentity(od::object& object) {
  ObjectIdentity out;
  if (object.reset().error()) return out;
  od::object metadata;
  if (object.find_field_unordered("metadata").get_object().get(metadata)) return out;
  for (auto member : metadata) {
    od::raw_json_string key, text;
    od::value value;
    if (member.key().get(key) || member.value().get(value)) return out;
    const bool name = key == "name", ns = key == "namespace";
    if (!name && !ns && !(key == "resourceVersion")) continue;
    if (value.get_raw_json_string().get(text)) continue;
    if (name || ns) {
      (name ? out.id.name : out.id.ns) = Symbol(RawText(text));
    } else {
      out.resource_version = RawText(text);
    }
  }
  return out;
}

}  // namespace k8s
