// Scenarios: what is applied to a cluster, and what then changes in Kong, in one readable file.
//
// A file is paragraphs. Lines that begin with # are comments. A paragraph of commands is one epoch;
// what follows it is written by the runner and compared:
//
//   apply
//     {kind: Service, metadata: {namespace: shop, name: cart}, spec: {ports: [{port: 80}]}}
//   expect
//     ~ service shop.cart.80  retries 5 -> 3
//   evaluated
//     services_rendered 1
//   problems
//     + warning Ingress shop/web: has no effect while Service shop/cart, to which it leads, is in quarantine
//   conditions
//     + Gateway infra/gw listener http Programmed  True Programmed
//
// Commands: `options` (first paragraph only: expressions, rewrite_uris, drain_support,
// kong_service_facade, cluster_domain=X); `apply` and `announce` (a Secret's metadata, its contents
// not fetched yet), one object a line in YAML's flow style, without apiVersion; `delete`,
// `quarantine` and `release`, lines of KIND NAMESPACE/NAME; `now SECONDS`. In values $cert(NAME),
// $ca(NAME) and $key(NAME) stand for base64 of a PEM made for this run, $ca_text(NAME) for its
// text. After every epoch Graph::Check runs. UPDATE=1 in the environment rewrites the file.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace kong {

// The text of the file as it should be. Errors name the line.
absl::StatusOr<std::string> RunScenario(std::string_view text);

}  // namespace kong
