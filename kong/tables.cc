#include "kong/tables.h"

#include "engine/text.h"

namespace kong {

std::string ServicePortKey::KongName() const { return engine::Cat(ns, '.', service, '.', port); }
std::string ServicePortKey::UpstreamName() const {
  return engine::Cat(service, '.', ns, '.', port, ".svc");
}

}  // namespace kong
