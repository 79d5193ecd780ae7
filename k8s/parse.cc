#include "k8s/parse.h"

#include <utility>

#include "engine/status_macros.h"
#include "engine/text.h"
#include "k8s/json_reader.h"
#include "k8s/row_readers.h"

namespace k8s {
namespace {

namespace od = simdjson::ondemand;
using engine::Cat;

// An object read on its own or as part of something; `bad` says why it could not be.
template <class R>
struct Outcome {
  Parsed<R> parsed;
  std::optional<BadObject> bad;
};

// What errors call an object: its name, or its place where the name could not be read.
absl::Status About(const NamespacedName& id, const Place* place, const absl::Status& why) {
  if (id.name) return engine::Annotate(why, id.Text());
  return place == nullptr ? why : engine::Annotate(why, place->Text());
}

template <class R>
Outcome<R> ReadOne(JsonValue& json, const ParseOptions& options) {
  Outcome<R> out;
  const Place* place =
      std::exchange(json.place, nullptr);  // Errors count from the object, not the list.
  absl::Status status = ReadRow(json, options, out.parsed);
  if (status.ok() && out.parsed.row.meta.id.name.empty())
    status = engine::InvalidArgument("metadata.name: missing");
  if (!status.ok()) {
    ObjectIdentity who{out.parsed.row.meta.id, {}};
    if (json.opened && !absl::IsDataLoss(status)) who = PeekIdentity(*json.opened);
    out.bad = BadObject{who.id, About(who.id, place, status)};
    out.parsed.resource_version = std::move(who.resource_version);
  }
  return out;
}

absl::Status ReadListMeta(JsonValue& json, ListMeta& out) {
  return ReadMembers(json, [&](std::string_view name, JsonValue& member) {
    if (name == "resourceVersion") return Read(member, out.resource_version);
    if (name == "continue") return Read(member, out.continue_token);
    if (name == "remainingItemCount") return Read(member, out.remaining);
    return absl::OkStatus();
  });
}

absl::Status ReadStatus(JsonValue& json, ApiStatus& out) {
  return ReadMembers(json, [&](std::string_view name, JsonValue& member) -> absl::Status {
    if (name == "reason") return Read(member, out.reason);
    if (name == "message") return Read(member, out.message);
    if (name == "code") {
      int32_t code = 0;
      RETURN_IF_ERROR(ReadWithin(member, 0, 999, code));
      if (code != 0) out.code = code;
    }
    if (name != "details") return absl::OkStatus();
    return ReadMembers(member, [&](std::string_view detail, JsonValue& value) {
      return detail == "retryAfterSeconds" ? Read(value, out.retry_after_s) : absl::OkStatus();
    });
  });
}

std::optional<WatchEventType> TypeOf(std::string_view text) {
  if (text == "ADDED") return WatchEventType::kAdded;
  if (text == "MODIFIED") return WatchEventType::kModified;
  if (text == "DELETED") return WatchEventType::kDeleted;
  if (text == "BOOKMARK") return WatchEventType::kBookmark;
  if (text == "ERROR") return WatchEventType::kError;
  return std::nullopt;
}

absl::Status ReadBookmark(JsonValue& json, std::string& resource_version,
                          bool& initial_events_end) {
  ObjectMeta meta;
  MetaExtras extras;
  RETURN_IF_ERROR(ReadMembers(json, [&](std::string_view name, JsonValue& member) {
    return name == "metadata" ? ReadMeta(member, {}, meta, extras) : absl::OkStatus();
  }));
  resource_version = std::move(extras.resource_version);
  initial_events_end = extras.initial_events_end;
  return absl::OkStatus();
}

template <class R>
absl::Status ReadEventObject(JsonValue& json, const ParseOptions& options, WatchEvent<R>& out) {
  if (out.type == WatchEventType::kBookmark)
    return ReadBookmark(json, out.resource_version, out.initial_events_end);
  if (out.type == WatchEventType::kError) return ReadStatus(json, out.error);
  Outcome<R> outcome = ReadOne<R>(json, options);
  out.row = std::move(outcome.parsed.row);
  out.resource_version = std::move(outcome.parsed.resource_version);
  out.bad = std::move(outcome.bad);
  return out.bad && absl::IsDataLoss(out.bad->why) ? out.bad->why : absl::OkStatus();
}

absl::Status ReadType(JsonValue& json, std::optional<WatchEventType>& out) {
  std::optional<std::string_view> text;
  RETURN_IF_ERROR(ReadText(json, text));
  out = TypeOf(text.value_or(std::string_view()));
  return out ? absl::OkStatus()
             : Complain(json.place, "not one of ADDED, MODIFIED, DELETED, BOOKMARK, ERROR");
}

// Reads an event whose type is `type` or, without one, is said before the object, as the API server
// does it. `again` is set if the type came behind the object, which was skipped.
template <class R>
absl::Status ReadEvent(JsonValue& json, const ParseOptions& options,
                       std::optional<WatchEventType>& type, WatchEvent<R>& out, bool& again) {
  bool object = false;
  RETURN_IF_ERROR(ReadMembers(json, [&](std::string_view name, JsonValue& member) {
    if (name == "type") return ReadType(member, type);
    if (name != "object") return absl::OkStatus();
    object = true;
    again = !type;
    if (again) return absl::OkStatus();
    out.type = *type;
    return ReadEventObject(member, options, out);
  }));
  return type && object ? absl::OkStatus()
                        : Complain(nullptr, "a watch event without type or object");
}

absl::Status ReadHeader(JsonValue& json, ObjectHeader& out) {
  return ReadMembers(json, [&](std::string_view name, JsonValue& member) {
    if (name == "apiVersion") return Read(member, out.api_version);
    if (name == "kind") return Read(member, out.kind);
    if (name != "metadata") return absl::OkStatus();
    return ReadMembers(member, [&](std::string_view each, JsonValue& value) {
      if (each == "name") return Read(value, out.id.name);
      if (each == "namespace") return Read(value, out.id.ns);
      return absl::OkStatus();
    });
  });
}

// The texts of a list's items; nothing if there are no `items`.
absl::StatusOr<std::optional<std::vector<std::string>>> ItemsOf(std::string_view json) {
  std::optional<std::vector<std::string>> items;
  RETURN_IF_ERROR(ReadDocument(json, [&](JsonValue& document) {
    return ReadMembers(document, [&](std::string_view name, JsonValue& member) -> absl::Status {
      if (name != "items") return absl::OkStatus();
      items.emplace();
      return ReadElements(member, [&](JsonValue& element) -> absl::Status {
        od::object object;
        if (element.value.get_object().get(object))
          return Complain(element.place, "expected an object");
        std::string_view text;
        if (object.raw_json().get(text))
          return absl::DataLossError("broken JSON in a list's items");
        items->emplace_back(engine::Trim(text));
        return absl::OkStatus();
      });
    });
  }));
  return items;
}

constexpr int kListDepthMax = 8;

absl::Status Expand(std::string json, const ObjectHeader& implied, int depth,
                    std::vector<AnyObject>& out) {
  ASSIGN_OR_RETURN(ObjectHeader header, PeekHeader(json));
  if (header.kind.empty()) header.kind = implied.kind;
  if (header.api_version.empty()) header.api_version = implied.api_version;
  if (header.kind.empty())
    return engine::InvalidArgument(header.id.name ? header.id.Text() + ": " : "", "kind: missing");
  if (!header.kind.ends_with("List")) {
    out.push_back({std::move(header), std::move(json)});
    return absl::OkStatus();
  }
  if (depth == kListDepthMax)
    return engine::InvalidArgument("lists nested deeper than ", kListDepthMax);
  ASSIGN_OR_RETURN(auto items, ItemsOf(json));
  if (!items) {
    out.push_back({std::move(header), std::move(json)});
    return absl::OkStatus();
  }
  ObjectHeader of_items;
  if (header.kind != "List")
    of_items = {header.api_version, header.kind.substr(0, header.kind.size() - 4), {}};
  for (std::string& item : *items)
    RETURN_IF_ERROR(Expand(std::move(item), of_items, depth + 1, out));
  return absl::OkStatus();
}

}  // namespace

template <class R>
absl::StatusOr<Parsed<R>> ParseObject(std::string_view json, const ParseOptions& options) {
  Outcome<R> outcome;
  RETURN_IF_ERROR(ReadDocument(json, [&](JsonValue& document) {
    outcome = ReadOne<R>(document, options);
    return outcome.bad ? outcome.bad->why : absl::OkStatus();
  }));
  return std::move(outcome.parsed);
}

template <class R>
absl::StatusOr<ListMeta> ParseListPage(std::string_view json, const ParseOptions& options,
                                       std::vector<R>& rows, std::vector<BadObject>& bad) {
  ListMeta meta;
  bool seen = false;
  const size_t rows_before = rows.size(), bad_before = bad.size();
  absl::Status status = ReadDocument(json, [&](JsonValue& document) {
    return ReadMembers(document, [&](std::string_view name, JsonValue& member) {
      if (name == "metadata") return ReadListMeta(member, meta);
      if (name != "items") return absl::OkStatus();
      seen = true;
      return ReadElements(member, [&](JsonValue& element) {
        Outcome<R> outcome = ReadOne<R>(element, options);
        if (outcome.bad && absl::IsDataLoss(outcome.bad->why)) return outcome.bad->why;
        if (outcome.bad) {
          bad.push_back(*std::move(outcome.bad));
        } else {
          rows.push_back(std::move(outcome.parsed.row));
        }
        return absl::OkStatus();
      });
    });
  });
  if (status.ok() && !seen) status = Complain(nullptr, "items: missing");
  if (status.ok()) return meta;
  rows.erase(rows.begin() + static_cast<ptrdiff_t>(rows_before), rows.end());
  bad.erase(bad.begin() + static_cast<ptrdiff_t>(bad_before), bad.end());
  return status;
}

template <class R>
absl::StatusOr<WatchEvent<R>> ParseWatchEvent(std::string_view json, const ParseOptions& options) {
  WatchEvent<R> event;
  std::optional<WatchEventType> type;
  bool again = false;
  const auto read = [&](JsonValue& document) {
    return ReadEvent(document, options, type, event, again);
  };
  RETURN_IF_ERROR(ReadDocument(json, read));
  if (again) RETURN_IF_ERROR(ReadDocument(json, read));
  return event;
}

ApiStatus ParseApiStatus(int http_status, std::string_view body) {
  constexpr size_t kExcerptBytes = 200;
  ApiStatus out{http_status, {}, {}, {}};
  const bool is_status =
      ReadDocument(body, [&](JsonValue& document) { return ReadStatus(document, out); }).ok();
  if (!is_status || (out.reason.empty() && out.message.empty())) {
    out = {http_status, {}, std::string(engine::Trim(body.substr(0, kExcerptBytes))), {}};
  }
  return out;
}

absl::StatusOr<ObjectHeader> PeekHeader(std::string_view json) {
  ObjectHeader header;
  RETURN_IF_ERROR(
      ReadDocument(json, [&](JsonValue& document) { return ReadHeader(document, header); }));
  return header;
}

absl::StatusOr<std::vector<AnyObject>> ExpandObjects(std::string_view json) {
  std::vector<AnyObject> out;
  RETURN_IF_ERROR(Expand(std::string(json), {}, 0, out));
  return out;
}

#define KDELTA_PARSE(R)                                                                         \
  template absl::StatusOr<Parsed<R>> ParseObject<R>(std::string_view, const ParseOptions&);     \
  template absl::StatusOr<ListMeta> ParseListPage<R>(std::string_view, const ParseOptions&,     \
                                                     std::vector<R>&, std::vector<BadObject>&); \
  template absl::StatusOr<WatchEvent<R>> ParseWatchEvent<R>(std::string_view, const ParseOptions&)
KDELTA_PARSE(Ingress);
KDELTA_PARSE(IngressClass);
KDELTA_PARSE(IngressClassParameters);
KDELTA_PARSE(Service);
KDELTA_PARSE(EndpointSlice);
KDELTA_PARSE(Secret);
KDELTA_PARSE(Namespace);
KDELTA_PARSE(PartialObjectMetadata);
KDELTA_PARSE(KongPlugin);
KDELTA_PARSE(KongClusterPlugin);
KDELTA_PARSE(KongConsumer);
KDELTA_PARSE(KongConsumerGroup);
KDELTA_PARSE(KongVault);
KDELTA_PARSE(KongLicense);
KDELTA_PARSE(KongCustomEntity);
KDELTA_PARSE(GatewayClass);
KDELTA_PARSE(Gateway);
KDELTA_PARSE(ListenerSet);
KDELTA_PARSE(ReferenceGrant);
KDELTA_PARSE(HttpRoute);
KDELTA_PARSE(GrpcRoute);
KDELTA_PARSE(TcpRoute);
KDELTA_PARSE(UdpRoute);
KDELTA_PARSE(TlsRoute);
KDELTA_PARSE(ConfigMap);
KDELTA_PARSE(KongUpstreamPolicy);
KDELTA_PARSE(KongIngress);
KDELTA_PARSE(KongServiceFacade);
KDELTA_PARSE(TcpIngress);
KDELTA_PARSE(UdpIngress);
KDELTA_PARSE(BackendTlsPolicy);
#undef KDELTA_PARSE

}  // namespace k8s
