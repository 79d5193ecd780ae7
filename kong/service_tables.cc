#include "kong/service_tables.h"

namespace kong {
namespace {

using engine::Cat;

std::string_view PrefixOf(ServiceNaming naming) {
  switch (naming) {
    case ServiceNaming::kHttpRoute:
    case ServiceNaming::kHttpRouteCombined:
      return "httproute.";
    case ServiceNaming::kGrpcRoute:
    case ServiceNaming::kGrpcRouteHost:
      return "grpcroute.";
    case ServiceNaming::kTcpRoute:
      return "tcproute.";
    case ServiceNaming::kUdpRoute:
      return "udproute.";
    case ServiceNaming::kTlsRoute:
      return "tlsroute.";
    default:
      return "";
  }
}

}  // namespace

std::string ServiceKey::KongName() const {
  switch (naming) {
    case ServiceNaming::kPort:
      return Cat(ns, '.', name, '.', part);
    case ServiceNaming::kUdpPort:
      return Cat(ns, '.', name, '.', part, ".udp");
    case ServiceNaming::kTcpPort:
      return Cat(ns, '.', name, '.', part, ".tcp");
    case ServiceNaming::kFacade:
      return Cat(ns, '.', name, ".svc.facade");
    case ServiceNaming::kHttpRouteCombined:
      return Cat(PrefixOf(naming), ns, ".svc.", part);
    case ServiceNaming::kGrpcRouteHost:
      return Cat(PrefixOf(naming), ns, '.', name, '.', part, '.', rule);
    default:
      return Cat(PrefixOf(naming), ns, '.', name, '.', rule);
  }
}

std::string ServiceKey::UpstreamName() const {
  bool port = naming == ServiceNaming::kPort || naming == ServiceNaming::kUdpPort ||
              naming == ServiceNaming::kTcpPort;
  return port ? Cat(name, '.', ns, '.', part, ".svc") : KongName();
}

std::string_view TextOf(ServiceProtocol protocol) {
  switch (protocol) {
    case ServiceProtocol::kGrpc:
      return "grpc";
    case ServiceProtocol::kGrpcs:
      return "grpcs";
    case ServiceProtocol::kTcp:
      return "tcp";
    case ServiceProtocol::kUdp:
      return "udp";
    default:
      return "http";
  }
}

}  // namespace kong
