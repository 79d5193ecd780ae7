// The text in which facts of Kong's schemas are kept: compact, made to be read and compared.
//
// A bundle is what `kdelta schemas` makes of the /schemas endpoints of a Kong. It says, for each
// entity and each plugin, on what a field is: type, default, limits. It has none of Kong's prose.
//
//     kong "3.9.3" "community"
//     define queue = record! { max_batch_size: integer between [1,1000000] default 1; ... };
//     entity targets { id: string auto uuid; upstream: foreign upstreams!; weight: integer ...; }
//     plugin jwt { config: record! { ... }; check at_least_one_of ["config.a","config.b"]; }
//
// A field is a name, a type, `!` if it is required, and words of Kong's schemas, each followed by a
// JSON value unless it is a flag. Arrays and sets go on with `of` and a field without a name, maps
// with `keys` and `values`, records with their fields in braces. `$queue` is what was defined.
// `shorthand a = b.c` says where the value of an old name belongs. `#` starts a comment.
//
// What an endpoint does not show and Kong does all the same (a key's ttl, shorthands of sessions)
// is added by the writer, so that a bundle is complete. Pure functions; any thread. Hostile text is
// an error with its line. Linear.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "kong/schema_field.h"

namespace kong {

absl::StatusOr<SchemaBundle> ReadSchemaBundle(std::string_view text);

// What Kong's endpoints answered, as JSON.
struct SchemaSources {
  std::string version, edition;
  std::map<std::string, std::string> entities;  // By array.
  std::map<std::string, std::string> plugins;   // By name.
};
absl::StatusOr<std::string> WriteSchemaBundle(const SchemaSources& sources);

}  // namespace kong
