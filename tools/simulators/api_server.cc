#include "tools/simulators/api_server.h"

#include <algorithm>
#include <utility>

#include "absl/strings/escaping.h"
#include "engine/text.h"

namespace simulators {
namespace {

using engine::Cat;

// What the client will read, as far as it differs here.
enum class Form { kFull, kMetadata, kNone };

Form FormOf(std::string_view accept) {
  if (accept.empty()) return Form::kFull;
  for (std::string_view item : engine::Split(accept, ',')) {
    std::string_view type = engine::Trim(item.substr(0, item.find(';')));
    if (type != "application/json" && type != "*/*" && type != "application/*") continue;
    if (item.find("as=PartialObjectMetadata") != item.npos) return Form::kMetadata;
    if (item.find("as=") == item.npos) return Form::kFull;  // as=Table and the like: not ours.
  }
  return Form::kNone;
}

Answer ErrorAnswer(const ApiError& error) {
  Answer answer = JsonAnswer(error.code, error.Status());
  const Json& wait = At(error.details, "retryAfterSeconds");
  if (wait.is_number()) answer.headers.Add("Retry-After", DumpJson(wait));
  return answer;
}

Answer TextAnswer(int status, std::string body) {
  Answer answer;
  answer.status = status;
  answer.headers.Add("Content-Type", "application/json");
  answer.body = std::move(body);
  return answer;
}

std::string VerbOf(const io::HttpServerRequest& request, const ApiPath& path, const Query& query) {
  std::string_view watch = Find(query, "watch");
  bool watches = Has(query, "watch") && watch != "0" && watch != "false";
  if (request.method == "GET") return !path.name.empty() ? "get" : watches ? "watch" : "list";
  if (request.method == "POST") return "create";
  if (request.method == "PUT") return "update";
  if (request.method == "PATCH") return "patch";
  if (request.method == "DELETE") return path.name.empty() ? "deletecollection" : "delete";
  return engine::Lower(request.method);
}

ApiError FaultError(const ApiFault& fault) {
  switch (fault.status) {
    case 410:
      return ExpiredError("The provided continue parameter or resource version is too old");
    case 429:
      return {429,
              "TooManyRequests",
              "too many requests, please try again later",
              {{"retryAfterSeconds", absl::ToInt64Seconds(fault.retry_after)}},
              ""};
    case 503:
      return {503, "ServiceUnavailable", "the server is currently unable to handle the request",
              Json(), ""};
    case 504:
      return {504, "Timeout", "request did not complete within the allotted timeout", Json(), ""};
    default:
      return {fault.status, "InternalError", "Internal error occurred: simulated", Json(), ""};
  }
}

std::string TokenText(int64_t revision, std::string_view start) {
  Json token = {{"v", "meta.k8s.io/v1"}, {"rv", revision}, {"start", start}};
  std::string out;
  absl::WebSafeBase64Escape(engine::ToAbsl(DumpJson(token)), &out);
  return out;
}

struct Token {
  int64_t revision = 0;  // Negative: whatever is current, consistent or not.
  std::string start;
};

std::optional<Token> ParseToken(std::string_view text) {
  std::string json;
  if (!absl::WebSafeBase64Unescape(engine::ToAbsl(text), &json)) return std::nullopt;
  std::optional<Json> tree = ParseJson(json, /*max_depth=*/4);
  if (!tree || !At(*tree, "rv").is_number_integer()) return std::nullopt;
  return Token{At(*tree, "rv").get<int64_t>(), std::string(TextAt(*tree, "start"))};
}

// The snapshot that a list is to be read at, or why it cannot be.
std::variant<int64_t, ApiError> SnapshotOf(const Query& query, const ApiStore& store, bool paged) {
  std::string_view revision = Find(query, "resourceVersion");
  std::string_view match = Find(query, "resourceVersionMatch");
  if (!match.empty() && revision.empty()) {
    return InvalidError("resourceVersionMatch is forbidden unless resourceVersion is provided");
  }
  if (!match.empty() && match != "Exact" && match != "NotOlderThan") {
    return InvalidError(Cat("resourceVersionMatch: Unsupported value: \"", match, "\""));
  }
  if (match == "Exact" && revision == "0") {
    return InvalidError("resourceVersionMatch \"exact\" is forbidden for resourceVersion \"0\"");
  }
  if (revision.empty() || revision == "0") return store.revision();
  std::optional<int64_t> wanted = engine::ParseInt(revision);
  if (!wanted || *wanted < 0) return BadRequestError(Cat("invalid resource version: ", revision));
  if (*wanted > store.revision()) return TooLargeRevisionError(*wanted, store.revision());
  bool exact = match == "Exact" || (match.empty() && paged);
  if (!exact) return store.revision();
  if (*wanted < store.compacted()) {
    return ExpiredError("The resourceVersion for the provided list is too old.");
  }
  return *wanted;
}

ApiError ExpiredTokenError(const ApiStore& store, const Token& token) {
  ApiError error = ExpiredError(
      "The provided continue parameter is too old to display a consistent list result. You can "
      "start "
      "a new list without the continue parameter, or use the continue token in this response to "
      "retrieve the remainder of the results. Continuing with the provided token results in an "
      "inconsistent list - objects that were created, modified, or deleted between the time the "
      "first "
      "chunk was returned and now may show up in the list.");
  if (store.revision() > 0) error.continue_token = TokenText(-1, token.start);
  return error;
}

}  // namespace

ApiServer::ApiServer(io::Clock& clock, ApiServerOptions options)
    : clock_(clock), options_(std::move(options)), store_(options_.store), delays_(clock) {
  store_.OnEvent([this](const ApiEvent& event) { Broadcast(event); });
  KeepBookmarking();
}

void ApiServer::Serve(io::HttpServerRequest request, std::unique_ptr<io::HttpResponder> owned) {
  Responder responder = std::move(owned);
  if (request.path.starts_with("/_simulator/")) return Send(*responder, Control(request));
  Exchange exchange{std::move(request), {}, {}, "get", std::move(responder)};
  exchange.query = ParseQuery(exchange.request.query);
  std::optional<ApiPath> path = ParseApiPath(store_, exchange.request.path);
  if (path) {
    exchange.path = *std::move(path);
    exchange.verb = VerbOf(exchange.request, exchange.path, exchange.query);
    ++requests_[Cat(exchange.verb, " ", exchange.path.resource->plural)];
  }
  if (!options_.tokens.empty()) {
    auto user = options_.tokens.find(BearerToken(exchange.request.headers.Find("Authorization")));
    const ApiUser* known = user == options_.tokens.end() ? nullptr : &user->second;
    if (auto error = Forbid(known, exchange.verb, exchange.path)) {
      return Send(*exchange.responder, ErrorAnswer(*error));
    }
  }
  std::string_view plural = exchange.path.resource ? exchange.path.resource->plural : "";
  std::optional<ApiFault> fault =
      faults_.Take(exchange.verb, !Find(exchange.query, "continue").empty(), plural);
  if (fault) return Befall(std::move(exchange), *fault);
  Dispatch(std::move(exchange));
}

void ApiServer::Befall(Exchange exchange, const ApiFault& fault) {
  using What = ApiFault::What;
  io::HttpResponder& responder = *exchange.responder;
  switch (fault.what) {
    case What::kReset:
      return responder.Abort();
    case What::kHang:
      return silent_.push_back(std::move(exchange.responder));
    case What::kJunk:
      return Send(responder, TextAnswer(200, "{\"kind\":\"\x01\xff\xfe, [}"));
    case What::kStatus: {
      Answer answer = ErrorAnswer(FaultError(fault));
      bool wait = fault.retry_after > absl::ZeroDuration() && fault.status != 429;
      if (wait) answer.headers.Add("Retry-After", Cat(absl::ToInt64Seconds(fault.retry_after)));
      return Send(responder, std::move(answer));
    }
    case What::kErrorEvent:
    case What::kTruncate:
      break;
    case What::kDelay: {
      auto later = [this, exchange = std::move(exchange)]() mutable {
        Dispatch(std::move(exchange));
      };
      return delays_.After(fault.delay, std::move(later));
    }
  }
  if (exchange.verb != "watch") return SendTruncated(responder, Act(exchange));
  responder.Begin(200, TextAnswer(200, "").headers);
  ApiWatch watch({exchange.path.resource, "", {}, false, false}, exchange.responder);
  if (fault.what == What::kTruncate) return watch.Cut(WatchCut::kTruncate, store_.revision());
  watch.SendError(FaultError(fault));
}

void ApiServer::Dispatch(Exchange exchange) {
  if (exchange.verb == "watch") return Watch(exchange);
  Send(*exchange.responder, Act(exchange));
}

Answer ApiServer::Act(const Exchange& exchange) {
  if (exchange.path.resource == nullptr) {
    auto found = Discover(store_, exchange.request.path, options_.version);
    return found ? *std::move(found) : ErrorAnswer(UnknownPathError());
  }
  if (FormOf(exchange.request.headers.Find("Accept")) == Form::kNone) {
    return ErrorAnswer(NotAcceptableError());
  }
  if (exchange.verb == "get") return Read(exchange);
  if (exchange.verb == "list") return List(exchange);
  return Write(exchange);
}

Answer ApiServer::Read(const Exchange& exchange) {
  ApiObjectPtr object = store_.Get(exchange.path.key());
  const ApiResource& resource = *exchange.path.resource;
  if (object == nullptr) return ErrorAnswer(NotFoundError(resource, exchange.path.name));
  Form form = FormOf(exchange.request.headers.Find("Accept"));
  return TextAnswer(200,
                    form == Form::kMetadata ? MetadataText(*object) : FullText(resource, *object));
}

Answer ApiServer::List(const Exchange& exchange) {
  const Query& query = exchange.query;
  auto selector = ApiSelector::Parse(Find(query, "labelSelector"), Find(query, "fieldSelector"));
  if (!selector.ok())
    return ErrorAnswer(BadRequestError(std::string(engine::MessageOf(selector.status()))));
  ApiListQuery list{exchange.path.resource, exchange.path.space, *std::move(selector), 0, "", 0};
  int64_t limit = engine::ParseInt(Find(query, "limit")).value_or(0);
  // From the watch cache, which "0" asks for, a real server answers whole.
  bool cached = Find(query, "resourceVersion") == "0";
  if (limit > 0 && !cached) list.limit = static_cast<size_t>(limit);

  int64_t shown = 0;
  if (std::string_view text = Find(query, "continue"); !text.empty()) {
    if (Has(query, "resourceVersion") && !cached && !Find(query, "resourceVersion").empty()) {
      return ErrorAnswer(
          BadRequestError("specifying resource version is not allowed when using continue"));
    }
    std::optional<Token> token = ParseToken(text);
    if (!token) return ErrorAnswer(BadRequestError("continue key is not valid"));
    bool stale = token->revision >= 0 && token->revision < store_.compacted();
    if (stale) return ErrorAnswer(ExpiredTokenError(store_, *token));
    list.revision = token->revision < 0 ? store_.revision() : token->revision;
    list.start = token->start;
    if (limit > 0) list.limit = static_cast<size_t>(limit);
  } else {
    auto snapshot = SnapshotOf(query, store_, list.limit != 0);
    if (ApiError* error = std::get_if<ApiError>(&snapshot)) return ErrorAnswer(*error);
    list.revision = std::get<int64_t>(snapshot);
    if (cached && stale_ >= store_.compacted() && stale_ > 0) list.revision = stale_;
  }
  shown = list.revision;

  ApiPage page = store_.List(list);
  bool metadata_only = FormOf(exchange.request.headers.Find("Accept")) == Form::kMetadata;
  const ApiResource& resource = *exchange.path.resource;
  Json metadata = {{"resourceVersion", Cat(shown)}};
  if (!page.next.empty()) {
    metadata["continue"] = TokenText(shown, page.next);
    if (page.remaining > 0) metadata["remainingItemCount"] = page.remaining;
  }
  std::string kind = metadata_only ? "PartialObjectMetadata" : resource.kind;
  std::string version = metadata_only ? "meta.k8s.io/v1" : resource.ApiVersion();
  std::string body = Cat("{\"kind\":\"", kind, "List\",\"apiVersion\":\"", version,
                         "\",\"metadata\":", DumpJson(metadata), ",\"items\":[");
  for (const ApiObjectPtr& object : page.objects) {
    if (object != page.objects.front()) body += ',';
    body += metadata_only     ? MetadataText(*object)
            : resource.custom ? FullText(resource, *object)
                              : object->text;
  }
  body += "]}\n";
  return TextAnswer(200, std::move(body));
}

ApiResult ApiServer::Patch(const Exchange& exchange, const ApiKey& key, ApiStore::Part part) {
  std::string type = MediaType(exchange.request.headers, "Content-Type");
  bool merge = type == "application/merge-patch+json";
  if (!merge && type != "application/json-patch+json") {
    return UnsupportedMediaTypeError(
        Cat("the body of the request was in an unknown format (", type,
            ") - accepted media types include: application/json-patch+json, "
            "application/merge-patch+json"));
  }
  ApiObjectPtr current = store_.Get(key);
  if (current == nullptr) return NotFoundError(*key.resource, key.name);
  std::optional<Json> patch = ParseJson(exchange.request.body);
  if (!patch) return BadRequestError("error decoding patch: not JSON");
  Json object = FullTree(*key.resource, *current);
  if (merge) {
    object.merge_patch(*patch);
    return store_.Update(key, std::move(object), part);
  }
  try {
    return store_.Update(key, object.patch(*patch), part);
  } catch (const Json::exception& error) {
    return InvalidError(
        Cat("the server rejected our request due to an error in our request: ", error.what()));
  }
}

Answer ApiServer::Write(const Exchange& exchange) {
  const ApiKey key = exchange.path.key();
  const std::string& verb = exchange.verb;
  bool named = !key.name.empty();
  bool homeless = key.resource->namespaced && key.space.empty();
  bool allowed = (verb == "create" && !named && !homeless) ||
                 (named && (verb == "update" || verb == "patch")) ||
                 (verb == "delete" && named && !exchange.path.status);
  if (!allowed) return ErrorAnswer(MethodNotAllowedError());
  auto part = exchange.path.status ? ApiStore::Part::kStatus : ApiStore::Part::kMain;
  std::optional<Json> body = ParseJson(exchange.request.body);
  bool needs_body = verb == "create" || verb == "update";
  if (needs_body && !body) {
    return ErrorAnswer(BadRequestError("the request's body is not a JSON object"));
  }
  ApiResult result;
  if (verb == "create") {
    result = store_.Create(key, *std::move(body), clock_.Now());
  } else if (verb == "update") {
    result = store_.Update(key, *std::move(body), part);
  } else if (verb == "patch") {
    result = Patch(exchange, key, part);
  } else {
    const Json& conditions = body ? At(*body, "preconditions") : Json();
    ApiPreconditions wanted{std::string(TextAt(conditions, "uid")),
                            std::string(TextAt(conditions, "resourceVersion"))};
    result = store_.Delete(key, wanted, clock_.Now());
  }
  if (ApiError* error = std::get_if<ApiError>(&result)) return ErrorAnswer(*error);
  const ApiObject& object = *std::get<ApiObjectPtr>(result);
  if (verb == "delete" && store_.Get(key) == nullptr) {
    Json details = {{"name", key.name}, {"kind", key.resource->plural}};
    return JsonAnswer(200, {{"kind", "Status"},
                            {"apiVersion", "v1"},
                            {"metadata", Json::object()},
                            {"status", "Success"},
                            {"details", details}});
  }
  return TextAnswer(verb == "create" ? 201 : 200, FullText(*key.resource, object));
}

}  // namespace simulators
