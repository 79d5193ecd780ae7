#include "kong/certificate.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/sha.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <ctime>
#include <limits>
#include <memory>
#include <vector>

#include "engine/status_macros.h"
#include "engine/text.h"

namespace kong {
namespace {

using engine::InvalidArgument;

template <auto kFree>
struct Freed {
  template <class T>
  void operator()(T* object) const {
    kFree(object);
  }
};
using Bio = std::unique_ptr<BIO, Freed<&BIO_free>>;
using Certificate = std::unique_ptr<X509, Freed<&X509_free>>;
using Key = std::unique_ptr<EVP_PKEY, Freed<&EVP_PKEY_free>>;

// The queue of errors is the thread's: what OpenSSL leaves there must not surprise the next caller.
struct ErrorsCleared {
  ~ErrorsCleared() { ERR_clear_error(); }
};

absl::StatusOr<Bio> Open(std::string_view text) {
  if (text.size() > static_cast<size_t>(std::numeric_limits<int>::max()))
    return InvalidArgument("too large");
  return Bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

// Without it OpenSSL asks at the terminal for the passphrase of an encrypted key.
int NoPassphrase(char*, int, int, void*) { return -1; }

struct PemBlock {
  std::string type;
  std::vector<uint8_t> der;
};

// Every block of the text, which must hold nothing else after the first.
absl::StatusOr<std::vector<PemBlock>> Blocks(std::string_view pem) {
  ASSIGN_OR_RETURN(Bio bio, Open(pem));
  std::vector<PemBlock> blocks;
  while (true) {
    char* rest = nullptr;
    auto size = static_cast<size_t>(std::max(0L, BIO_get_mem_data(bio.get(), &rest)));
    if (TrimPem({rest, size}).empty()) return blocks;
    char* name = nullptr;
    char* header = nullptr;
    unsigned char* der = nullptr;
    long length = 0;
    if (PEM_read_bio(bio.get(), &name, &header, &der, &length) != 1)
      return InvalidArgument("invalid PEM block");
    blocks.push_back({name, {der, der + length}});
    OPENSSL_free(name);
    OPENSSL_free(header);
    OPENSSL_free(der);
  }
}

Certificate FromDer(const std::vector<uint8_t>& der) {
  const uint8_t* at = der.data();
  Certificate certificate(d2i_X509(nullptr, &at, static_cast<long>(der.size())));
  return at == der.data() + der.size() ? std::move(certificate) : nullptr;
}

std::string ToPem(const std::vector<uint8_t>& der) {
  Bio bio(BIO_new(BIO_s_mem()));
  PEM_write_bio(bio.get(), "CERTIFICATE", "", der.data(), static_cast<long>(der.size()));
  char* text = nullptr;
  long size = BIO_get_mem_data(bio.get(), &text);
  return {text, static_cast<size_t>(std::max(0L, size))};
}

int64_t NotAfter(const X509* certificate) {
  std::tm time{};
  if (ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &time) != 1) return 0;
  return timegm(&time);
}

std::array<uint8_t, SHA256_DIGEST_LENGTH> Sha256(std::initializer_list<std::string_view> parts) {
  std::array<uint8_t, SHA256_DIGEST_LENGTH> digest{};
  std::unique_ptr<EVP_MD_CTX, Freed<&EVP_MD_CTX_free>> context(EVP_MD_CTX_new());
  EVP_DigestInit_ex(context.get(), EVP_sha256(), nullptr);
  for (std::string_view part : parts) EVP_DigestUpdate(context.get(), part.data(), part.size());
  EVP_DigestFinal_ex(context.get(), digest.data(), nullptr);
  return digest;
}

// The pairs that its thread found good last. Reading a pair costs OpenSSL 3.0 some hundred
// microseconds, most of them spent on choosing decoders, and the same pairs are asked for again and
// again: when a label of their Secret changes, and when a graph is checked against a fresh one.
class GoodPairs {
 public:
  bool Contains(const PairDigest& pair) const {
    return std::find(pairs_.begin(), pairs_.end(), pair) != pairs_.end();
  }
  void Add(const PairDigest& pair) { pairs_[next_++ % pairs_.size()] = pair; }

 private:
  std::array<PairDigest, 64> pairs_{};
  size_t next_ = 0;
};

PairDigest DigestOf(std::string_view cert, std::string_view key) {
  PairDigest digest;
  // A byte that no PEM holds keeps (cert, key) from meeting another split of the same text.
  auto sha256 = Sha256({cert, std::string_view("\0", 1), key});
  std::copy_n(sha256.begin(), digest.bytes.size(), digest.bytes.begin());
  return digest;
}

}  // namespace

std::string_view TrimPem(std::string_view pem) { return engine::Trim(pem); }

absl::StatusOr<PairDigest> CheckKeyPair(std::string_view cert, std::string_view key) {
  thread_local GoodPairs good;
  ErrorsCleared cleared;
  cert = TrimPem(cert);
  key = TrimPem(key);
  const PairDigest digest = DigestOf(cert, key);
  if (good.Contains(digest)) return digest;
  ASSIGN_OR_RETURN(Bio cert_bio, Open(cert));
  Certificate leaf(PEM_read_bio_X509(cert_bio.get(), nullptr, NoPassphrase, nullptr));
  if (!leaf) return InvalidArgument("no certificate can be read");
  ASSIGN_OR_RETURN(Bio key_bio, Open(key));
  Key private_key(PEM_read_bio_PrivateKey(key_bio.get(), nullptr, NoPassphrase, nullptr));
  if (!private_key) return InvalidArgument("no private key can be read; it must not be encrypted");
  if (X509_check_private_key(leaf.get(), private_key.get()) != 1) {
    return InvalidArgument("the private key is not that of the first certificate");
  }
  good.Add(digest);
  return digest;
}

absl::StatusOr<CaCertificate> ParseCaCertificate(std::string_view pem) {
  ErrorsCleared cleared;
  ASSIGN_OR_RETURN(std::vector<PemBlock> blocks, Blocks(pem));
  if (blocks.empty()) return InvalidArgument("invalid PEM block");
  for (const PemBlock& block : blocks) {
    if (block.type != "CERTIFICATE") return InvalidArgument("invalid PEM block type");
  }
  if (blocks.size() > 1) return InvalidArgument("multiple PEM certificates found");
  Certificate certificate = FromDer(blocks[0].der);
  if (!certificate) return InvalidArgument("failed to parse certificate");
  uint32_t flags = X509_get_extension_flags(certificate.get());
  if ((flags & EXFLAG_BCONS) == 0 || (flags & EXFLAG_CA) == 0) {
    return InvalidArgument("certificate is missing the 'CA' basic constraint");
  }
  return CaCertificate{ToPem(blocks[0].der), NotAfter(certificate.get())};
}

std::string Sha256Hex(std::string_view text) {
  auto digest = Sha256({text});
  return engine::Hex({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

}  // namespace kong
