// Where a kind lives in the API: its group, version, plural and whether it has namespaces.
//
// A literal of the row's type (`Ingress::kType`), so texts are views of literals.
#pragma once

#include <string>
#include <string_view>

#include "engine/text.h"

namespace k8s {

struct ResourceType {
  std::string_view group;  // Empty: the core group.
  std::string_view version;
  std::string_view plural;
  std::string_view kind;
  bool namespaced = true;
  // Other versions of the same shape, of which a cluster may serve only one: "v1beta1,v1alpha2".
  std::string_view other_versions = {};

  // "networking.k8s.io/v1", or "v1" for the core group.
  std::string ApiVersion() const {
    return group.empty() ? std::string(version) : engine::Cat(group, '/', version);
  }
  // Is "networking.k8s.io/v1" one of its versions?
  bool IsServedAs(std::string_view api_version) const {
    if (api_version == ApiVersion()) return true;
    for (std::string_view other : engine::Split(other_versions, ',')) {
      if (!other.empty() && api_version == engine::Cat(group, '/', other)) return true;
    }
    return false;
  }
  // "/apis/networking.k8s.io/v1/namespaces/shop/ingresses"; an empty namespace asks for all of
  // them.
  std::string Path(std::string_view ns = {}) const {
    std::string path = engine::Cat(group.empty() ? "/api/" : "/apis/", ApiVersion());
    if (namespaced && !ns.empty()) path += engine::Cat("/namespaces/", ns);
    return engine::Cat(path, '/', plural);
  }
  // As RBAC and its error messages spell it: "ingresses.networking.k8s.io", "services".
  std::string RbacName() const {
    return group.empty() ? std::string(plural) : engine::Cat(plural, '.', group);
  }
};

}  // namespace k8s
