// Certificates made while a test runs, so that no key is ever in the repository.
#pragma once

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <memory>
#include <string>

namespace io {

struct Identity {
  std::string certificate_pem;
  std::string key_pem;
};

// An authority and what it signs. Names are SAN lists: "DNS:cart.example,IP:127.0.0.1".
class TestAuthority {
 public:
  TestAuthority() : key_(EVP_EC_gen("P-256")), certificate_(X509_new()) {
    Fill(certificate_.get(), key_.get(), "test authority");
    X509_set_issuer_name(certificate_.get(), X509_get_subject_name(certificate_.get()));
    Extend(certificate_.get(), NID_basic_constraints, "critical,CA:TRUE");
    X509_sign(certificate_.get(), key_.get(), EVP_sha256());
  }

  std::string pem() const { return CertificatePem(certificate_.get()); }

  Identity Issue(const std::string& names) const { return IssueUntil(names, 3600); }
  Identity IssueExpired(const std::string& names) const { return IssueUntil(names, -60); }

  // A key that only a pass phrase opens.
  static std::string EncryptedKey() {
    return KeyPem(Key(EVP_EC_gen("P-256")).get(), EVP_aes_128_cbc(), "pass phrase");
  }

  // What `kong hybrid gen_cert` makes: signed by itself, a common name and no other.
  static Identity SelfSigned(const char* common_name, int seconds_left = 3600) {
    const Key key(EVP_EC_gen("P-384"));
    const Certificate leaf(X509_new());
    Fill(leaf.get(), key.get(), common_name, seconds_left);
    X509_set_issuer_name(leaf.get(), X509_get_subject_name(leaf.get()));
    X509_sign(leaf.get(), key.get(), EVP_sha256());
    return {CertificatePem(leaf.get()), KeyPem(key.get(), nullptr, "")};
  }

 private:
  struct Free {
    void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
    void operator()(X509* certificate) const { X509_free(certificate); }
    void operator()(BIO* bio) const { BIO_free(bio); }
  };
  using Key = std::unique_ptr<EVP_PKEY, Free>;
  using Certificate = std::unique_ptr<X509, Free>;
  using Bio = std::unique_ptr<BIO, Free>;

  Identity IssueUntil(const std::string& names, int seconds_left) const {
    const Key key(EVP_EC_gen("P-256"));
    const Certificate leaf(X509_new());
    Fill(leaf.get(), key.get(), "leaf", seconds_left);
    X509_set_issuer_name(leaf.get(), X509_get_subject_name(certificate_.get()));
    Extend(leaf.get(), NID_subject_alt_name, names);
    X509_sign(leaf.get(), key_.get(), EVP_sha256());
    return {CertificatePem(leaf.get()), KeyPem(key.get(), nullptr, "")};
  }

  static void Fill(X509* certificate, EVP_PKEY* key, const char* name, int seconds_left = 3600) {
    static long serial = 1;  // NOLINT(google-runtime-int): OpenSSL's type.
    X509_set_version(certificate, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), serial++);
    X509_gmtime_adj(X509_getm_notBefore(certificate), -3600);
    X509_gmtime_adj(X509_getm_notAfter(certificate), seconds_left);
    X509_set_pubkey(certificate, key);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>(name), -1, -1, 0);
  }

  static void Extend(X509* certificate, int kind, const std::string& value) {
    X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, nullptr, kind, value.c_str());
    X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
  }

  static std::string Text(BIO* bio) {
    char* start = nullptr;
    const auto size = BIO_ctrl(bio, BIO_CTRL_INFO, 0, &start);
    return std::string(start, static_cast<size_t>(size));
  }

  static std::string CertificatePem(X509* certificate) {
    const Bio bio(BIO_new(BIO_s_mem()));
    PEM_write_bio_X509(bio.get(), certificate);
    return Text(bio.get());
  }

  static std::string KeyPem(EVP_PKEY* key, const EVP_CIPHER* cipher, const std::string& phrase) {
    const Bio bio(BIO_new(BIO_s_mem()));
    PEM_write_bio_PKCS8PrivateKey(bio.get(), key, cipher, phrase.data(),
                                  static_cast<int>(phrase.size()), nullptr, nullptr);
    return Text(bio.get());
  }

  Key key_;
  Certificate certificate_;
};

}  // namespace io
