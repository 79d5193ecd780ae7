// The flags that say what is translated and for which gateway, shared by `translate` and `explain`.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/status/statusor.h"
#include "kong/translate.h"

namespace kdelta {

struct TranslationFlags {
  std::vector<std::string> inputs;
  std::string router_flavor = "traditional_compatible";
  std::string kong_version = "3.9.1";
  std::string kong_edition = "community";
  std::string ingress_class = "kong";
  std::vector<std::string> quarantine;
  std::string feature_gates;
  bool enable_drain_support = false;
  std::string cluster_domain;
  bool combined_services = false;
  std::string gateway_controller = kong::Options().gateway_controller;
  std::vector<std::string> kong_listens;
};

// `flags` must outlive the parsing of the line.
void AddTranslationFlags(CLI::App& command, TranslationFlags& flags);
// The same without --input.
void AddTranslationSettings(CLI::App& command, TranslationFlags& flags);
absl::StatusOr<kong::TranslateRequest> RequestOf(const TranslationFlags& flags);

// Routes whose Gateways are kept elsewhere are translated all the same, and standard error says so.
void AllowUnseenGateways(const std::vector<kong::ManifestObject>& objects,
                         kong::TranslateRequest& request);

// KIND/NAMESPACE/NAME, or KIND/NAME for an object of the cluster.
absl::StatusOr<kong::ObjectRef> ParseObjectRef(std::string_view text);

}  // namespace kdelta
