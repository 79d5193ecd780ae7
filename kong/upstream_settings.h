// What KongUpstreamPolicy and KongIngress ask of an upstream, as members of Kong's entity.
//
// Each object is read once into UpstreamSettings, in which nothing stands that Kong would refuse by
// itself: what cannot be used is left out, and a finding names the field and what is expected. An
// upstream then lays the settings of its sources over each other, as the Kong Ingress Controller
// does: KongIngress, the annotation konghq.com/host-header, KongUpstreamPolicy. What only the sum
// of them can break (a fallback that is what requests are hashed by in the first place) is set
// right at the end. Pure; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "k8s/kong_ingress.h"
#include "k8s/kong_upstream_policy.h"
#include "kong/entity.h"
#include "kong/problem.h"

namespace kong {

// Members by their names in Kong.
struct UpstreamSettings {
  std::optional<std::string> algorithm, hash_on, hash_fallback, host_header;
  std::optional<std::string> hash_on_header, hash_on_cookie, hash_on_cookie_path;
  std::optional<std::string> hash_on_query_arg, hash_on_uri_capture;
  std::optional<std::string> hash_fallback_header, hash_fallback_query_arg,
      hash_fallback_uri_capture;
  std::optional<int64_t> slots;
  std::string healthchecks;  // One JSON object; empty: not said.
  // Kong knows these from 3.11 on, and refuses them before.
  std::optional<std::string> sticky_sessions_cookie, sticky_sessions_cookie_path;

  bool sticky() const { return algorithm == "sticky-sessions"; }
  auto fields() const {
    return std::tie(algorithm, hash_on, hash_fallback, host_header, hash_on_header, hash_on_cookie,
                    hash_on_cookie_path, hash_on_query_arg, hash_on_uri_capture,
                    hash_fallback_header, hash_fallback_query_arg, hash_fallback_uri_capture, slots,
                    healthchecks, sticky_sessions_cookie, sticky_sessions_cookie_path);
  }
};

UpstreamSettings SettingsOfPolicy(const k8s::KongUpstreamPolicy& policy, Findings& findings);
UpstreamSettings SettingsOfKongIngress(const k8s::KongIngress& ingress, Findings& findings);

// What `over` says replaces what `base` says, member by member.
void LayOver(UpstreamSettings& base, const UpstreamSettings& over);
// Takes away what Kong would refuse of settings that come from several sources.
void SettleHashing(UpstreamSettings& settings, Findings& findings);

// The whole entity. Without an algorithm it is round-robin.
std::string UpstreamFragment(std::string_view name, const std::vector<std::string>& tags,
                             const UpstreamSettings& settings);

}  // namespace kong
