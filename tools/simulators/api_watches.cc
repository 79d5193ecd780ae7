// The watches of the simulated API server, its control endpoint, and its listener.

#include <algorithm>
#include <utility>

#include "engine/status_macros.h"
#include "engine/text.h"
#include "tools/simulators/api_server.h"

namespace simulators {
namespace {

using engine::Cat;

bool IsTrue(std::string_view value) { return value == "1" || value == "true"; }

Answer StatusAnswer(const ApiError& error) { return JsonAnswer(error.code, error.Status()); }

}  // namespace

std::optional<ApiError> ApiServer::CheckStreaming(const Query& query) const {
  std::string_view match = Find(query, "resourceVersionMatch");
  bool asked = Has(query, "sendInitialEvents");
  if (!asked || options_.streaming_lists == StreamingLists::kIgnored) {
    if (match.empty() || options_.streaming_lists == StreamingLists::kIgnored) return std::nullopt;
    return InvalidError(
        "resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided");
  }
  if (options_.streaming_lists == StreamingLists::kRefused) {
    return InvalidError(
        "sendInitialEvents is forbidden for watch unless the WatchList feature gate is enabled");
  }
  if (match != "NotOlderThan") {
    return InvalidError("sendInitialEvents requires setting resourceVersionMatch to NotOlderThan");
  }
  return std::nullopt;
}

std::variant<ApiWatchQuery, ApiError> ApiServer::ReadWatchQuery(const Exchange& exchange) const {
  const Query& query = exchange.query;
  auto selector = ApiSelector::Parse(Find(query, "labelSelector"), Find(query, "fieldSelector"));
  if (!selector.ok()) return BadRequestError(std::string(engine::MessageOf(selector.status())));
  if (auto error = CheckStreaming(query)) return *std::move(error);
  std::string_view revision = Find(query, "resourceVersion");
  if (!revision.empty() && engine::ParseInt(revision).value_or(-1) < 0) {
    return BadRequestError(Cat("invalid resource version: ", revision));
  }
  ApiWatchQuery watch{exchange.path.resource, exchange.path.space, *std::move(selector), false,
                      false};
  ApiForm form = FormOf(exchange.request.headers.Find("Accept"));
  if (form == ApiForm::kNone) return NotAcceptableError();
  watch.metadata_only = form == ApiForm::kMetadata;
  watch.bookmarks = IsTrue(Find(query, "allowWatchBookmarks"));
  return watch;
}

void ApiServer::Watch(Exchange& exchange) {
  auto read = ReadWatchQuery(exchange);
  if (ApiError* error = std::get_if<ApiError>(&read)) {
    return Send(*exchange.responder, StatusAnswer(*error));
  }
  io::Headers headers;
  headers.Add("Content-Type", "application/json");
  exchange.responder->Begin(200, std::move(headers));
  auto watch =
      std::make_shared<ApiWatch>(std::move(std::get<ApiWatchQuery>(read)), exchange.responder);
  exchange.responder->OnClosed([weak = std::weak_ptr(watch)] {
    if (std::shared_ptr<ApiWatch> gone = weak.lock()) gone->Forget();
  });
  Begin(*watch, exchange.query);
  if (!watch->open()) return;
  watches_.push_back(watch);
  std::optional<int64_t> seconds = engine::ParseInt(Find(exchange.query, "timeoutSeconds"));
  absl::Duration timeout =
      seconds && *seconds > 0 ? absl::Seconds(*seconds) : options_.watch_timeout;
  delays_.After(timeout, [weak = std::weak_ptr(watch)] {
    if (std::shared_ptr<ApiWatch> late = weak.lock()) late->End();
  });
}

// Sends what the watch has missed: the whole state, or the events since its revision.
void ApiServer::Begin(ApiWatch& watch, const Query& query) {
  bool streams = options_.streaming_lists == StreamingLists::kServed &&
                 IsTrue(Find(query, "sendInitialEvents"));
  bool skips = Find(query, "sendInitialEvents") == "false" &&
               options_.streaming_lists == StreamingLists::kServed;
  int64_t since = engine::ParseInt(Find(query, "resourceVersion")).value_or(0);
  if (since > store_.revision()) {
    return watch.SendError(TooLargeRevisionError(since, store_.revision()));
  }
  if (streams || (since == 0 && !skips)) {
    const ApiWatchQuery& wanted = watch.query();
    ApiPage all =
        store_.List({wanted.resource, wanted.space, wanted.selector, store_.revision(), "", 0});
    for (const ApiObjectPtr& object : all.objects) watch.SendInitial(object);
    if (streams && wanted.bookmarks) watch.SendBookmark(store_.revision(), true);
    return;
  }
  if (since == 0) return;
  if (since < store_.compacted()) {
    return watch.SendError(
        ExpiredError(Cat("too old resource version: ", since, " (", store_.compacted(), ")")));
  }
  for (const ApiEvent& event : store_.EventsSince(since)) watch.SendEvent(event);
}

void ApiServer::Reap() {
  watches_.remove_if([](const std::shared_ptr<ApiWatch>& one) { return !one->open(); });
}

void ApiServer::Broadcast(const ApiEvent& event) {
  Reap();
  if (drops_ > 0) {
    --drops_;
    return;
  }
  int times = duplicates_ > 0 ? 2 : 1;
  duplicates_ = std::max(duplicates_ - 1, 0);
  for (const std::shared_ptr<ApiWatch>& watch : watches_) {
    for (int time = 0; time < times; ++time) watch->SendEvent(event);
    if (watch->responder().queued_bytes() > options_.watch_backlog_bytes) {
      watch->Cut(WatchCut::kReset, store_.revision());
    }
  }
}

void ApiServer::SendBookmarks() {
  if (!options_.bookmarks) return;
  for (const std::shared_ptr<ApiWatch>& watch : watches_) {
    if (watch->query().bookmarks) watch->SendBookmark(store_.revision(), false);
  }
}

void ApiServer::KeepBookmarking() {
  delays_.After(options_.bookmark_interval, [this] {
    Reap();
    SendBookmarks();
    KeepBookmarking();
  });
}

void ApiServer::CutWatches(WatchCut how, std::string_view resource) {
  for (const std::shared_ptr<ApiWatch>& watch : watches_) {
    if (resource.empty() || watch->query().resource->plural == resource) {
      watch->Cut(how, store_.revision());
    }
  }
  Reap();
}

size_t ApiServer::watches() const {
  return static_cast<size_t>(std::count_if(watches_.begin(), watches_.end(),
                                           [](const auto& watch) { return watch->open(); }));
}

void ApiServer::ClearFaults() {
  faults_.Clear();
  duplicates_ = 0;
  drops_ = 0;
  stale_ = 0;
}

// POST /_simulator/faults takes a fault (api_faults.h) or one of {"clear": true},
// {"cutWatches": "end" | "reset" | ..., "resource": PLURAL}, {"compact": REVISION} (0: the
// current),
// {"bookmarks": BOOL}, {"streamingLists": "served" | "ignored" | "refused"}, {"duplicateEvents":
// N},
// {"dropEvents": N}, {"serveStale": REVISION}.
absl::Status ApiServer::Obey(const Json& command) {
  auto number = [&](std::string_view name) -> std::optional<int64_t> {
    const Json& value = At(command, name);
    if (!value.is_number_integer()) return std::nullopt;
    return value.get<int64_t>();
  };
  if (At(command, "clear") == true) {
    ClearFaults();
  } else if (command.contains("cutWatches")) {
    std::optional<WatchCut> how = ParseWatchCut(TextAt(command, "cutWatches"));
    if (!how) return engine::InvalidArgument("cutWatches: unknown name");
    CutWatches(*how, TextAt(command, "resource"));
  } else if (auto compact = number("compact")) {
    Compact(*compact == 0 ? store_.revision() : *compact);
  } else if (At(command, "bookmarks").is_boolean()) {
    SetBookmarks(At(command, "bookmarks").get<bool>());
  } else if (command.contains("streamingLists")) {
    std::optional<StreamingLists> how = ParseStreamingLists(TextAt(command, "streamingLists"));
    if (!how) return engine::InvalidArgument("streamingLists: unknown name");
    SetStreamingLists(*how);
  } else if (auto duplicates = number("duplicateEvents")) {
    DuplicateEvents(static_cast<int>(*duplicates));
  } else if (auto drops = number("dropEvents")) {
    DropEvents(static_cast<int>(*drops));
  } else if (auto stale = number("serveStale")) {
    ServeStale(*stale);
  } else {
    ASSIGN_OR_RETURN(ApiFault fault, ParseApiFault(command));
    Fault(std::move(fault));
  }
  return absl::OkStatus();
}

Answer ApiServer::Control(const io::HttpServerRequest& request) {
  if (request.path == "/_simulator/requests" && request.method == "GET") {
    return JsonAnswer(200, requests_);
  }
  if (request.path != "/_simulator/faults" || request.method != "POST") {
    return StatusAnswer(UnknownPathError());
  }
  std::optional<Json> command = ParseJson(request.body, /*max_depth=*/20);
  if (!command || !command->is_object()) {
    return StatusAnswer(BadRequestError("a command is a JSON object"));
  }
  absl::Status obeyed = Obey(*command);
  if (!obeyed.ok()) return StatusAnswer(BadRequestError(std::string(engine::MessageOf(obeyed))));
  return JsonAnswer(200, Json::object());
}

absl::StatusOr<std::unique_ptr<ApiServerListener>> ApiServerListener::Start(
    io::Loop& loop, ApiServerOptions options, io::HttpServerOptions listen) {
  std::unique_ptr<ApiServerListener> all(new ApiServerListener);
  all->scheme_ = listen.tls == nullptr ? "http" : "https";
  all->address_ = listen.address;
  all->api_ = std::make_unique<ApiServer>(loop, std::move(options));
  ApiServer* api = all->api_.get();
  auto serve = [api](io::HttpServerRequest request, std::unique_ptr<io::HttpResponder> responder) {
    api->Serve(std::move(request), std::move(responder));
  };
  ASSIGN_OR_RETURN(all->server_, io::HttpServer::Listen(loop, std::move(listen), std::move(serve)));
  return all;
}

std::string ApiServerListener::url() const {
  return Cat(scheme_, "://", address_, ":", server_->port());
}

}  // namespace simulators
