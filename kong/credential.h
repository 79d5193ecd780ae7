// A credential of a consumer, as a Secret says it.
//
// The label konghq.com/credential says the type; the Secret's keys are the credential's fields.
// What Kong would refuse is refused here, with the field's name and never its value: a refusal
// would cost everything else. Pure; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "k8s/secret.h"
#include "kong/entity.h"

namespace kong {

inline constexpr std::string_view kCredentialLabel = "konghq.com/credential";

struct CredentialType {
  std::string_view label;  // "key-auth"
  EntityKind kind;
  std::string_view unique;    // The field that is unique in Kong; empty: only within a consumer.
  std::string_view conflict;  // What a conflict is about: "key-auth on 'key'"
  Needs needs = 0;
};
// Null if there is no such type.
const CredentialType* CredentialTypeOf(std::string_view label);

struct Credential {
  const CredentialType* type = nullptr;
  std::string unique;  // Its key, or what is unique within its consumer; never shown.
  std::string own_id;  // What its id is made of.
  // Its members but consumer, id and tags, in alphabetical order: name and JSON.
  std::vector<std::pair<std::string_view, std::string>> members;
  std::vector<std::string> complaints;  // Fields that were left out.
};

absl::StatusOr<Credential> ParseCredential(const k8s::Secret& secret, const EntityId& consumer);

// The entity's JSON, given the rest of its members.
std::string CredentialFragment(const Credential& credential, const EntityId& id,
                               const EntityId& consumer, const std::vector<std::string>& tags);

}  // namespace kong
