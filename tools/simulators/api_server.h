// A Kubernetes API server: discovery, objects, pages, watches and conflicts over HTTP, with faults.
//
// What a controller can tell from outside is as on a real one of 1.34: one revision for all kinds,
// lists of one snapshot across pages, 410 for what was compacted, bookmarks, streaming lists,
// metadata-only forms, /status apart from the rest, optimistic concurrency, Status bodies. ApiStore
// holds the objects; this class speaks HTTP for it, on any io::HttpResponder.
//
// Not simulated: admission and defaulting of objects, schemas, strategic merge and server-side
// apply (415), deletion of collections, owner references. Loop thread only; time comes from the
// clock.
#pragma once

#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "io/clock.h"
#include "io/http_server.h"
#include "tools/simulators/api_access.h"
#include "tools/simulators/api_faults.h"
#include "tools/simulators/api_path.h"
#include "tools/simulators/api_store.h"
#include "tools/simulators/api_watch.h"
#include "tools/simulators/exchange.h"

namespace simulators {

struct ApiServerOptions {
  ApiStore::Options store;
  std::map<std::string, ApiUser, std::less<>> tokens;  // Empty: everybody may do everything.
  std::string version = "v1.34.4";
  StreamingLists streaming_lists = StreamingLists::kServed;
  bool bookmarks = true;
  absl::Duration bookmark_interval = absl::Minutes(1);
  absl::Duration watch_timeout = absl::Minutes(40);  // Where the client asks for none.
  size_t watch_backlog_bytes = 64 << 20;             // A slower reader loses its watch.
};

class ApiServer {
 public:
  ApiServer(io::Clock& clock, ApiServerOptions options);
  void Serve(io::HttpServerRequest request, std::unique_ptr<io::HttpResponder> responder);

  // Direct access for tests, the demo and fleets; watches see it like any other write.
  ApiStore& store() { return store_; }
  const ApiStore& store() const { return store_; }
  ApiResult Apply(Json object) { return store_.Apply(std::move(object), clock_.Now()); }
  ApiResult Delete(const Json& object);  // By kind, namespace and name.

  void Fault(ApiFault fault) { faults_.Add(std::move(fault)); }
  void ClearFaults();
  void CutWatches(WatchCut how, std::string_view resource = "");  // Empty: of every kind.
  void Compact(int64_t revision) { store_.Compact(revision); }
  void SetBookmarks(bool on) { options_.bookmarks = on; }
  void SetStreamingLists(StreamingLists how) { options_.streaming_lists = how; }
  void DuplicateEvents(int count) { duplicates_ = count; }  // The next events are sent twice.
  void DropEvents(int count) { drops_ = count; }            // The next events are not sent at all.
  void ServeStale(int64_t revision) {
    stale_ = revision;
  }  // Lists at "0" read this old state; 0: off.
  void SendBookmarks();  // Now, to every watch that wants them.

  size_t watches() const;  // Open ones.
  // Requests so far by "verb resource", as "list ingresses".
  const std::map<std::string, uint64_t>& requests() const { return requests_; }

 private:
  using Responder = std::shared_ptr<io::HttpResponder>;
  struct Exchange {
    io::HttpServerRequest request;
    Query query;
    ApiPath path;
    std::string verb;
    Responder responder;
  };

  void Dispatch(Exchange exchange);
  void Befall(Exchange exchange, const ApiFault& fault);
  Answer Act(const Exchange& exchange);
  Answer Read(const Exchange& exchange);
  Answer List(const Exchange& exchange);
  Answer Write(const Exchange& exchange);
  ApiResult Patch(const Exchange& exchange, const ApiKey& key, ApiStore::Part part);
  void Watch(Exchange& exchange);
  std::variant<ApiWatchQuery, ApiError> ReadWatchQuery(const Exchange& exchange) const;
  std::optional<ApiError> CheckStreaming(const Query& query) const;
  void Begin(ApiWatch& watch, const Query& query);
  void Broadcast(const ApiEvent& event);
  void KeepBookmarking();
  void Reap();
  Answer Control(const io::HttpServerRequest& request);
  absl::Status Obey(const Json& command);

  io::Clock& clock_;
  ApiServerOptions options_;
  ApiStore store_;
  ApiFaults faults_;
  int duplicates_ = 0;
  int drops_ = 0;
  int64_t stale_ = 0;
  std::map<std::string, uint64_t> requests_;
  std::list<std::shared_ptr<ApiWatch>> watches_;
  std::vector<Responder> silent_;  // Exchanges that will never be answered.
  Delays delays_;
};

// The server on a port of its own.
class ApiServerListener {
 public:
  static absl::StatusOr<std::unique_ptr<ApiServerListener>> Start(
      io::Loop& loop, ApiServerOptions options, io::HttpServerOptions listen = {});
  ApiServer& api() { return *api_; }
  std::string url() const;
  void BreakConnections() { server_->CloseConnections(); }

 private:
  ApiServerListener() = default;
  std::unique_ptr<ApiServer> api_;
  std::unique_ptr<io::HttpServer> server_;
  std::string scheme_, address_;
};

}  // namespace simulators
