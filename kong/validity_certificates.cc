// Checks of keys and certificates; what OpenSSL says of an error names no byte of what was read.
#include <memory>
#include <string>

#include "engine/text.h"
#include "kong/validity.h"
#include "openssl/bio.h"
#include "openssl/err.h"
#include "openssl/pem.h"
#include "openssl/x509.h"
#include "openssl/x509v3.h"

namespace kong {
namespace {

using engine::Cat;

template <auto Free>
struct Freed {
  template <class T>
  void operator()(T* one) const {
    Free(one);
  }
};
using Bio = std::unique_ptr<BIO, Freed<BIO_free>>;
using Certificate = std::unique_ptr<X509, Freed<X509_free>>;
using Key = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>>;

Bio Reader(std::string_view pem) {
  return Bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
}

Certificate ReadCertificate(std::string_view pem) {
  Bio bio = Reader(pem);
  return Certificate(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
}

Key ReadPrivateKey(std::string_view pem) {
  Bio bio = Reader(pem);
  return Key(PEM_read_bio_PrivateKey(bio.get(), nullptr, nullptr, nullptr));
}

Key ReadPublicKey(std::string_view pem) {
  Bio bio = Reader(pem);
  return Key(PEM_read_bio_PUBKEY(bio.get(), nullptr, nullptr, nullptr));
}

// The last error of OpenSSL; it names no byte of what was read.
std::string LibraryError() {
  char text[256] = "unreadable";
  if (unsigned long code = ERR_get_error(); code != 0) ERR_error_string_n(code, text, sizeof text);
  ERR_clear_error();
  return text;
}

bool IsReference(std::string_view text) { return text.starts_with("{vault://"); }

void Tell(Breaches& out, std::string_view field, std::string why) {
  out.push_back({std::string(field), std::move(why)});
}

void CheckPair(const Json& row, std::string_view cert_field, std::string_view key_field,
               Breaches& out) {
  std::string_view cert_pem = TextAt(row, cert_field);
  std::string_view key_pem = TextAt(row, key_field);
  if (cert_pem.empty() || key_pem.empty() || IsReference(cert_pem) || IsReference(key_pem)) return;
  Certificate certificate = ReadCertificate(cert_pem);
  if (!certificate) {
    Tell(out, cert_field, Cat("invalid certificate: x509.new: ", LibraryError()));
  }
  Key key = ReadPrivateKey(key_pem);
  if (!key) Tell(out, key_field, Cat("invalid key: pkey.new:load_key: ", LibraryError()));
  if (!certificate || !key) return;
  if (X509_check_private_key(certificate.get(), key.get()) != 1) {
    ERR_clear_error();
    Tell(out, "", "certificate does not match key");
  }
}

}  // namespace

void CheckKeyPairs(const Json& row, Breaches& out) {
  CheckPair(row, "cert", "key", out);
  CheckPair(row, "cert_alt", "key_alt", out);
}

void CheckAuthority(const Json& row, Breaches& out) {
  std::string_view pem = TextAt(row, "cert");
  if (pem.empty()) return;
  size_t first = pem.find("-----BEGIN");
  if (first != pem.npos && pem.find("-----BEGIN", first + 1) != pem.npos) {
    Tell(out, "cert", "please submit only one certificate at a time");
    return;
  }
  Certificate certificate = ReadCertificate(pem);
  if (!certificate) {
    Tell(out, "cert", Cat("invalid certificate: x509.new: ", LibraryError()));
  } else if (X509_check_ca(certificate.get()) == 0) {
    Tell(out, "",
         "certificate does not appear to be a CA because it is missing the \"CA\" basic "
         "constraint");
  }
}

void CheckPublicKey(const Json& row, Breaches& out) {
  std::string_view pem = TextAt(row, "rsa_public_key");
  if (pem.empty() || ReadPublicKey(pem) || ReadCertificate(pem)) return;
  ERR_clear_error();
  Tell(out, "rsa_public_key", "invalid key");
}

}  // namespace kong
