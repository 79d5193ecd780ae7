// Reading JSON of the API into structs as Go's encoding/json does, on top of simdjson On-Demand.
//
// The idea: `Read(json, field)` decodes *into* a field, and ReadMembers calls back for each member
// in the order of the text. From that follow Go's rules for members that come twice, because each
// time is decoded on top of the last: of scalars the last wins, structs are merged member by
// member, maps key by key. A list replaces the earlier list (Go may let stale members of its
// elements shine through; we do not). `null` leaves a scalar or struct as it is and empties lists,
// maps and optionals. Names match exactly.
//
// What a reader does not ask for is skipped by its brackets, without recursion, so depth costs
// nothing and recursion is bounded by the types; but the text is followed to its end, and an
// unbalanced or truncated one is an error. A wrong type is InvalidArgument and concerns that value
// alone: callers may go on behind it (lists do). Broken JSON is DataLoss: the parser is then dead
// and must not be asked again. Bytes that are not UTF-8 become U+FFFD, as in Go. Any thread;
// buffers belong to the thread. simdjson is included here and by the .cc files of the kinds only.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "engine/symbol.h"
#include "engine/text.h"
#include "k8s/object_meta.h"
#include "k8s/parse.h"
#include "simdjson.h"

namespace k8s {

// Where a value stands, for errors only: a chain on the stack from the innermost outwards.
struct Place {
  const Place* outer = nullptr;
  std::string_view name;     // Of a member; empty for an element.
  size_t index = 0;          // Of an element.
  std::string Text() const;  // spec.rules[2].http
};

struct JsonValue {
  simdjson::ondemand::value value;
  const Place* place = nullptr;                                     // Null for the document itself.
  std::optional<simdjson::ondemand::object> opened = std::nullopt;  // What ReadMembers made of it.
};

// `spec.rules: expected an array`.
absl::Status Complain(const Place* place, std::string_view what);

using MemberReader = absl::FunctionRef<absl::Status(std::string_view name, JsonValue& member)>;
using ElementReader = absl::FunctionRef<absl::Status(JsonValue& element)>;

// Null has no members. An error of `read` ends the reading and is returned.
absl::Status ReadMembers(JsonValue& json, MemberReader read);
// `null` is true for the literal; then there are no elements.
absl::Status ReadElements(JsonValue& json, ElementReader read);
absl::StatusOr<bool> IsNull(JsonValue& json);

// Parses a copy of `text`, at most 1 GiB, and calls `read` with the document. Not from within
// `read`: the thread has one parser.
absl::Status ReadDocument(std::string_view text, ElementReader read);

absl::Status Read(JsonValue& json, std::string& out);
absl::Status Read(JsonValue& json, engine::Symbol& out);
absl::Status Read(JsonValue& json, bool& out);
absl::Status Read(JsonValue& json, int64_t& out);
absl::Status Read(JsonValue& json, double& out);
// An integer between `least` and `most`.
absl::Status ReadWithin(JsonValue& json, int64_t least, int64_t most, int32_t& out);
inline absl::Status ReadPort(JsonValue& json, int32_t& out) {
  return ReadWithin(json, 0, 65535, out);
}
// A view of the text, valid until the document is done. Unset for null.
absl::Status ReadText(JsonValue& json, std::optional<std::string_view>& out);
// Decoded; errors never show the text.
absl::Status ReadBase64(JsonValue& json, std::string& out);
// RFC 3339 to Unix seconds.
absl::Status ReadTime(JsonValue& json, int64_t& out);

template <class T>
absl::Status Read(JsonValue& json, std::optional<T>& out) {
  absl::StatusOr<bool> null = IsNull(json);
  if (!null.ok()) return null.status();
  if (*null) {
    out.reset();
    return absl::OkStatus();
  }
  if (!out) out.emplace();
  return Read(json, *out);
}

template <class T>
absl::Status Read(JsonValue& json, std::vector<T>& out) {
  out.clear();
  absl::Status status = ReadElements(json, [&](JsonValue& element) {
    out.emplace_back();
    return Read(element, out.back());
  });
  out.shrink_to_fit();
  return status;
}

// Metadata, and beside it what is not part of a row.
struct MetaExtras {
  std::string resource_version;
  engine::Symbol service_name;  // The label kubernetes.io/service-name.
  bool default_class =
      false;            // The annotation ingressclass.kubernetes.io/is-default-class is "true".
  bool global = false;  // The label `global` is "true".
  bool initial_events_end = false;  // The annotation k8s.io/initial-events-end is "true".
};
absl::Status ReadMeta(JsonValue& json, const ParseOptions& options, ObjectMeta& meta,
                      MetaExtras& extras);

// Who an object is whose reading failed with a wrong type; empty where unreadable. Goes back to the
// object's start and unescapes nothing, because the parser has room to unescape everything once.
struct ObjectIdentity {
  NamespacedName id;
  std::string resource_version;
};
ObjectIdentity PeekIdentity(simdjson::ondemand::object& object);

}  // namespace k8s
