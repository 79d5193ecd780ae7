#include "tools/simulators/api_server.h"

#include <algorithm>
#include <utility>

#include "engine/text.h"
#include "tools/simulators/api_list.h"

namespace simulators {
namespace {

using engine::Cat;

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

}  // namespace

ApiServer::ApiServer(io::Clock& clock, ApiServerOptions options)
    : clock_(clock), options_(std::move(options)), store_(options_.store), delays_(clock) {
  store_.OnEvent([this](const ApiEvent& event) { Broadcast(event); });
  KeepBookmarking();
}

ApiResult ApiServer::Delete(const Json& object) {
  ApiKey key = store_.KeyOf(object);
  if (key.resource == nullptr) return BadRequestError("an object of a kind that is not served");
  return store_.Delete(key, {}, clock_.Now());
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
  if (!options_.tokens.empty() && !IsPublic(exchange.request.path)) {
    auto user = options_.tokens.find(BearerToken(exchange.request.headers.Find("Authorization")));
    const ApiUser* known = user == options_.tokens.end() ? nullptr : &user->second;
    if (auto error = Forbid(known, exchange.verb, exchange.path)) {
      return Send(*exchange.responder, ErrorAnswer(*error));
    }
  }
  std::string_view plural;
  if (exchange.path.resource != nullptr) plural = exchange.path.resource->plural;
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
  if (FormOf(exchange.request.headers.Find("Accept")) == ApiForm::kNone) {
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
  ApiForm form = FormOf(exchange.request.headers.Find("Accept"));
  return TextAnswer(
      200, form == ApiForm::kMetadata ? MetadataText(*object) : FullText(resource, *object));
}

Answer ApiServer::List(const Exchange& exchange) {
  auto read = ReadListQuery(store_, exchange.path, exchange.query, stale_);
  if (ApiError* error = std::get_if<ApiError>(&read)) return ErrorAnswer(*error);
  bool metadata_only = FormOf(exchange.request.headers.Find("Accept")) == ApiForm::kMetadata;
  return TextAnswer(200, ListText(store_, std::get<ApiListQuery>(read), metadata_only));
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
