// JSON text of the Kubernetes API to rows: one overload a kind, all with the same shape.
//
//   auto parsed = k8s::ParseObject<k8s::Ingress>(json, options);  // StatusOr<Parsed<Ingress>>
//
// Members are matched exactly, unknown ones are skipped, `managedFields` is never looked into. Where the
// text is not what Go's encoding/json would accept for the type, the error names object and field:
// `shop/cart: spec.rules[2].http.paths: expected an array`. Any thread; each thread has its own parser.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace k8s {

// Which labels and annotations a row keeps: those whose key starts with one of these. What is not kept
// costs nothing, and its changes give an equal row.
struct ParseOptions {
  std::vector<std::string> annotation_prefixes;
  std::vector<std::string> label_prefixes;
};

template <class R>
struct Parsed {
  R row;
  std::string resource_version;  // Opaque; empty in files.
};

// Defined in parse.cc for Ingress, IngressClass, IngressClassParameters, Service, EndpointSlice, Secret,
// Namespace and PartialObjectMetadata. The text is copied once to pad it.
template <class R>
absl::StatusOr<Parsed<R>> ParseObject(std::string_view json, const ParseOptions& options);

}  // namespace k8s
