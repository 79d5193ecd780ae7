// Certificates and keys as authors put them into Secrets: checked before a gateway sees them.
//
// A key pair is a PEM chain, leaf first, and the private key of the leaf. A CA certificate is
// exactly one PEM block that may sign others. Errors say what is wrong in the Kong Ingress
// Controller's words and never show bytes of a key. Expiry is not judged here: rules have no clock,
// so the caller compares not_after_s with the row of the source `now`. Pure functions over
// OpenSSL's libcrypto; any thread. Cost: some tens of microseconds a certificate, more for a large
// RSA key.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <tuple>

#include "absl/status/statusor.h"

namespace kong {

// Of the trimmed texts of certificate and key: SHA-256, the first half. Not a fingerprint of the
// engine, because a tenant who could make two pairs collide would have one served for the other.
struct PairDigest {
  std::array<uint8_t, 16> bytes{};
  friend auto operator<=>(const PairDigest&, const PairDigest&) = default;
  auto fields() const { return std::tie(bytes); }
};

// OK if the first certificate can be read and the key is its key.
absl::StatusOr<PairDigest> CheckKeyPair(std::string_view cert, std::string_view key);
// The text as it goes to Kong: without white space at its ends.
std::string_view TrimPem(std::string_view pem);

struct CaCertificate {
  std::string pem;  // Encoded again: one block and nothing else.
  int64_t not_after_s = 0;
};
absl::StatusOr<CaCertificate> ParseCaCertificate(std::string_view pem);

// Lower-case hex of the SHA-256 of a text.
std::string Sha256Hex(std::string_view text);

}  // namespace kong
