// One watch under way: which events it wants and how it writes them. Loop thread only.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "absl/time/time.h"
#include "io/http_server.h"
#include "tools/simulators/api_faults.h"
#include "tools/simulators/api_store.h"

namespace simulators {

struct ApiWatchQuery {
  const ApiResource* resource = nullptr;
  std::string space;  // Empty: all.
  ApiSelector selector;
  bool metadata_only = false;
  bool bookmarks = false;
};

class ApiWatch {
 public:
  ApiWatch(ApiWatchQuery query, std::shared_ptr<io::HttpResponder> responder)
      : query_(std::move(query)), responder_(std::move(responder)) {}

  const ApiWatchQuery& query() const { return query_; }
  bool open() const { return open_; }
  io::HttpResponder& responder() { return *responder_; }

  void SendInitial(const ApiObjectPtr& object);  // ADDED.
  // An event as this watch sees it: an object that no longer fits the selector is DELETED.
  void SendEvent(const ApiEvent& event);
  void SendBookmark(int64_t revision, bool ends_initial_events);
  void SendError(const ApiError& error);
  void Cut(WatchCut how, int64_t revision);
  void End();
  void Forget() { open_ = false; }  // The peer is gone.

 private:
  bool Fits(const ApiObjectPtr& object) const;
  void Write(std::string_view type, std::string_view object);
  std::string Render(const ApiObject& object) const;

  ApiWatchQuery query_;
  std::shared_ptr<io::HttpResponder> responder_;
  bool open_ = true;
  bool silent_ = false;  // Half-open: writes go nowhere.
};

}  // namespace simulators
