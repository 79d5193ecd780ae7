#include "io/tls.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <string_view>

#include "engine/status_macros.h"
#include "engine/text.h"
#include "io/tls_native.h"

namespace io {
namespace {

struct FreeOpenSsl {
  void operator()(BIO* bio) const { BIO_free(bio); }
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
template <class T>
using Owned = std::unique_ptr<T, FreeOpenSsl>;

// Why OpenSSL last failed. Reasons are fixed texts: no material gets into them.
std::string Reason() {
  const unsigned long code = ERR_peek_last_error();  // NOLINT(google-runtime-int): OpenSSL's type.
  const char* reason = ERR_reason_error_string(code);
  ERR_clear_error();
  return reason == nullptr ? "unknown reason" : reason;
}

Owned<BIO> Open(std::string_view pem) {
  return Owned<BIO>(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
}

// Answers a request for a pass phrase. Without it OpenSSL would ask at the terminal.
int NoPassPhrase(char*, int, int, void* asked) {
  *static_cast<bool*>(asked) = true;
  return -1;
}

// Hands each certificate of `pem` to `take`, which returns false on failure; at least one is
// expected.
template <class Take>
absl::Status ForEachCertificate(std::string_view pem, std::string_view what, Take take) {
  Owned<BIO> bio = Open(pem);
  int count = 0;
  for (;; ++count) {
    Owned<X509> certificate(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
    if (certificate == nullptr) break;
    if (!take(std::move(certificate), count)) {
      return engine::InvalidArgument(what, ": certificate ", count + 1, ": ", Reason());
    }
  }
  const bool at_end = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
  if (!at_end) return engine::InvalidArgument(what, ": certificate ", count + 1, ": ", Reason());
  ERR_clear_error();
  if (count == 0)
    return engine::InvalidArgument(what, ": there is no certificate in it (PEM expected)");
  return absl::OkStatus();
}

absl::StatusOr<Owned<EVP_PKEY>> ReadKey(std::string_view pem) {
  bool encrypted = false;
  Owned<EVP_PKEY> key(PEM_read_bio_PrivateKey(Open(pem).get(), nullptr, NoPassPhrase, &encrypted));
  if (key != nullptr) return key;
  const std::string reason = Reason();
  if (encrypted) {
    return engine::InvalidArgument("private key: it is encrypted; give it without a pass phrase");
  }
  return engine::InvalidArgument("private key: it is not a PEM private key (", reason, ")");
}

absl::Status UseCertificate(SSL_CTX* context, const TlsOptions& options) {
  if (options.certificate_pem.empty() != options.key_pem.empty()) {
    return engine::InvalidArgument(options.key_pem.empty()
                                       ? "a certificate is given without its private key"
                                       : "a private key is given without its certificate");
  }
  if (options.certificate_pem.empty()) return absl::OkStatus();
  RETURN_IF_ERROR(ForEachCertificate(
      options.certificate_pem, "certificate chain", [context](Owned<X509> certificate, int i) {
        return i == 0 ? SSL_CTX_use_certificate(context, certificate.get()) == 1
                      : SSL_CTX_add1_chain_cert(context, certificate.get()) == 1;
      }));
  ASSIGN_OR_RETURN(Owned<EVP_PKEY> key, ReadKey(options.key_pem));
  if (X509_check_private_key(SSL_CTX_get0_certificate(context), key.get()) != 1) {
    ERR_clear_error();
    return engine::InvalidArgument("the private key does not match the certificate");
  }
  if (SSL_CTX_use_PrivateKey(context, key.get()) != 1) {
    return engine::InvalidArgument("private key: ", Reason());
  }
  return absl::OkStatus();
}

// Trusts the certificates of `pem`; a server also names them to clients, which choose by them.
absl::Status Trust(SSL_CTX* context, std::string_view pem, bool server) {
  X509_STORE* store = SSL_CTX_get_cert_store(context);
  return ForEachCertificate(pem, "certificate authority", [&](Owned<X509> certificate, int) {
    if (server && SSL_CTX_add_client_CA(context, certificate.get()) != 1) return false;
    return X509_STORE_add_cert(store, certificate.get()) == 1;
  });
}

absl::StatusOr<std::unique_ptr<TlsContext::Native>> NewNative(const SSL_METHOD* method) {
  ERR_clear_error();
  auto native = std::make_unique<TlsContext::Native>();
  native->context.reset(SSL_CTX_new(method));
  SSL_CTX* context = native->context.get();
  if (context == nullptr || SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) != 1) {
    return engine::Internal("cannot set up TLS: ", Reason());
  }
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);  // Idle connections hold no record buffers.
  return native;
}

// What a chain that ends nowhere reports; the same list as nginx's for `optional_no_ca`.
bool IsAboutTheChain(int error) {
  return error == X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT ||
         error == X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN ||
         error == X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY ||
         error == X509_V_ERR_CERT_UNTRUSTED || error == X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE;
}

// Accepts our own certificate and no other. OpenSSL calls it for each complaint about the chain,
// then for each certificate that is in order.
int VerifyShared(int fine, X509_STORE_CTX* chain) {
  if (fine != 1 && !IsAboutTheChain(X509_STORE_CTX_get_error(chain))) return 0;
  const auto* ssl = static_cast<const SSL*>(
      X509_STORE_CTX_get_ex_data(chain, SSL_get_ex_data_X509_STORE_CTX_idx()));
  const X509* own = SSL_get_certificate(ssl);
  const X509* leaf = X509_STORE_CTX_get0_cert(chain);
  if (own == nullptr || leaf == nullptr || X509_cmp(own, leaf) != 0) {
    X509_STORE_CTX_set_error(chain, X509_V_ERR_CERT_REJECTED);
    return 0;
  }
  return 1;
}

absl::Status DemandClientCertificates(SSL_CTX* context, const TlsOptions& options) {
  if (!options.ca_pem.empty()) RETURN_IF_ERROR(Trust(context, options.ca_pem, /*server=*/true));
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT,
                     options.clients_share_certificate ? VerifyShared : nullptr);
  // Resumption with client certificates demands a session id context; it is not needed.
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_options(context, SSL_OP_NO_TICKET);
  return absl::OkStatus();
}

absl::Status TrustForClient(SSL_CTX* context, const TlsOptions& options) {
  SSL_CTX_set_verify(context, options.skip_verify ? SSL_VERIFY_NONE : SSL_VERIFY_PEER, nullptr);
  if (!options.ca_pem.empty()) return Trust(context, options.ca_pem, /*server=*/false);
  if (SSL_CTX_set_default_verify_paths(context) != 1) {
    return engine::Unavailable("the system's certificate store cannot be read: ", Reason());
  }
  return absl::OkStatus();
}

}  // namespace

TlsContext::~TlsContext() = default;

absl::StatusOr<std::shared_ptr<const TlsContext>> TlsContext::ForClient(const TlsOptions& options) {
  constexpr unsigned char kAlpn[] = "\x08http/1.1";
  ASSIGN_OR_RETURN(auto native, NewNative(TLS_client_method()));
  RETURN_IF_ERROR(TrustForClient(native->context.get(), options));
  RETURN_IF_ERROR(UseCertificate(native->context.get(), options));
  SSL_CTX_set_alpn_protos(native->context.get(), kAlpn, sizeof kAlpn - 1);
  std::shared_ptr<TlsContext> tls(new TlsContext);
  tls->native_ = std::move(native);
  tls->server_name_ = options.server_name;
  tls->skip_verify_ = options.skip_verify;
  return tls;
}

absl::StatusOr<std::shared_ptr<const TlsContext>> TlsContext::ForServer(const TlsOptions& options) {
  if (options.certificate_pem.empty()) {
    return engine::InvalidArgument("a TLS server needs a certificate and its private key");
  }
  if (options.clients_share_certificate && !options.ca_pem.empty()) {
    return engine::InvalidArgument(
        "clients either share the server's certificate or have one of an authority, not both");
  }
  ASSIGN_OR_RETURN(auto native, NewNative(TLS_server_method()));
  RETURN_IF_ERROR(UseCertificate(native->context.get(), options));
  if (!options.ca_pem.empty() || options.clients_share_certificate) {
    RETURN_IF_ERROR(DemandClientCertificates(native->context.get(), options));
  }
  std::shared_ptr<TlsContext> tls(new TlsContext);
  tls->native_ = std::move(native);
  return tls;
}

}  // namespace io
