#include "kong/configuration_keys.h"

#include <iterator>

namespace kong {
namespace {

constexpr NaturalKey kKeys[] = {
    {"ca_certificates", "id"},
    {"certificates", "id", {}, false, true},
    {"snis", "name", {"name"}, true},
    {"vaults", "prefix", {"prefix"}, false, true},
    {"services", "name", {"name"}, true},
    {"routes", "name", {"name"}, true},
    {"consumer_groups", "name", {"name"}, true},
    {"consumers", "username", {"username", "custom_id"}, true},
    {"consumer_group_consumers", "consumer", {"consumer", "consumer_group"}},
    {"keyauth_credentials", "id", {"key"}, false, true},
    {"basicauth_credentials", "username", {"username"}, false, true},
    {"hmacauth_credentials", "username", {"username"}, false, true},
    {"jwt_secrets", "id", {"key"}, false, true},
    {"oauth2_credentials", "name", {"client_id"}, false, true},
    {"acls", "group", {"consumer", "group"}},
    {"mtls_auth_credentials", "subject_name", {}},
    {"key_sets", "name", {"name"}, true},
    {"keys", "name", {"kid", "set"}, false, true},
    {"plugins",
     "name",
     {"name", "instance_name", "route", "service", "consumer", "consumer_group"}},
    {"filter_chains", "name", {"route", "service"}},
    {"licenses", "id", {}, false, true},
    {"upstreams", "name", {"name"}, true},
    {"targets", "target", {"upstream", "target"}},
};

}  // namespace

const NaturalKey* KeysOf(std::string_view array) {
  for (const NaturalKey& key : kKeys) {
    if (key.array == array) return &key;
  }
  return nullptr;
}

size_t OrderOf(std::string_view array) {
  const NaturalKey* key = KeysOf(array);
  return key == nullptr ? std::size(kKeys) : static_cast<size_t>(key - kKeys);
}

}  // namespace kong
