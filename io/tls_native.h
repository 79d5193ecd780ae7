// What io::TlsContext hides: the OpenSSL context. Included by io/*.cc only.
#pragma once

#include <openssl/ssl.h>

#include <memory>

#include "io/tls.h"

namespace io {

struct TlsContext::Native {
  struct Free {
    void operator()(SSL_CTX* given) const { SSL_CTX_free(given); }
  };
  std::unique_ptr<SSL_CTX, Free> context;
};

}  // namespace io
