// The fragment of a Kong route that takes streams or datagrams: of a TCPIngress or UDPIngress.
//
// Such a route has a port of the gateway, and for TLS perhaps the names that clients ask for. What
// annotations say for HTTP only (hosts, methods, headers) is left out, because Kong refuses it
// there. Pure; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "kong/annotations.h"
#include "kong/entity.h"

namespace kong {

// What a stream route is, after its annotations were heard.
struct StreamSpec {
  std::string name;
  EntityId id;
  EntityId service;
  int32_t port = 0;
  std::vector<std::string> snis;
  std::vector<std::string> protocols;
  const RouteSettings* settings = nullptr;
  const std::vector<std::string>* tags = nullptr;
};

// The protocols of a TCPIngress, or those that its author asks for, if Kong takes them together and
// with these SNIs.
std::vector<std::string> TcpProtocols(const RouteSettings& settings,
                                      const std::vector<std::string>& snis, Findings& findings);

std::string StreamFragment(const StreamSpec& route, bool expressions);

}  // namespace kong
