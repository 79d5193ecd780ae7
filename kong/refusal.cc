#include "kong/refusal.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>

#include "engine/text.h"
#include "io/utf8.h"

namespace kong {
namespace {

using engine::Cat;
using nlohmann::json;

constexpr size_t kMessageMax = 500;  // Of Kong's words about one entity.

std::string_view TextAt(const json& object, const char* member) {
  auto at = object.find(member);
  return at != object.end() && at->is_string() ? at->get_ref<const std::string&>()
                                               : std::string_view();
}

// A unique value may be a credential: "… with key set to 's3cret' already declared".
std::string WithoutValue(std::string_view message) {
  constexpr std::string_view kBefore = " with key set to '", kAfter = "' already declared";
  size_t at = message.find(kBefore);
  if (at == std::string_view::npos || !message.ends_with(kAfter)) return std::string(message);
  return Cat(message.substr(0, at), " with a key", kAfter.substr(1));
}

std::optional<EntityKind> KindOfName(std::string_view name,
                                     std::string_view (*name_of)(EntityKind)) {
  for (size_t kind = 0; kind < kEntityKinds; ++kind) {
    if (name_of(static_cast<EntityKind>(kind)) == name) return static_cast<EntityKind>(kind);
  }
  return std::nullopt;
}

// Collects culprits, each part once with all that is said of it.
class Culprits {
 public:
  explicit Culprits(const Payload& payload) : payload_(payload) {}

  void Add(std::optional<PartRef> part, std::string_view message) {
    if (!part) return;
    std::string& said = by_part_[*part];
    if (said.size() >= kMessageMax || said.find(message) != std::string::npos) return;
    if (!said.empty()) said += "; ";
    said += WithoutValue(message.substr(0, kMessageMax));
  }
  void AddFlattened(const json& error);
  void AddFields(const json& fields);
  bool empty() const { return by_part_.empty(); }
  std::vector<Culprit> Take() {
    std::vector<Culprit> all;
    for (auto& [part, message] : by_part_) all.push_back({part, std::move(message)});
    return all;
  }

 private:
  // The parts of one array of the document.
  struct Run {
    EntityKind kind = EntityKind::kCustomEntity;
    size_t first = 0, count = 0;
  };
  Run RunOf(std::string_view array) const;
  void AddField(const Run& run, std::string_view place, const json& said);
  void AddBySection(const Run& run, std::string_view array, std::string_view message);
  std::vector<PartRef> FindTagged(EntityKind kind, const json& tags) const;

  const Payload& payload_;
  std::map<PartRef, std::string> by_part_;
};

std::string FlattenedMessage(const json& error) {
  std::string out;
  auto errors = error.find("errors");
  if (errors == error.end() || !errors->is_array()) return "refused";
  for (const json& each : *errors) {
    if (!each.is_object() || out.size() > kMessageMax) continue;
    if (!out.empty()) out += "; ";
    std::string_view field = TextAt(each, "field");
    out += field.empty() ? WithoutValue(TextAt(each, "message"))
                         : Cat(field, ": ", WithoutValue(TextAt(each, "message")));
  }
  return out.empty() ? "refused" : out;
}

void Culprits::AddFlattened(const json& error) {
  if (!error.is_object()) return;
  std::optional<EntityKind> kind = KindOfName(TextAt(error, "entity_type"), &NameOf);
  if (!kind) kind = EntityKind::kCustomEntity;
  std::string message = FlattenedMessage(error);
  if (std::optional<EntityId> id = EntityId::Parse(TextAt(error, "entity_id"))) {
    std::optional<PartRef> part = payload_.Find({*kind, *id});
    if (part) return Add(part, message);
  }
  if (std::string_view name = TextAt(error, "entity_name"); !name.empty()) {
    std::optional<PartRef> part = payload_.FindNamed(*kind, name);
    if (part) return Add(part, message);
  }
  auto tags = error.find("entity_tags");
  if (tags == error.end() || !tags->is_array()) return;
  for (PartRef part : FindTagged(*kind, *tags)) Add(part, message);
}

// All parts of a kind that belong to the object that the tags name.
std::vector<PartRef> Culprits::FindTagged(EntityKind kind, const json& tags) const {
  std::string_view object_kind, ns, name;
  for (const json& tag : tags) {
    if (!tag.is_string()) continue;
    std::string_view text = tag.get_ref<const std::string&>();
    auto take = [&](std::string_view label, std::string_view& out) {
      if (text.starts_with(label) && out.empty()) out = text.substr(label.size());
    };
    take("k8s-kind:", object_kind), take("k8s-namespace:", ns), take("k8s-name:", name);
  }
  std::vector<PartRef> found;
  if (name.empty()) return found;
  for (PartRef ref{kind, 0}; ref.index < payload_.count(kind); ++ref.index) {
    std::span<const ObjectRef> origins = payload_.Origins(ref);
    bool theirs = std::any_of(origins.begin(), origins.end(), [&](const ObjectRef& origin) {
      return origin.name.text() == name && origin.ns.text() == ns &&
             origin.kind.text() == object_kind;
    });
    if (theirs) found.push_back(ref);
  }
  return found;
}

// What `fields` says of one entity: a text, a list of texts, or texts by field.
std::string TextOfFields(const json& said, int depth = 0) {
  if (said.is_string()) return said.get<std::string>();
  std::string out;
  if (!said.is_structured() || depth > 8) return out;
  for (const auto& [field, value] : said.items()) {
    std::string text = TextOfFields(value, depth + 1);
    if (text.empty() || out.size() > kMessageMax) continue;
    if (!out.empty()) out += "; ";
    out += said.is_array() || field == "@entity" ? text : Cat(field, ": ", text);
  }
  return out;
}

void Culprits::AddFields(const json& fields) {
  if (!fields.is_object()) return;
  for (const auto& [array, said] : fields.items()) {
    Run run = RunOf(array);
    if (said.is_string()) AddBySection(run, array, said.get_ref<const std::string&>());
    if (said.is_array()) {
      for (size_t i = 0; i < said.size() && i < run.count; ++i) {
        if (!said[i].is_null()) Add(PartRef{run.kind, run.first + i}, TextOfFields(said[i]));
      }
    } else if (said.is_object() && run.count > 0) {
      for (const auto& [place, each] : said.items()) AddField(run, place, each);
    }
  }
}

// An entity's name or id, or its position in a list with many holes, which Lua counts from 1.
void Culprits::AddField(const Run& run, std::string_view place, const json& said) {
  const EntityKind kind = run.kind;
  std::string message = TextOfFields(said);
  std::optional<PartRef> part;
  if (std::optional<EntityId> id = EntityId::Parse(place)) part = payload_.Find({kind, *id});
  if (!part) part = payload_.FindNamed(kind, place);
  std::optional<int64_t> position = engine::ParseInt(place);
  if (!part && position && *position >= 1 && static_cast<size_t>(*position) <= run.count) {
    part = PartRef{kind, run.first + static_cast<size_t>(*position) - 1};
  }
  Add(part, message);
}

// "unknown field": the gateway does not know this kind at all.
void Culprits::AddBySection(const Run& run, std::string_view array, std::string_view message) {
  std::string text = Cat("this Kong takes no ", array, ": ", message);
  for (size_t i = 0; i < run.count; ++i) Add(PartRef{run.kind, run.first + i}, text);
}

Culprits::Run Culprits::RunOf(std::string_view array) const {
  Run run;
  std::optional<EntityKind> kind = KindOfName(array, &ArrayName);
  if (kind) return {*kind, 0, payload_.count(*kind)};
  for (PartRef ref{run.kind, 0}; ref.index < payload_.count(run.kind); ++ref.index) {
    if (payload_.ArrayOf(ref) == array && run.count++ == 0) run.first = ref.index;
  }
  return run;
}

Refusal TooLarge(std::string message) {
  return {.kind = Refusal::Kind::kTooLarge, .culprits = {}, .message = std::move(message)};
}

Refusal TooLargeForNginx(const Payload& payload) {
  return TooLarge(
      Cat("the configuration of ", payload.bytes(),
          " bytes is larger than the gateway reads: set its nginx_admin_client_max_body_size"
          " and nginx_admin_client_body_buffer_size"
          " (KONG_NGINX_ADMIN_CLIENT_MAX_BODY_SIZE, KONG_NGINX_ADMIN_CLIENT_BODY_BUFFER_SIZE)"
          " both to the same larger value, or the first to 0"));
}

bool IsUnreadBody(std::string_view message) {
  return message == "Cannot parse JSON body" || message == "expected a declarative configuration";
}

// What the document as such is blamed for: fields that are no entities.
std::string TextOfDocument(const json& fields) {
  json rest = json::object();
  for (const auto& [name, said] : fields.items()) {
    if (!KindOfName(name, &ArrayName)) rest[name] = said;
  }
  return TextOfFields(rest);
}

}  // namespace

Refusal ReadRefusal(const Payload& payload, int status, std::string_view body) {
  json answer = json::parse(body, nullptr, false);
  if (!answer.is_object()) answer = json::object();
  std::string_view message = TextAt(answer, "message");
  if (status == 413) {
    if (message.find("LMDB") == std::string_view::npos) return TooLargeForNginx(payload);
    return TooLarge(
        "the configuration does not fit in the gateway's LMDB database: raise its lmdb_map_size"
        " (KONG_LMDB_MAP_SIZE)");
  }
  if (IsUnreadBody(message)) return TooLargeForNginx(payload);
  Culprits culprits(payload);
  auto flattened = answer.find("flattened_errors");
  if (flattened != answer.end() && flattened->is_array()) {
    for (const json& error : *flattened) culprits.AddFlattened(error);
  }
  auto fields = answer.find("fields");
  if (fields != answer.end()) culprits.AddFields(*fields);
  Refusal refusal;
  if (!culprits.empty()) {
    refusal = {.kind = Refusal::Kind::kCulprits, .culprits = culprits.Take(), .message = {}};
    refusal.message =
        Cat("the gateway refuses ", refusal.culprits.size(), " of ", payload.count(), " entities");
    return refusal;
  }
  std::string of_document =
      fields != answer.end() && fields->is_object() ? TextOfDocument(*fields) : "";
  if (!of_document.empty()) {
    return {.kind = Refusal::Kind::kWhole,
            .culprits = {},
            .message = of_document.substr(0, kMessageMax)};
  }
  if (const auto code = answer.find("code"); code != answer.end() && *code == 14)
    return {.kind = Refusal::Kind::kNamesNothing,
            .culprits = {},
            .message = "the gateway does not say what is wrong"};
  return {.kind = Refusal::Kind::kWhole, .culprits = {}, .message = ExplainStatus(status, body)};
}

std::string ExplainStatus(int status, std::string_view body) {
  json answer = json::parse(body, nullptr, false);
  std::string said =
      answer.is_object() ? std::string(TextAt(answer, "message").substr(0, kMessageMax)) : "";
  std::string out = Cat("status ", status);
  if (!said.empty()) out += Cat(": ", said);
  switch (status) {
    case 401:
    case 403:
      return Cat(out, "; check --kong-admin-token or --kong-admin-header");
    case 404:
    case 405:
      return Cat(out, "; is this the Admin API of a Kong without a database?");
    case 415:
      return Cat(out, "; something between us and Kong changes the content type text/yaml");
    default:
      return out;
  }
}

}  // namespace kong
