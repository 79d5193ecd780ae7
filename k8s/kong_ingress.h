// configuration.konghq.com/v1 KongIngress, of which only `upstream` has an effect any more.
//
// `proxy` and `route` are not read: the controller that defined them ignores them too. Plain
// values; the kind is deprecated.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <tuple>

#include "k8s/object_meta.h"
#include "k8s/resource_type.h"
#include "k8s/upstream_health.h"

namespace k8s {

struct KongIngress {
  using Key = NamespacedName;
  static constexpr ResourceType kType{"configuration.konghq.com", "v1", "kongingresses",
                                      "KongIngress", true};

  ObjectMeta meta;
  // The members of `upstream`, by their names there.
  std::optional<std::string> host_header, algorithm, hash_on, hash_fallback;
  std::optional<int64_t> slots;
  std::optional<std::string> hash_on_header, hash_fallback_header;
  std::optional<std::string> hash_on_cookie, hash_on_cookie_path;
  std::optional<std::string> hash_on_query_arg, hash_fallback_query_arg;
  std::optional<std::string> hash_on_uri_capture, hash_fallback_uri_capture;
  std::optional<UpstreamHealth> health;

  Key key() const { return meta.id; }
  auto fields() const {
    return std::tie(meta, host_header, algorithm, hash_on, hash_fallback, slots, hash_on_header,
                    hash_fallback_header, hash_on_cookie, hash_on_cookie_path, hash_on_query_arg,
                    hash_fallback_query_arg, hash_on_uri_capture, hash_fallback_uri_capture,
                    health);
  }
};

}  // namespace k8s
