#include "kong/certificate_names.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <limits>
#include <memory>

#include "engine/text.h"
#include "kong/annotations.h"

namespace kong {
namespace {

template <auto kFree>
struct Freed {
  template <class T>
  void operator()(T* object) const {
    kFree(object);
  }
};
using Bio = std::unique_ptr<BIO, Freed<&BIO_free>>;
using Certificate = std::unique_ptr<X509, Freed<&X509_free>>;
using Names = std::unique_ptr<GENERAL_NAMES, Freed<&GENERAL_NAMES_free>>;

int NoPassphrase(char*, int, int, void*) { return 0; }

}  // namespace

std::vector<std::string> DnsNamesOf(std::string_view pem) {
  std::vector<std::string> hosts;
  if (pem.size() > static_cast<size_t>(std::numeric_limits<int>::max())) return hosts;
  Bio bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  Certificate leaf(PEM_read_bio_X509(bio.get(), nullptr, NoPassphrase, nullptr));
  ERR_clear_error();
  if (!leaf) return hosts;
  Names names(static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(leaf.get(), NID_subject_alt_name, nullptr, nullptr)));
  for (int i = 0; names && i < sk_GENERAL_NAME_num(names.get()); ++i) {
    const GENERAL_NAME* name = sk_GENERAL_NAME_value(names.get(), i);
    if (name->type != GEN_DNS) continue;
    std::string host(reinterpret_cast<const char*>(ASN1_STRING_get0_data(name->d.dNSName)),
                     static_cast<size_t>(ASN1_STRING_length(name->d.dNSName)));
    host = engine::Lower(host);
    std::string_view plain = host;
    if (plain.starts_with("*.")) plain.remove_prefix(2);
    if (IsHostName(plain)) hosts.push_back(std::move(host));
  }
  return hosts;
}

}  // namespace kong
