#include "tools/simulators/certificate_maker.h"

#include <array>
#include <memory>

#include "engine/assert.h"
#include "engine/text.h"
#include "openssl/bio.h"
#include "openssl/evp.h"
#include "openssl/pem.h"
#include "openssl/x509.h"
#include "openssl/x509v3.h"

namespace simulators {
namespace {

template <auto Free>
struct Freed {
  template <class T>
  void operator()(T* one) const {
    Free(one);
  }
};
using Bio = std::unique_ptr<BIO, Freed<BIO_free>>;
using Certificate = std::unique_ptr<X509, Freed<X509_free>>;
using Extension = std::unique_ptr<X509_EXTENSION, Freed<X509_EXTENSION_free>>;
using Key = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>>;

constexpr int64_t kNotBefore = 1'704'067'200;  // 2024, so that no test depends on today.
constexpr int64_t kNotAfter = 4'102'444'800;   // 2100.

std::array<unsigned char, 32> Sha256(std::string_view text) {
  std::array<unsigned char, 32> out;
  EVP_Digest(text.data(), text.size(), out.data(), nullptr, EVP_sha256(), nullptr);
  return out;
}

std::string Drain(BIO* bio) {
  char* bytes = nullptr;
  long size = BIO_get_mem_data(bio, &bytes);
  return std::string(bytes, static_cast<size_t>(size));
}

void AddExtension(X509* certificate, int nid, const std::string& value) {
  Extension extension(X509V3_EXT_conf_nid(nullptr, nullptr, nid, value.c_str()));
  CHECK(extension != nullptr, "OpenSSL must know the extension");
  X509_add_ext(certificate, extension.get(), -1);
}

Certificate Sign(const CertificateWish& wish, EVP_PKEY* key) {
  Certificate certificate(X509_new());
  X509_set_version(certificate.get(), X509_VERSION_3);
  auto digest = Sha256(engine::Cat("serial ", wish.seed));
  uint64_t serial = 0;
  for (int at = 0; at < 7; ++at) serial = serial << 8 | digest[static_cast<size_t>(at)];
  ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate.get()), serial);
  ASN1_TIME_set(X509_getm_notBefore(certificate.get()), kNotBefore);
  ASN1_TIME_set(X509_getm_notAfter(certificate.get()), kNotAfter);
  X509_set_pubkey(certificate.get(), key);
  X509_NAME* subject = X509_get_subject_name(certificate.get());
  const auto* name = reinterpret_cast<const unsigned char*>(wish.name.c_str());
  X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, name, -1, -1, 0);
  X509_set_issuer_name(certificate.get(), subject);
  if (wish.authority) {
    AddExtension(certificate.get(), NID_basic_constraints, "critical,CA:TRUE");
  } else {
    AddExtension(certificate.get(), NID_subject_alt_name, engine::Cat("DNS:", wish.name));
  }
  CHECK(X509_sign(certificate.get(), key, nullptr) > 0, "Ed25519 must sign");
  return certificate;
}

}  // namespace

PemPair MakeCertificate(const CertificateWish& wish) {
  auto secret = Sha256(engine::Cat("key ", wish.seed));
  Key key(EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, secret.data(), secret.size()));
  CHECK(key != nullptr, "OpenSSL must have Ed25519");
  Certificate certificate = Sign(wish, key.get());
  Bio certificate_pem(BIO_new(BIO_s_mem()));
  PEM_write_bio_X509(certificate_pem.get(), certificate.get());
  Bio key_pem(BIO_new(BIO_s_mem()));
  PEM_write_bio_PrivateKey(key_pem.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  return {Drain(certificate_pem.get()), Drain(key_pem.get())};
}

}  // namespace simulators
