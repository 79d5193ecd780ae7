// Self-signed certificates for synthetic clusters and tests, the same bytes for the same seed.
//
// Ed25519, because its keys are any 32 bytes and its signatures have no randomness. About 0.1 ms
// each. Nothing made here protects anything: the seed is the key. Any thread.
#pragma once

#include <string>
#include <string_view>

namespace simulators {

struct PemPair {
  std::string certificate;
  std::string key;
};

struct CertificateWish {
  std::string name;  // Common name and the only DNS name.
  std::string seed;  // Another seed, another key.
  bool authority = false;
};
PemPair MakeCertificate(const CertificateWish& wish);

}  // namespace simulators
