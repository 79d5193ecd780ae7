// The health checks of an upstream, as two kinds of objects spell them.
//
// KongUpstreamPolicy writes camel case, KongIngress Kong's own names; what they mean is the same,
// so rules see one struct. Nothing is judged here: what Kong would refuse is for the rules to find.
// Plain values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace k8s {

// Whether members are called httpPath or http_path.
enum class Spelling : uint8_t { kCamel, kSnake };

// What makes a target healthy, or unhealthy.
struct HealthThresholds {
  std::optional<std::vector<int64_t>> http_statuses;
  std::optional<int64_t> interval, successes, http_failures, tcp_failures, timeouts;
  auto fields() const {
    return std::tie(http_statuses, interval, successes, http_failures, tcp_failures, timeouts);
  }
};

// Active checks may say all of it, passive ones only `type` and the thresholds.
struct HealthCheck {
  std::optional<std::string> type, http_path, https_sni;
  std::optional<bool> https_verify_certificate;
  std::optional<int64_t> concurrency, timeout;
  std::vector<std::pair<std::string, std::vector<std::string>>> headers;  // Sorted by name.
  std::optional<HealthThresholds> healthy, unhealthy;
  auto fields() const {
    return std::tie(type, http_path, https_sni, https_verify_certificate, concurrency, timeout,
                    headers, healthy, unhealthy);
  }
};

struct UpstreamHealth {
  std::optional<HealthCheck> active, passive;
  std::optional<double> threshold;
  auto fields() const { return std::tie(active, passive, threshold); }
};

}  // namespace k8s
