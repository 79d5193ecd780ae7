// Objects under one revision counter, with their past: what etcd and the API server's storage do.
//
// Every write gets the next revision of the whole store. Each object keeps its versions and the
// store keeps its events until Compact forgets them, so a list can be read at one revision page by
// page while writers go on, and a watch can start in the past. Objects are kept as JSON text
// without apiVersion and kind (lists of built-in kinds show them so) and are immutable; a version
// is shared by the table, the events and the watches. A write parses, changes and prints one
// object; a read copies text.
//
// Pure: no clock, no randomness (uids derive from kind, name and revision). Single thread.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/time/time.h"
#include "tools/simulators/api_resource.h"
#include "tools/simulators/api_selector.h"
#include "tools/simulators/api_status.h"
#include "tools/simulators/json.h"

namespace simulators {

// One version of one object.
struct ApiObject {
  std::string space;  // The namespace; empty for cluster-scoped kinds.
  std::string name;
  int64_t revision = 0;
  Labels labels;
  std::string text;  // JSON without apiVersion and kind.
};
using ApiObjectPtr = std::shared_ptr<const ApiObject>;

enum class ApiEventType { kAdded, kModified, kDeleted };
struct ApiEvent {
  const ApiResource* resource = nullptr;
  ApiEventType type = ApiEventType::kAdded;
  int64_t revision = 0;
  ApiObjectPtr before;  // Null when added.
  ApiObjectPtr after;   // When deleted: the last state, at the revision of its deletion.
};

struct ApiKey {
  const ApiResource* resource = nullptr;
  std::string space;
  std::string name;
};

struct ApiPage {
  std::vector<ApiObjectPtr> objects;
  std::string next;        // Where the next page starts; empty: this was the last.
  int64_t remaining = -1;  // After this page; unknown (-1) with a selector, as on a real server.
};

struct ApiListQuery {
  const ApiResource* resource = nullptr;
  std::string space;  // Empty: all.
  ApiSelector selector;
  int64_t revision = 0;  // The snapshot; it must not be compacted.
  std::string start;     // From ApiPage::next.
  size_t limit = 0;      // 0: all.
};

struct ApiPreconditions {
  std::string uid;
  std::string revision;
};

using ApiResult = std::variant<ApiObjectPtr, ApiError>;

class ApiStore {
 public:
  struct Options {
    std::vector<ApiResource> resources = DefaultApiResources();
    bool check_namespaces = true;  // An object's namespace must exist; `default` does.
    size_t events_kept = 50'000;   // More: the oldest are compacted.
  };
  explicit ApiStore(Options options);

  const std::vector<std::unique_ptr<ApiResource>>& resources() const { return resources_; }
  const ApiResource* Find(std::string_view group, std::string_view version,
                          std::string_view plural) const;
  const ApiResource* FindKind(std::string_view api_version, std::string_view kind) const;

  // The key of an object, by what it says of itself; a null resource if its kind is not served.
  ApiKey KeyOf(const Json& object) const;

  // Writes. `part` says which endpoint: the main one leaves status alone, /status all else.
  enum class Part { kMain, kStatus };
  ApiResult Create(const ApiKey& key, Json object, absl::Time now);  // `name` empty: the object's.
  ApiResult Update(const ApiKey& key, Json object, Part part);
  ApiResult Delete(const ApiKey& key, const ApiPreconditions& preconditions, absl::Time now);
  // Creates or updates, for tests and fleets: any revision in the object is ignored.
  ApiResult Apply(Json object, absl::Time now);

  ApiObjectPtr Get(const ApiKey& key) const;  // Null if absent.
  ApiPage List(const ApiListQuery& query) const;
  size_t Count(const ApiResource& resource) const;
  int64_t revision() const { return revision_; }
  int64_t compacted() const { return compacted_; }  // Reads and watches before it fail.
  // Those after `revision`, which must not be compacted.
  std::vector<ApiEvent> EventsSince(int64_t revision) const;
  void Compact(int64_t revision);
  void OnEvent(absl::AnyInvocable<void(const ApiEvent&)> then) { on_event_ = std::move(then); }

 private:
  struct Version {
    int64_t revision = 0;
    ApiObjectPtr object;  // Null: deleted.
  };
  using Versions = std::vector<Version>;
  using Table = std::map<std::string, Versions, std::less<>>;  // By namespace/name.

  const ApiObjectPtr* Latest(const ApiKey& key) const;
  ApiObjectPtr Commit(const ApiKey& key, ApiEventType type, Json object);
  void Prune(const ApiEvent& event);
  std::optional<ApiError> CheckNew(const ApiKey& key, const Json& object) const;

  Options options_;
  std::vector<std::unique_ptr<ApiResource>> resources_;
  std::map<const ApiResource*, Table> tables_;
  std::deque<ApiEvent> events_;
  int64_t revision_ = 1;
  int64_t compacted_ = 0;
  absl::AnyInvocable<void(const ApiEvent&)> on_event_;
};

// The object as clients see it: with apiVersion and kind.
std::string FullText(const ApiResource& resource, const ApiObject& object);
Json FullTree(const ApiResource& resource, const ApiObject& object);
// The same as metadata only (PartialObjectMetadata).
std::string MetadataText(const ApiObject& object);

}  // namespace simulators
