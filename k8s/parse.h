// JSON text of the Kubernetes API to rows: whole objects, pages of lists, and events of a watch.
//
//   auto parsed = k8s::ParseObject<k8s::Ingress>(json, options);   // StatusOr<Parsed<Ingress>>
//
// R is a row that row_readers.h knows: Ingress, Service, KongUpstreamPolicy, … or
// PartialObjectMetadata. Members are matched exactly, unknown ones are skipped, `managedFields` is
// never looked into; what counts as a wrong type, and which of two equal members wins, is as in
// Go's encoding/json (json_reader.h). Errors name object and field:
//
//   shop/cart: spec.rules[2].http.paths: expected an array
//
// Any thread; each thread has its own parser. Cost: one pass over the text, names interned on the
// way.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "k8s/object_meta.h"

namespace k8s {

// Which labels and annotations a row keeps: those whose key starts with one of these. What is not
// kept costs nothing, and its changes give an equal row. Namespaces keep all their labels in any
// case.
struct ParseOptions {
  std::vector<std::string> annotation_prefixes;
  std::vector<std::string> label_prefixes;
};

template <class R>
struct Parsed {
  R row;
  std::string resource_version;  // Opaque; empty in files.
};

// `kind` and `apiVersion` are not looked at, because the items of a list have none.
template <class R>
absl::StatusOr<Parsed<R>> ParseObject(std::string_view json, const ParseOptions& options);

// An object that could not be read, with as much of its name as could.
struct BadObject {
  NamespacedName id;
  absl::Status why;  // Names the object, or its place in the list.
};

// What a list says beside its items.
struct ListMeta {
  std::string resource_version;
  std::string continue_token;  // Empty on the last page.
  std::optional<int64_t> remaining;
};

// The rows of a page are appended. A bad item does not lose the others; broken JSON loses the page,
// and then nothing is appended.
template <class R>
absl::StatusOr<ListMeta> ParseListPage(std::string_view json, const ParseOptions& options,
                                       std::vector<R>& rows, std::vector<BadObject>& bad);

enum class WatchEventType : uint8_t { kAdded, kModified, kDeleted, kBookmark, kError };

// meta.k8s.io/v1 Status, as error answers and ERROR events carry it.
struct ApiStatus {
  int code = 0;
  std::string reason;  // "Expired", "Forbidden" …
  std::string message;
  std::optional<int64_t> retry_after_s;
};

// An answer's body that is no Status gives one without a reason whose message is the body's
// beginning.
ApiStatus ParseApiStatus(int http_status, std::string_view body);

template <class R>
struct WatchEvent {
  WatchEventType type = WatchEventType::kBookmark;
  R row;                            // Of kAdded, kModified and kDeleted.
  std::string resource_version;     // Of the object; of kBookmark, how far the watch has come.
  bool initial_events_end = false;  // kBookmark only: all objects that existed have been sent.
  ApiStatus error;                  // kError only.
  std::optional<BadObject> bad;     // The object could not be read; `row` is then meaningless.
};

// An error means that the line is no event at all.
template <class R>
absl::StatusOr<WatchEvent<R>> ParseWatchEvent(std::string_view json, const ParseOptions& options);

// What a document is, for readers of files that hold any kind.
struct ObjectHeader {
  std::string api_version;
  std::string kind;
  NamespacedName id;
};
absl::StatusOr<ObjectHeader> PeekHeader(std::string_view json);

// The documents in `json`: itself, or the items of a list (`kind` ends in "List" and there are
// `items`), also of lists within lists, up to eight deep. Items of a typed list get its apiVersion
// and kind if they have none.
struct AnyObject {
  ObjectHeader header;
  std::string json;
};
absl::StatusOr<std::vector<AnyObject>> ExpandObjects(std::string_view json);

}  // namespace k8s
