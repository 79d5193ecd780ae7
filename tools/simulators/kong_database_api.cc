#include "tools/simulators/kong_database_api.h"

#include <algorithm>
#include <array>
#include <utility>

#include "engine/text.h"
#include "kong/entity.h"
#include "openssl/evp.h"

namespace simulators {
namespace {

using engine::Cat;

struct PathFacts {
  std::string_view segment, entity;
  bool nested_only = false;
};
// Entities whose path is not their name; those of a consumer have another below it.
constexpr std::array kPaths = std::to_array<PathFacts>({
    {"key-auths", "keyauth_credentials"},
    {"key-auth", "keyauth_credentials", true},
    {"basic-auths", "basicauth_credentials"},
    {"basic-auth", "basicauth_credentials", true},
    {"hmac-auths", "hmacauth_credentials"},
    {"hmac-auth", "hmacauth_credentials", true},
    {"jwts", "jwt_secrets"},
    {"jwt", "jwt_secrets", true},
    {"oauth2", "oauth2_credentials"},
    {"mtls-auths", "mtls_auth_credentials"},
    {"mtls-auth", "mtls_auth_credentials", true},
    {"key-sets", "key_sets"},
    {"filter-chains", "filter_chains"},
    {"targets", "targets", true},
});

std::string_view EntityOf(const KongSchemas& schemas, std::string_view segment, bool nested) {
  for (const PathFacts& path : kPaths) {
    if (path.segment != segment) continue;
    bool there = schemas.Entity(path.entity) != nullptr && (nested || !path.nested_only);
    return there ? path.entity : std::string_view();
  }
  return schemas.Entity(segment) == nullptr ? std::string_view() : segment;
}

Answer NotFound() { return JsonAnswer(404, {{"message", "Not found"}}); }

std::string EncodeToken(std::string_view id) {
  std::string text = DumpJson(Json::array({id}));
  std::string out(4 * ((text.size() + 2) / 3), '\0');
  EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                  reinterpret_cast<const unsigned char*>(text.data()),
                  static_cast<int>(text.size()));
  return out;
}

std::optional<std::string> DecodeToken(std::string_view token) {
  std::string out(token.size(), '\0');
  int size = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                             reinterpret_cast<const unsigned char*>(token.data()),
                             static_cast<int>(token.size()));
  if (size < 0) return std::nullopt;
  size_t end = out.rfind(']');
  std::optional<Json> tree = ParseJson(std::string_view(out).substr(0, end + 1));
  if (end == out.npos || !tree || !tree->is_array() || tree->size() != 1) return std::nullopt;
  return std::string(Text((*tree)[0]));
}

// "a,b" has all, "a/b" any.
bool HasTags(const Json& row, std::string_view asked) {
  bool any = asked.find('/') != asked.npos;
  std::vector<std::string_view> tags = engine::Split(asked, any ? '/' : ',');
  auto has = [&](std::string_view tag) { return Allows(At(row, "tags"), Json(tag)); };
  return any ? std::any_of(tags.begin(), tags.end(), has)
             : std::all_of(tags.begin(), tags.end(), has);
}

Answer Shown(int status, KongDatabase::Outcome outcome) {
  if (Answer* refused = std::get_if<Answer>(&outcome)) return std::move(*refused);
  return JsonAnswer(status, std::get<Json>(outcome));
}

}  // namespace

std::variant<KongDatabaseApi::Place, Answer> KongDatabaseApi::Locate(std::string_view path) const {
  std::vector<std::string_view> parts = engine::Split(path, '/');
  const KongSchemas& schemas = rows_.schemas();
  if (parts.size() < 2 || parts.size() > 5) return NotFound();
  Place place;
  place.entity = EntityOf(schemas, parts[1], false);
  if (place.entity.empty()) return NotFound();
  if (parts.size() == 2) return place;
  place.row = DecodePercent(parts[2], false);
  if (parts.size() == 3) return place;
  std::string_view child = EntityOf(schemas, parts[3], true);
  std::string_view field = child.empty() ? "" : schemas.ReferenceField(child, place.entity);
  const Json* parent = rows_.FindNamed(place.entity, *place.row);
  if (field.empty() || parent == nullptr) return NotFound();
  place = {child, std::string(TextAt(*parent, "id")), std::string(field), std::nullopt};
  if (parts.size() == 5 && !(child == "targets" && parts[4] == "all")) {
    place.row = DecodePercent(parts[4], false);
  }
  return place;
}

Answer KongDatabaseApi::List(const Place& place, std::string_view path, const Query& query) const {
  std::string_view asked_size = Find(query, "size"), token = Find(query, "offset");
  std::optional<int64_t> size = asked_size.empty() ? 100 : engine::ParseInt(asked_size);
  if (!size || *size < 1 || *size > 1000) {
    return ErrorAnswer(KongErrorCode::kSize, "size must be an integer between 1 and 1000",
                       Json::object());
  }
  std::string_view tags = Find(query, "tags");
  if (Has(query, "tags") && tags.empty()) {
    return ErrorAnswer(KongErrorCode::kOptions, "invalid option (tags: cannot be null)",
                       Json::object());
  }
  std::optional<std::string> after = token.empty() ? "" : DecodeToken(token);
  if (!after) {
    return ErrorAnswer(KongErrorCode::kOffset, Cat("'", token, "' is not a valid offset"),
                       Json::object());
  }
  Json page = Json::array();
  Json body = {{"data", Json::array()}, {"next", nullptr}};
  auto rows = rows_.rows().find(place.entity);
  if (rows == rows_.rows().end()) return JsonAnswer(200, body);
  std::string last;
  for (auto row = rows->second.upper_bound(*after); row != rows->second.end(); ++row) {
    if (!place.parent.empty() &&
        TextAt(At(row->second, place.parent_field), "id") != place.parent) {
      continue;
    }
    if (!tags.empty() && !HasTags(row->second, tags)) continue;
    if (page.size() == static_cast<size_t>(*size)) {
      body["offset"] = EncodeToken(last);
      body["next"] = Cat(path, "?offset=", EncodeToken(last));
      break;
    }
    page.push_back(row->second);
    last = row->first;
  }
  body["data"] = std::move(page);
  return JsonAnswer(200, body);
}

Answer KongDatabaseApi::Create(const Place& place, Json body) {
  if (!place.parent.empty()) body[place.parent_field] = {{"id", place.parent}};
  return Shown(201, rows_.Create(place.entity, std::move(body)));
}

Answer KongDatabaseApi::ServeRow(const Place& place, std::string_view method, Json body) {
  const Json* row = rows_.FindNamed(place.entity, *place.row, place.parent_field, place.parent);
  std::string id = row == nullptr ? *place.row : std::string(TextAt(*row, "id"));
  if (!place.parent.empty() && method != "GET" && method != "DELETE") {
    body[place.parent_field] = {{"id", place.parent}};
  }
  if (method == "GET") return row == nullptr ? NotFound() : JsonAnswer(200, *row);
  if (method == "DELETE") {
    std::optional<Answer> refused = row == nullptr ? std::nullopt : rows_.Remove(place.entity, id);
    return refused ? *std::move(refused) : Answer{204, {}, ""};
  }
  // PUT of a target updates, and never creates.
  bool update = method == "PATCH" || place.entity == "targets";
  if (update && row == nullptr) return NotFound();
  if (update) return Shown(200, rows_.Merge(place.entity, id, body));
  bool by_key = row == nullptr && !kong::EntityId::Parse(id).has_value();
  if (by_key) {
    body[std::string(rows_.schemas().Keys(place.entity).endpoint_key)] = id;
    id.clear();
  }
  return Shown(200, rows_.Replace(place.entity, id, std::move(body)));
}

// Consumers of a group, which have an endpoint of their own: POST {"consumer": …}.
Answer KongDatabaseApi::Members(std::string_view method, const std::string& group,
                                const std::optional<std::string>& consumer, const Json& body) {
  constexpr std::string_view kEntity = "consumer_group_consumers";
  if (method == "POST") {
    const Json* member = rows_.FindNamed("consumers", TextAt(body, "consumer"));
    if (member == nullptr) return NotFound();
    return Shown(201, rows_.Create(kEntity, {{"consumer", {{"id", At(*member, "id")}}},
                                             {"consumer_group", {{"id", group}}}}));
  }
  Json list = Json::array();
  for (const std::string& id : rows_.Children(kEntity, "consumer_group", group)) {
    std::string member(TextAt(At(*rows_.Find(kEntity, id), "consumer"), "id"));
    bool meant = consumer && (*consumer == member || rows_.FindNamed("consumers", *consumer) ==
                                                         rows_.Find("consumers", member));
    if (method == "DELETE" && meant) rows_.Remove(kEntity, id);
    list.push_back(*rows_.Find("consumers", member));
  }
  if (method == "DELETE") return Answer{204, {}, ""};
  return JsonAnswer(200, {{"data", list}, {"consumers", list}, {"next", nullptr}});
}

std::optional<Answer> KongDatabaseApi::ServeMembers(const io::HttpServerRequest& request,
                                                    std::string_view path) {
  std::vector<std::string_view> parts = engine::Split(path, '/');
  bool meant = parts.size() >= 4 && parts[1] == "consumer_groups" && parts[3] == "consumers";
  if (!meant || rows_.schemas().Entity("consumer_groups") == nullptr) return std::nullopt;
  const Json* group = rows_.FindNamed("consumer_groups", DecodePercent(parts[2], false));
  if (group == nullptr) return NotFound();
  std::optional<std::string> consumer;
  if (parts.size() > 4) consumer = DecodePercent(parts[4], false);
  Json body = ParseJson(request.body, 100).value_or(Json());
  return Members(request.method, std::string(TextAt(*group, "id")), consumer, body);
}

std::optional<Answer> KongDatabaseApi::Serve(const io::HttpServerRequest& request) {
  std::string_view path = request.path;
  std::string prefix = Cat('/', workspace_, '/');
  if (!workspace_.empty() && path.starts_with(prefix)) path.remove_prefix(prefix.size() - 1);
  bool write = request.method != "GET";
  std::optional<Answer> answer = ServeMembers(request, path);
  if (!answer) {
    auto located = Locate(path);
    if (Answer* missing = std::get_if<Answer>(&located)) return std::move(*missing);
    const Place& place = std::get<Place>(located);
    Json body = Json::object();
    if (write && request.method != "DELETE") {
      std::optional<Json> read = ParseJson(request.body, 1000);
      if (!read || !read->is_object()) {
        return JsonAnswer(400, {{"message", "Cannot parse JSON body"}});
      }
      body = *std::move(read);
    }
    if (place.row) {
      answer = ServeRow(place, request.method, std::move(body));
    } else if (request.method == "POST") {
      answer = Create(place, std::move(body));
    } else if (!write) {
      answer = List(place, path, ParseQuery(request.query));
    } else {
      answer = JsonAnswer(405, {{"message", "Method not allowed"}});
    }
  }
  if (write) calls_.push_back({request.method, std::string(path), answer->status});
  return answer;
}

}  // namespace simulators
