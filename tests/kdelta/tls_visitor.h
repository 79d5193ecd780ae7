// Somebody at a TLS port who says what they like: any certificate or none, then any bytes.
//
// It blocks, so it runs on a thread of its own while the test's loop serves it.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "tests/io/certificates.h"

namespace kdelta {

struct Visit {
  std::string heard;   // All that came back, decrypted.
  bool ended = false;  // By the server, which otherwise only went silent.
};

namespace visitor {

struct Free {
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
  void operator()(SSL* tls) const { SSL_free(tls); }
  void operator()(BIO* bio) const { BIO_free(bio); }
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};

inline void Present(SSL_CTX* context, const io::Identity& identity) {
  const auto bio = [](const std::string& text) {
    return std::unique_ptr<BIO, Free>(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
  };
  const std::unique_ptr<X509, Free> certificate(
      PEM_read_bio_X509(bio(identity.certificate_pem).get(), nullptr, nullptr, nullptr));
  const std::unique_ptr<EVP_PKEY, Free> key(
      PEM_read_bio_PrivateKey(bio(identity.key_pem).get(), nullptr, nullptr, nullptr));
  SSL_CTX_use_certificate(context, certificate.get());
  SSL_CTX_use_PrivateKey(context, key.get());
}

inline int Dial(uint16_t port) {
  const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
  const timeval patience{.tv_sec = 20, .tv_usec = 0};
  setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
  setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(port);
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return connect(socket, reinterpret_cast<const sockaddr*>(&to), sizeof(to)) == 0 ? socket : -1;
}

}  // namespace visitor

// Says everything at once and listens until the server ends it. SIGPIPE must be ignored.
inline Visit PayVisit(uint16_t port, const io::Identity& identity, std::string_view says) {
  const std::unique_ptr<SSL_CTX, visitor::Free> context(SSL_CTX_new(TLS_client_method()));
  if (!identity.key_pem.empty()) visitor::Present(context.get(), identity);
  const std::unique_ptr<SSL, visitor::Free> tls(SSL_new(context.get()));
  const int socket = visitor::Dial(port);
  SSL_set_fd(tls.get(), socket);
  Visit visit{.ended = true};
  if (SSL_connect(tls.get()) == 1) {
    SSL_write(tls.get(), says.data(), static_cast<int>(says.size()));
    char piece[4096];
    errno = 0;
    for (int n; (n = SSL_read(tls.get(), piece, sizeof(piece))) > 0; errno = 0)
      visit.heard.append(piece, static_cast<size_t>(n));
    visit.ended = errno != EAGAIN;
  }
  close(socket);
  return visit;
}

}  // namespace kdelta
