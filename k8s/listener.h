// A listener of a Gateway or ListenerSet: a port, a protocol, a host, and who may attach routes.
//
// Names and hosts are symbols, because rules group by them. What the object leaves out is filled
// with what the API server would fill in, so that files and clusters agree. Plain values.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <tuple>
#include <vector>

#include "engine/symbol.h"
#include "k8s/selector.h"

namespace k8s {

enum class ListenerProtocol : uint8_t { kHttp, kHttps, kTls, kTcp, kUdp, kOther };
std::string_view NameOf(ListenerProtocol protocol);  // "HTTPS"; "unknown" for kOther.
ListenerProtocol ListenerProtocolOf(std::string_view name);

enum class TlsMode : uint8_t { kNone, kTerminate, kPassthrough };

// Which namespaces may attach something.
enum class NamespacesFrom : uint8_t { kAll, kSame, kSelector, kNone };

struct AllowedNamespaces {
  NamespacesFrom from = NamespacesFrom::kSame;
  std::optional<LabelSelector> selector;  // Of kSelector; unset selects nothing.
  auto fields() const { return std::tie(from, selector); }
};

struct RouteKind {
  std::optional<engine::Symbol> group;  // Unset: that of the Gateway API.
  engine::Symbol kind;
  std::string_view GroupText() const;
  auto fields() const { return std::tie(group, kind); }
};

// A reference to a certificate: a Secret, unless it says otherwise.
struct CertificateRef {
  std::optional<engine::Symbol> group, kind;
  engine::Symbol ns;  // Empty: that of the object that refers.
  engine::Symbol name;
  bool IsSecret() const;
  auto fields() const { return std::tie(group, kind, ns, name); }
};

struct Listener {
  engine::Symbol name;
  engine::Symbol hostname;  // Empty: every host.
  int32_t port = 0;         // 0: not said.
  ListenerProtocol protocol = ListenerProtocol::kOther;
  engine::Symbol protocol_text;  // As the object says it.
  TlsMode tls = TlsMode::kNone;  // kNone: without a `tls` section.
  std::vector<CertificateRef> certificates;
  AllowedNamespaces namespaces;
  std::vector<RouteKind> kinds;  // Empty: what the protocol can carry.

  auto fields() const {
    return std::tie(name, hostname, port, protocol, protocol_text, tls, certificates, namespaces,
                    kinds);
  }
};

}  // namespace k8s
