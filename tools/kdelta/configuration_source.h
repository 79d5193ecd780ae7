// A configuration from wherever one is: manifests, a declarative document, or a live Kong.
//
// A URL is an Admin API: without a database its /config is read, with one the lists of a workspace,
// page by page, of rows with certain tags if they are asked for.
// Anything else is a file, a folder or `-`; a document of Kong says `_format_version`, and all else
// are manifests, which are translated. Single thread; blocks.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "kong/configuration.h"
#include "tools/kdelta/flags.h"
#include "tools/kdelta/translation_flags.h"

namespace kdelta {

class AdminReader;

// Of a live Kong, as it stores it.
absl::StatusOr<kong::Configuration> ReadGateway(AdminReader& admin);

// What is wrong with manifests is told on standard error, and costs nothing else.
absl::StatusOr<kong::Configuration> ReadSource(const std::string& where,
                                               const TranslationFlags& flags, const Flags& access);

}  // namespace kdelta
