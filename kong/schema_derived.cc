#include "kong/schema_derived.h"

#include <arpa/inet.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <memory>

#include "engine/status_macros.h"
#include "engine/text.h"
#include "io/json_writer.h"
#include "kong/entity.h"

namespace kong {
namespace {

using engine::Cat;
using engine::InvalidArgument;
using simdjson::dom::object;

constexpr int kDefaultPort = 8000;

std::string Quoted(std::string_view text) {
  std::string out;
  io::AppendJsonString(out, text);
  return out;
}

std::string_view TextAt(object given, std::string_view name) {
  std::string_view text;
  return given.at_key(name).get_string().get(text) == simdjson::SUCCESS ? text : std::string_view();
}

// The id in a reference of either form.
std::string ReferenceAt(object given, std::string_view name, std::string_view array) {
  object reference;
  std::string_view text = TextAt(given, name);
  if (given.at_key(name).get_object().get(reference) == simdjson::SUCCESS) {
    text = TextAt(reference, "id");
    if (text.empty()) text = TextAt(reference, "name");
  }
  if (text.empty()) return {};
  const auto id = EntityId::Parse(text);
  return id ? id->text() : DeriveId(array, text).text();
}

std::string Digest(const EVP_MD* algorithm, std::string_view bytes) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned length = 0;
  EVP_Digest(bytes.data(), bytes.size(), digest, &length, algorithm, nullptr);
  return engine::Hex({reinterpret_cast<const char*>(digest), length});
}

absl::StatusOr<std::string> CertificateDigest(std::string_view pem) {
  std::unique_ptr<BIO, void (*)(BIO*)> bio(
      BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), [](BIO* b) { BIO_free(b); });
  std::unique_ptr<X509, void (*)(X509*)> certificate(
      PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr), X509_free);
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned length = 0;
  if (!certificate || X509_digest(certificate.get(), EVP_sha256(), digest, &length) != 1)
    return InvalidArgument("field cert is no certificate: give one in PEM form");
  return engine::Hex({reinterpret_cast<const char*>(digest), length});
}

std::vector<DerivedField> OfUpstream(object given) {
  const std::string_view hash_on = TextAt(given, "hash_on");
  if (TextAt(given, "algorithm") == "least-connections") return {{"hash_on", R"("none")"}};
  if (hash_on.empty()) {
    simdjson::dom::element explicit_null;
    if (given.at_key("hash_on").get(explicit_null) != simdjson::SUCCESS) return {};
    return {{"hash_on", R"("none")"}};
  }
  return {{"algorithm", hash_on == "none" ? R"("round-robin")" : R"("consistent-hashing")"}};
}

// Asymmetric algorithms never use the secret that Kong would make up.
std::vector<DerivedField> OfJwt(object given) {
  const std::string_view algorithm = TextAt(given, "algorithm");
  simdjson::dom::element secret;
  const bool has_secret = given.at_key("secret").get(secret) == simdjson::SUCCESS;
  if (has_secret || algorithm.empty() || algorithm.starts_with("HS")) return {};
  return {{"secret", "null"}};
}

}  // namespace

absl::StatusOr<std::vector<DerivedField>> DerivedFields(std::string_view array, object given) {
  std::vector<DerivedField> derived;
  if (array == "upstreams") return OfUpstream(given);
  if (array == "jwt_secrets") return OfJwt(given);
  if (array == "targets" && !TextAt(given, "target").empty()) {
    derived.push_back({"target", Quoted(StoredTarget(TextAt(given, "target")))});
  } else if (array == "basicauth_credentials") {
    const std::string consumer = ReferenceAt(given, "consumer", "consumers");
    const std::string_view password = TextAt(given, "password");
    if (!password.empty())
      derived.push_back({"password", Quoted(Digest(EVP_sha1(), Cat(password, consumer)))});
  } else if (array == "ca_certificates") {
    ASSIGN_OR_RETURN(std::string digest, CertificateDigest(TextAt(given, "cert")));
    derived.push_back({"cert_digest", Quoted(digest)});
  } else if (array == "oauth2_credentials") {
    bool hashed = false;
    if (given.at_key("hash_secret").get_bool().get(hashed) == simdjson::SUCCESS && hashed)
      return InvalidArgument(
          "field hash_secret is true: Kong salts such a secret at random, so it cannot be made "
          "here; set it to false");
  }
  return derived;
}

std::string StoredTarget(std::string_view target) {
  std::string_view host = target;
  std::string port = Cat(kDefaultPort);
  const size_t bracket = target.rfind(']');
  const size_t colon = target.rfind(':');
  const bool one_colon = colon != std::string_view::npos && target.find(':') == colon;
  if (colon != std::string_view::npos &&
      (one_colon || (bracket != std::string_view::npos && colon > bracket))) {
    host = target.substr(0, colon);
    port = target.substr(colon + 1);
  }
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  unsigned char bytes[16];
  if (inet_pton(AF_INET6, std::string(host).c_str(), bytes) != 1) return Cat(host, ':', port);
  std::string out = "[";
  for (size_t at = 0; at < sizeof bytes; at += 2) {
    if (at > 0) out += ':';
    out += engine::Hex({reinterpret_cast<const char*>(bytes + at), 2});
  }
  return Cat(out, "]:", port);
}

}  // namespace kong
