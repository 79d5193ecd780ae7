// configuration.konghq.com/v1beta1 KongUpstreamPolicy: how the upstreams of the Services that name
// it balance and check their targets.
//
// A row holds the spec only, so the ancestors that controllers write into its status are no change.
// Plain values; there are few.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <tuple>

#include "k8s/object_meta.h"
#include "k8s/resource_type.h"
#include "k8s/upstream_health.h"

namespace k8s {

// What requests are hashed by. The API allows one of them, and a path beside the cookie; files may
// hold more.
struct UpstreamHash {
  std::optional<std::string> input, header, cookie, cookie_path, query_arg, uri_capture;
  auto fields() const {
    return std::tie(input, header, cookie, cookie_path, query_arg, uri_capture);
  }
};

struct StickySessions {
  std::string cookie;
  std::optional<std::string> cookie_path;
  auto fields() const { return std::tie(cookie, cookie_path); }
};

struct KongUpstreamPolicy {
  using Key = NamespacedName;
  static constexpr ResourceType kType{"configuration.konghq.com", "v1beta1", "kongupstreampolicies",
                                      "KongUpstreamPolicy", true};

  ObjectMeta meta;
  std::optional<std::string> algorithm;
  std::optional<int64_t> slots;
  std::optional<UpstreamHash> hash_on, hash_on_fallback;
  std::optional<UpstreamHealth> health;
  std::optional<StickySessions> sticky_sessions;

  Key key() const { return meta.id; }
  auto fields() const {
    return std::tie(meta, algorithm, slots, hash_on, hash_on_fallback, health, sticky_sessions);
  }
};

}  // namespace k8s
