// The template of the annotation konghq.com/rewrite: a path in which $1, $2, ... stand for what the
// groups of the route's regex captured, and \$ for a dollar sign.
//
// It becomes the replacement of the path in a request-transformer plugin, whose own syntax for a
// capture is
// $(uri_captures[1]). Pure; any thread.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace kong {

// The value of config.replace.uri. Errors read "unexpected x at pos 7", counted in bytes from 0.
absl::StatusOr<std::string> RewriteTarget(std::string_view annotation);

}  // namespace kong
