#include "kong/database/admin_paths.h"

#include <algorithm>
#include <array>

#include "engine/text.h"
#include "kong/json_tree.h"

namespace kong {
namespace {

using engine::Cat;

std::string_view Segment(EntityKind kind) {
  switch (kind) {
    case EntityKind::kKeyAuth:
      return "key-auths";
    case EntityKind::kBasicAuth:
      return "basic-auths";
    case EntityKind::kHmacAuth:
      return "hmac-auths";
    case EntityKind::kJwt:
      return "jwts";
    case EntityKind::kOauth2:
      return "oauth2";
    case EntityKind::kMtlsAuth:
      return "mtls-auths";
    case EntityKind::kConsumerGroupConsumer:
      return "consumers";
    default:
      return ArrayName(kind);
  }
}

struct ForeignField {
  std::string_view name;
  EntityKind kind;
};
constexpr std::array kForeignFields = std::to_array<ForeignField>({
    {"service", EntityKind::kService},
    {"route", EntityKind::kRoute},
    {"consumer", EntityKind::kConsumer},
    {"consumer_group", EntityKind::kConsumerGroup},
    {"certificate", EntityKind::kCertificate},
    {"client_certificate", EntityKind::kCertificate},
    {"ca_certificate", EntityKind::kCaCertificate},
    {"upstream", EntityKind::kUpstream},
});

// Foreign keys become {"id": …}, with the id that the database has for what is meant.
void Refer(Json& row, RemoteId remote_id) {
  for (const ForeignField& field : kForeignFields) {
    auto at = row.find(field.name);
    if (at == row.end()) continue;
    std::string_view text = at->is_object() ? TextAt(*at, "id") : Text(*at);
    std::optional<EntityId> id = EntityId::Parse(text);
    if (!id && !text.empty()) id = DeriveId(ArrayName(field.kind), text);
    if (id) *at = Json{{"id", remote_id({field.kind, *id}).text()}};
  }
}

void AddTags(Json& row, const std::vector<std::string>& tags) {
  Json& all = row["tags"];
  if (!all.is_array()) all = Json::array();
  for (const std::string& tag : tags) {
    if (!Allows(all, tag)) all.push_back(tag);
  }
}

}  // namespace

bool HasAdminPath(EntityKind kind) {
  return kind != EntityKind::kCustomEntity && kind != EntityKind::kLicense;
}

std::optional<EntityKind> ListedBelow(EntityKind kind) {
  if (kind == EntityKind::kTarget) return EntityKind::kUpstream;
  if (kind == EntityKind::kConsumerGroupConsumer) return EntityKind::kConsumerGroup;
  return std::nullopt;
}

bool GoesWith(EntityKind child, EntityKind parent) {
  bool restricts = child == EntityKind::kRoute || child == EntityKind::kService ||
                   child == EntityKind::kUpstream || parent == EntityKind::kCaCertificate;
  return !restricts;
}

bool HasDependants(EntityKind kind) {
  return kind == EntityKind::kService || kind == EntityKind::kRoute ||
         kind == EntityKind::kUpstream || kind == EntityKind::kConsumer ||
         kind == EntityKind::kConsumerGroup || kind == EntityKind::kCertificate ||
         kind == EntityKind::kCaCertificate;
}

std::string_view RenamableField(EntityKind kind) {
  bool named = kind == EntityKind::kService || kind == EntityKind::kRoute ||
               kind == EntityKind::kUpstream || kind == EntityKind::kConsumerGroup;
  if (named) return "name";
  return kind == EntityKind::kConsumer ? "username" : "";
}

std::string ListPath(EntityKind kind, const std::optional<EntityId>& parent) {
  if (!parent) return Cat('/', Segment(kind));
  return Cat('/', Segment(*ListedBelow(kind)), '/', parent->text(), '/', Segment(kind));
}

std::string EscapeQuery(std::string_view text) {
  constexpr std::string_view kPlain = "-._~";
  std::string out;
  for (char c : text) {
    bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                 kPlain.find(c) != kPlain.npos;
    plain ? void(out += c) : void(out += Cat('%', engine::Upper(engine::Hex({&c, 1}))));
  }
  return out;
}

std::string RowPath(const RemoteRow& row) {
  return Cat(ListPath(row.kind, row.parent), '/', row.member.value_or(row.id).text());
}

std::string RowBody(const RemoteRow& row, std::string_view fragment,
                    const std::vector<std::string>& tags, RemoteId remote_id) {
  Json body = ParseJson(fragment).value_or(Json::object());
  if (row.kind == EntityKind::kConsumerGroupConsumer) {
    EntityId consumer = row.member.value_or(EntityId());
    return DumpJson({{"consumer", remote_id({EntityKind::kConsumer, consumer}).text()}});
  }
  Refer(body, remote_id);
  if (row.kind == EntityKind::kTarget) body.erase("upstream");  // The path says it.
  if (row.kind == EntityKind::kCertificate) {
    // Certificates are changed by PATCH, which keeps what is not named.
    for (const char* field : {"cert_alt", "key_alt"}) body.emplace(field, nullptr);
    body.erase("snis");
  }
  body["id"] = row.id.text();
  if (row.created_at > 0) body["created_at"] = row.created_at;
  AddTags(body, tags);
  return DumpJson(body);
}

std::string PlainRow(std::string_view row, RemoteId translate) {
  Json plain = ParseJson(row).value_or(Json::object());
  for (const char* field : {"created_at", "updated_at", "ws_id"}) plain.erase(field);
  Refer(plain, translate);
  return DumpJson(plain);
}

}  // namespace kong
