#include "tools/simulators/kong_gateway.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "engine/status_macros.h"
#include "engine/text.h"
#include "io/yaml.h"
#include "tools/simulators/digest.h"
#include "tools/simulators/kong_admin.h"

namespace simulators {
namespace {

using engine::Cat;

constexpr std::string_view kNoConfig = "00000000000000000000000000000000";
constexpr absl::Duration kLockLife = absl::Seconds(60);
constexpr absl::Duration kRetryAfterMost = absl::Seconds(10);

Answer MessageAnswer(int status, std::string_view message) {
  return JsonAnswer(status, {{"message", message}});
}

bool IsTrue(std::string_view value) {
  std::string lower = engine::Lower(value);
  return lower == "1" || lower == "true" || lower == "on" || lower == "yes";
}

// A version of at least 3.9 reads application/yaml too.
bool ReadsApplicationYaml(std::string_view version) {
  std::vector<std::string_view> parts = engine::Split(version, '.');
  int64_t major = engine::ParseInt(parts[0]).value_or(0);
  int64_t minor = parts.size() > 1 ? engine::ParseInt(parts[1]).value_or(0) : 0;
  return major > 3 || (major == 3 && minor >= 9);
}

struct ParsedText {
  std::optional<Json> tree;
  std::string why;
};

// JSON first, then YAML, as Kong does; what nests deeper than Kong's JSON reader allows goes on to
// YAML.
ParsedText ParseConfigText(std::string_view text) {
  if (std::optional<Json> tree = ParseJson(text, /*max_depth=*/1000)) return {std::move(tree), ""};
  absl::StatusOr<std::vector<io::YamlDocument>> documents = io::YamlToJson(text, "config");
  if (!documents.ok()) return {std::nullopt, std::string(engine::MessageOf(documents.status()))};
  if (documents->empty()) return {std::nullopt, "expected a table"};
  return {ParseJson(documents->front().json), "expected a table"};
}

}  // namespace

// A body as Kong understood it.
struct KongGateway::Reading {
  Json input;
  std::string text_hash;  // Empty for a JSON object, whose hash nobody can foretell.
};

// A configuration that only has to be loaded.
struct KongGateway::Accepted {
  Entities entities;
  std::string hash;
  Answer answer;
};

KongGateway::KongGateway(io::Clock& clock, KongGatewayOptions options, KongSchemas schemas)
    : clock_(clock),
      options_(std::move(options)),
      schemas_(std::move(schemas)),
      random_(options_.seed),
      hash_(kNoConfig),
      delays_(clock) {
  node_id_ = RandomId();
  if (options_.database == "off") return;
  KongDatabase::World world{.now_seconds = [this] { return absl::ToUnixSeconds(clock_.Now()); },
                            .random_id = [this] { return RandomId(); }};
  database_ = std::make_unique<KongDatabase>(schemas_, std::move(world));
  database_api_ = std::make_unique<KongDatabaseApi>(*database_, options_.workspace);
}

absl::StatusOr<std::unique_ptr<KongGateway>> KongGateway::Create(io::Clock& clock,
                                                                 KongGatewayOptions options) {
  KongSchemas schemas = KongSchemas::Facts(options.flavor, options.edition);
  if (!options.schemas_folder.empty()) {
    ASSIGN_OR_RETURN(schemas, KongSchemas::FromFolder(options.schemas_folder, options.flavor));
  }
  return std::unique_ptr<KongGateway>(
      new KongGateway(clock, std::move(options), std::move(schemas)));
}

std::string KongGateway::RandomId() {
  std::string bytes;
  for (int word = 0; word < 2; ++word) {
    uint64_t bits = random_();
    for (int at = 0; at < 8; ++at) bytes += static_cast<char>(bits >> (8 * at));
  }
  bytes[6] = static_cast<char>((bytes[6] & 0x0f) | 0x40);
  bytes[8] = static_cast<char>((bytes[8] & 0x3f) | 0x80);
  std::string hex = engine::Hex(bytes);
  return Cat(hex.substr(0, 8), "-", hex.substr(8, 4), "-", hex.substr(12, 4), "-",
             hex.substr(16, 4), "-", hex.substr(20));
}

void KongGateway::Serve(io::HttpServerRequest request, std::unique_ptr<io::HttpResponder> owned) {
  using What = KongFault::What;
  ++requests_;
  Responder responder = std::move(owned);
  if (request.path.starts_with("/_simulator/")) return Send(*responder, Control(request));

  std::optional<KongFault> fault = faults_.Take(request.path);
  if (fault && fault->what == What::kDelay) {
    auto later = [this, request = std::move(request), responder]() mutable {
      ServeConfig(std::move(request), std::move(responder), nullptr);
    };
    return delays_.After(fault->delay, std::move(later));
  }
  if (fault && fault->what == What::kReset) return responder->Abort();
  if (fault && fault->what == What::kHang) return silent_.push_back(std::move(responder));
  if (fault && fault->what == What::kStatus) {
    Answer answer = MessageAnswer(fault->status, "An unexpected error occurred");
    if (fault->retry_after > absl::ZeroDuration()) {
      answer.headers.Add("Retry-After", Cat(absl::ToInt64Seconds(fault->retry_after)));
    }
    return Send(*responder, std::move(answer));
  }
  ServeConfig(std::move(request), std::move(responder), fault ? &*fault : nullptr);
}

Answer KongGateway::Route(const io::HttpServerRequest& request) {
  bool database = options_.database != "off";
  if (request.method == "GET") {
    KongNode node{options_.version, options_.edition, options_.database, options_.role, node_id_};
    bool root = request.path == "/" || (database && request.path.ends_with("/kong"));
    if (root) return JsonAnswer(200, RootBody(node, schemas_));
    if (request.path == "/status") {
      return JsonAnswer(200, StatusBody(database ? "" : hash_, requests_));
    }
    if (!database && request.path == "/config") return JsonAnswer(200, ConfigBody(loaded_));
  }
  if (database) {
    std::optional<Answer> served = database_api_->Serve(request);
    if (served) return *std::move(served);
  } else if (request.method == "GET") {
    std::optional<Answer> read =
        ReadEntities(schemas_, loaded_, request.path, ParseQuery(request.query));
    if (read) return *std::move(read);
  } else {
    std::optional<Answer> refused = RefuseWrite(schemas_, request.method, request.path);
    if (refused) return *std::move(refused);
  }
  return MessageAnswer(404, "Not found");
}

Answer KongGateway::Refusal(const Json& fields, const Json* flattened) const {
  Json body = {{"code", 14},
               {"name", "invalid declarative configuration"},
               {"message", Cat("declarative config is invalid: ", LuaText(fields))},
               {"fields", fields}};
  if (flattened != nullptr) body["flattened_errors"] = *flattened;
  return JsonAnswer(400, body);
}

std::variant<KongGateway::Reading, Answer> KongGateway::Read(const io::HttpServerRequest& request,
                                                             const Query& query) const {
  std::string type = MediaType(request.headers, "Content-Type");
  bool json = type == "application/json";
  bool yaml =
      type == "text/yaml" || (type == "application/yaml" && ReadsApplicationYaml(options_.version));
  if (!json && !yaml) return NginxAnswer(415, "Unsupported Media Type");
  bool unseen = request.body.size() > options_.body_buffer_bytes;
  if (json && unseen) return MessageAnswer(400, "Cannot parse JSON body");
  if (request.body.empty() || unseen)
    return MessageAnswer(400, "expected a declarative configuration");

  std::string_view text = request.body;
  std::optional<Json> tree;
  if (json) {
    tree = ParseJson(request.body);
    if (!tree) return MessageAnswer(400, "Cannot parse JSON body");
    if (tree->is_object() && tree->contains("_format_version")) {
      for (const auto& [name, value] : query) {
        // The body and the query are one table of parameters to Kong.
        if (name != "check_hash" && name != "flatten_errors") (*tree)[name] = value;
      }
      return Reading{*std::move(tree), ""};
    }
    if (At(*tree, "config").is_string()) text = TextAt(*tree, "config");
  }
  ParsedText parsed = ParseConfigText(text);
  if (!parsed.tree || !parsed.tree->is_object()) {
    std::string why = parsed.tree ? "expected a table" : parsed.why;
    return Refusal({{"error", Cat("failed parsing declarative configuration: ", why)}}, nullptr);
  }
  return Reading{*std::move(parsed.tree), Md5Hex(text)};
}

void KongGateway::ServeConfig(io::HttpServerRequest request, Responder responder,
                              const KongFault* fault) {
  if (request.path != "/config" || request.method != "POST") {
    return Finish(std::move(responder), Route(request), fault);
  }
  KongLoad load{clock_.Uptime(), clock_.Uptime(), request.body.size(), 0, hash_};
  auto judged = Judge(request, fault != nullptr && fault->what == KongFault::What::kRefuse);
  if (Answer* answer = std::get_if<Answer>(&judged)) {
    load.status = answer->status;
    history_.push_back(load);
    return Finish(std::move(responder), std::move(*answer), fault);
  }
  loading_ = true;
  load_began_ = load.began;
  load.status = 201;
  std::optional<KongFault> kept = fault == nullptr ? std::nullopt : std::optional(*fault);
  auto done = [this, accepted = std::move(std::get<Accepted>(judged)), load, kept,
               responder = std::move(responder)]() mutable {
    Commit(std::move(accepted.entities), std::move(accepted.hash), std::move(load));
    Finish(std::move(responder), std::move(accepted.answer), kept ? &*kept : nullptr);
  };
  delays_.After(static_cast<double>(load.bytes) / 1e6 * options_.load_per_megabyte,
                std::move(done));
}

// Everything that Kong does with a configuration before it takes the lock.
std::variant<KongGateway::Accepted, Answer> KongGateway::Judge(const io::HttpServerRequest& request,
                                                               bool refuse) {
  if (request.body.size() > options_.max_body_bytes) {
    return NginxAnswer(413, "Request Entity Too Large");
  }
  if (options_.database != "off") {
    return MessageAnswer(
        400, "this endpoint is only available when Kong is configured to not use a database");
  }
  Query query = ParseQuery(request.query);
  auto read = Read(request, query);
  if (Answer* answer = std::get_if<Answer>(&read)) return std::move(*answer);
  Reading& reading = std::get<Reading>(read);
  bool same = !reading.text_hash.empty() && reading.text_hash == hash_;
  if (same && Find(query, "check_hash") == "1") return Answer{304, {}, ""};
  bool flatten = IsTrue(Find(query, "flatten_errors"));
  if (refuse) {
    Json nothing = Json::object();
    return Refusal(nothing, flatten ? &nothing : nullptr);
  }
  auto result = Load(reading.input);
  if (ConfigErrors* errors = std::get_if<ConfigErrors>(&result)) {
    if (!flatten) return Refusal(PlainFields(*errors), nullptr);
    Json list = FlattenedErrors(*errors);
    return Refusal(errors->top, &list);
  }
  if (loading_) return BusyAnswer();

  Accepted accepted{std::move(std::get<Entities>(result)), reading.text_hash, {}};
  Json shown = Json::object();
  for (const auto& [entity, rows] : accepted.entities) shown[entity] = rows;
  if (accepted.hash.empty()) accepted.hash = Md5Hex(Cat(DumpJson(shown), RandomId()));
  accepted.answer = JsonAnswer(201, shown);
  return accepted;
}

std::variant<Entities, ConfigErrors> KongGateway::Load(const Json& input) {
  auto random_id = [this] { return RandomId(); };
  return LoadConfig(schemas_, input, {absl::ToUnixSeconds(clock_.Now()), random_id});
}

Answer KongGateway::BusyAnswer() const {
  Answer busy = MessageAnswer(429, "Currently loading previous configuration");
  absl::Duration left = load_began_ + kLockLife - clock_.Uptime();
  absl::Duration wait = std::clamp(left, absl::Seconds(1), kRetryAfterMost);
  busy.headers.Add("Retry-After", Cat(absl::ToInt64Seconds(wait)));
  return busy;
}

void KongGateway::Commit(Entities entities, std::string hash, KongLoad load) {
  loading_ = false;
  loaded_ = std::move(entities);
  hash_ = loaded_.empty() ? std::string(kNoConfig) : std::move(hash);
  load.ended = clock_.Uptime();
  load.hash = hash_;
  history_.push_back(load);
  if (on_load_) on_load_(load);
}

void KongGateway::Finish(Responder responder, Answer answer, const KongFault* fault) {
  using What = KongFault::What;
  if (fault == nullptr || fault->what == What::kRefuse) return Send(*responder, std::move(answer));
  if (fault->what == What::kTruncate) return SendTruncated(*responder, std::move(answer));
  if (fault->what == What::kNeverAnswer) return silent_.push_back(std::move(responder));
  responder->Abort();
}

void KongGateway::Restart(bool keep) {
  delays_.Clear();
  silent_.clear();
  loading_ = false;
  if (!keep) {
    loaded_.clear();
    hash_ = kNoConfig;
  }
  if (on_restart_) on_restart_();
}

absl::Status KongGateway::ConfigureByOther(std::string_view text) {
  ParsedText parsed = ParseConfigText(text);
  if (!parsed.tree || !parsed.tree->is_object()) {
    return engine::InvalidArgument("foreign configuration: ", parsed.why);
  }
  auto result = Load(*parsed.tree);
  if (ConfigErrors* errors = std::get_if<ConfigErrors>(&result)) {
    return engine::InvalidArgument("foreign configuration: ", LuaText(PlainFields(*errors)));
  }
  KongLoad load{clock_.Uptime(), clock_.Uptime(), text.size(), 201, ""};
  Commit(std::move(std::get<Entities>(result)), Md5Hex(text), load);
  return absl::OkStatus();
}

}  // namespace simulators
