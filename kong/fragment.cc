#include "kong/fragment.h"

#include <simdjson.h>

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include "engine/fingerprint.h"

namespace kong {
namespace {

using simdjson::ondemand::json_type;

struct ReferenceField {
  EntityKind from;
  std::string_view field;
  EntityKind to;
};
constexpr ReferenceField kReferenceFields[] = {
    {EntityKind::kSni, "certificate", EntityKind::kCertificate},
    {EntityKind::kService, "client_certificate", EntityKind::kCertificate},
    {EntityKind::kService, "ca_certificates", EntityKind::kCaCertificate},
    {EntityKind::kRoute, "service", EntityKind::kService},
    {EntityKind::kConsumerGroupConsumer, "consumer", EntityKind::kConsumer},
    {EntityKind::kConsumerGroupConsumer, "consumer_group", EntityKind::kConsumerGroup},
    {EntityKind::kKeyAuth, "consumer", EntityKind::kConsumer},
    {EntityKind::kBasicAuth, "consumer", EntityKind::kConsumer},
    {EntityKind::kHmacAuth, "consumer", EntityKind::kConsumer},
    {EntityKind::kJwt, "consumer", EntityKind::kConsumer},
    {EntityKind::kOauth2, "consumer", EntityKind::kConsumer},
    {EntityKind::kAcl, "consumer", EntityKind::kConsumer},
    {EntityKind::kMtlsAuth, "consumer", EntityKind::kConsumer},
    {EntityKind::kMtlsAuth, "ca_certificate", EntityKind::kCaCertificate},
    {EntityKind::kPlugin, "service", EntityKind::kService},
    {EntityKind::kPlugin, "route", EntityKind::kRoute},
    {EntityKind::kPlugin, "consumer", EntityKind::kConsumer},
    {EntityKind::kPlugin, "consumer_group", EntityKind::kConsumerGroup},
    {EntityKind::kCustomEntity, "service", EntityKind::kService},
    {EntityKind::kCustomEntity, "route", EntityKind::kRoute},
    {EntityKind::kCustomEntity, "consumer", EntityKind::kConsumer},
    {EntityKind::kCustomEntity, "consumer_group", EntityKind::kConsumerGroup},
    {EntityKind::kUpstream, "client_certificate", EntityKind::kCertificate},
    {EntityKind::kTarget, "upstream", EntityKind::kUpstream},
};

// The fields that together are unique among the entities of a kind.
struct UniqueField {
  EntityKind kind;
  std::string_view field;
};
constexpr UniqueField kUniqueFields[] = {
    {EntityKind::kCaCertificate, "cert"},
    {EntityKind::kSni, "name"},
    {EntityKind::kVault, "prefix"},
    {EntityKind::kService, "name"},
    {EntityKind::kRoute, "name"},
    {EntityKind::kConsumerGroup, "name"},
    {EntityKind::kConsumer, "username"},
    {EntityKind::kConsumerGroupConsumer, "consumer"},
    {EntityKind::kConsumerGroupConsumer, "consumer_group"},
    {EntityKind::kKeyAuth, "key"},
    {EntityKind::kBasicAuth, "username"},
    {EntityKind::kHmacAuth, "username"},
    {EntityKind::kJwt, "key"},
    {EntityKind::kOauth2, "client_id"},
    {EntityKind::kAcl, "consumer"},
    {EntityKind::kAcl, "group"},
    {EntityKind::kMtlsAuth, "ca_certificate"},
    {EntityKind::kMtlsAuth, "consumer"},
    {EntityKind::kMtlsAuth, "subject_name"},
    {EntityKind::kPlugin, "consumer"},
    {EntityKind::kPlugin, "consumer_group"},
    {EntityKind::kPlugin, "name"},
    {EntityKind::kPlugin, "route"},
    {EntityKind::kPlugin, "service"},
    {EntityKind::kUpstream, "name"},
    {EntityKind::kTarget, "target"},
    {EntityKind::kTarget, "upstream"},
};

// What a field of a kind means to other entities.
struct Field {
  std::string_view name;
  std::optional<EntityKind> refers_to;
  bool unique = false;
};

Field& FieldNamed(std::string_view name, std::vector<Field>& fields) {
  auto at = std::find_if(fields.begin(), fields.end(),
                         [&](const Field& each) { return each.name == name; });
  return at != fields.end() ? *at : fields.emplace_back(Field{name, std::nullopt, false});
}

using FieldsByKind = std::array<std::vector<Field>, kEntityKinds>;

FieldsByKind AllFields() {
  FieldsByKind all;
  for (const ReferenceField& each : kReferenceFields)
    FieldNamed(each.field, all[static_cast<size_t>(each.from)]).refers_to = each.to;
  for (const UniqueField& each : kUniqueFields)
    FieldNamed(each.field, all[static_cast<size_t>(each.kind)]).unique = true;
  return all;
}

// Null if the field means nothing to others. A kind has at most five that do.
const Field* FindField(EntityKind kind, std::string_view name) {
  static const FieldsByKind& all = *new FieldsByKind(AllFields());
  for (const Field& field : all[static_cast<size_t>(kind)]) {
    if (field.name == name) return &field;
  }
  return nullptr;
}

// Braces inside strings do not count.
bool DeeperThan(std::string_view json, int limit) {
  auto opening = [](char c) { return c == '{' || c == '['; };
  if (std::count_if(json.begin(), json.end(), opening) <= limit) return false;
  int depth = 0;
  bool in_string = false;
  for (size_t i = 0; i < json.size(); ++i) {
    char c = json[i];
    if (in_string) {
      if (c == '\\')
        ++i;
      else if (c == '"')
        in_string = false;
    } else if (c == '"') {
      in_string = true;
    } else if (opening(c)) {
      if (++depth > limit) return true;
    } else if (c == '}' || c == ']') {
      --depth;
    }
  }
  return false;
}

EntityKey Referred(EntityKind kind, std::string_view text) {
  if (std::optional<EntityId> id = EntityId::Parse(text)) return {kind, *id};
  if (kind == EntityKind::kConsumerGroup) return {kind, ConsumerGroupId(text)};
  return {kind, DeriveId(ArrayName(kind), text)};
}

}  // namespace

uint64_t FragmentFingerprint(std::string_view json) { return engine::Fingerprint::Of(json).low; }

struct FragmentReader::Parser {
  simdjson::ondemand::parser parser;
  std::string padded;

  // The string of a value, or that of its member `id`.
  static std::optional<std::string_view> TextOf(simdjson::ondemand::value value) {
    std::string_view text;
    json_type type;
    if (value.type().get(type)) return std::nullopt;
    if (type == json_type::string && !value.get_string().get(text)) return text;
    if (type == json_type::object && !value["id"].get_string().get(text)) return text;
    return std::nullopt;
  }
};

FragmentReader::FragmentReader() : parser_(std::make_unique<Parser>()) {}
FragmentReader::FragmentReader(FragmentReader&&) noexcept = default;
FragmentReader& FragmentReader::operator=(FragmentReader&&) noexcept = default;
FragmentReader::~FragmentReader() = default;

const FragmentFacts& FragmentReader::Read(EntityKind kind, std::string_view json) {
  facts_ = {};
  facts_.too_deep = DeeperThan(json, kFragmentDepthMax);
  if (facts_.too_deep) return facts_;
  parser_->padded.assign(json);
  parser_->padded.append(simdjson::SIMDJSON_PADDING, '\0');
  facts_.readable = ReadMembers(kind);
  return facts_;
}

bool FragmentReader::ReadMembers(EntityKind kind) {
  const std::string& padded = parser_->padded;
  simdjson::ondemand::document document;
  simdjson::ondemand::object object;
  simdjson::padded_string_view text(padded.data(), padded.size() - simdjson::SIMDJSON_PADDING,
                                    padded.size());
  if (parser_->parser.iterate(text).get(document)) return false;
  if (document.get_object().get(object)) return false;
  for (auto member : object) {
    std::string_view name;
    simdjson::ondemand::value value;
    if (member.unescaped_key().get(name) || member.value().get(value)) return false;
    const Field* field = FindField(kind, name);
    if (!field) continue;
    const std::optional<EntityKind> referred = field->refers_to;
    json_type type;
    if (value.type().get(type)) return false;
    if (type == json_type::array && referred) {
      for (auto element : value.get_array()) {
        std::string_view id;
        if (!element.get_string().get(id)) facts_.references.push_back(Referred(*referred, id));
      }
      continue;
    }
    std::optional<std::string_view> string = Parser::TextOf(value);
    if (!string) continue;
    if (referred) facts_.references.push_back(Referred(*referred, *string));
    if (field->unique)
      facts_.unique_key.append(name).append(1, '\0').append(*string).append(1, '\0');
  }
  const char* rest = nullptr;
  return document.current_location().get(rest) == simdjson::OUT_OF_BOUNDS;
}

}  // namespace kong
