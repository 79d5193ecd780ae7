// What a TLS connection trusts and presents. Material is PEM text; files are read by the caller.
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"

namespace io {

struct TlsOptions {
  std::string ca_pem;  // Client: who may have signed the server. Empty: the system's store.
                       // Server: if set, clients must present a certificate signed by it.
  // Server, instead of ca_pem: clients must present our own leaf certificate and prove its key, as
  // Kong's `cluster_mtls = shared` has it. No chain is built; it must not have expired.
  bool clients_share_certificate = false;
  std::string certificate_pem;  // Own chain, leaf first; optional for clients.
  std::string key_pem;
  std::string server_name;   // Client: SNI and verified name; empty: the host that is connected to.
  bool skip_verify = false;  // Client only. Logged by callers, never silently set.
};

// Parsed and checked once, shared by connections. Immutable; any thread.
class TlsContext {
 public:
  static absl::StatusOr<std::shared_ptr<const TlsContext>> ForClient(const TlsOptions& options);
  static absl::StatusOr<std::shared_ptr<const TlsContext>> ForServer(const TlsOptions& options);
  ~TlsContext();
  const std::string& server_name() const { return server_name_; }
  bool skip_verify() const { return skip_verify_; }
  struct Native;  // The OpenSSL context; known to io/*.cc only.
  Native& native() const { return *native_; }

 private:
  TlsContext() = default;
  std::unique_ptr<Native> native_;
  std::string server_name_;
  bool skip_verify_ = false;
};

}  // namespace io
