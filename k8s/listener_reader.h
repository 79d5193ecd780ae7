// Readers of what Gateways, ListenerSets and routes have in common. Seen by the kinds' own .cc
// files only.
#pragma once

#include "absl/status/status.h"
#include "k8s/json_reader.h"
#include "k8s/listener.h"
#include "k8s/parent_ref.h"
#include "k8s/selector.h"

namespace k8s {

absl::Status Read(JsonValue& json, ParentRef& out);
absl::Status Read(JsonValue& json, LabelSelector& out);
absl::Status Read(JsonValue& json, AllowedNamespaces& out);
absl::Status Read(JsonValue& json, Listener& out);

}  // namespace k8s
