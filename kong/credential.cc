#include "kong/credential.h"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <algorithm>
#include <array>
#include <memory>
#include <span>

#include "engine/status_macros.h"
#include "engine/text.h"
#include "io/json_writer.h"
#include "kong/certificate.h"

namespace kong {
namespace {

using engine::Cat;
using engine::InvalidArgument;

constexpr std::array<CredentialType, 7> kTypes = {{
    {"key-auth", EntityKind::kKeyAuth, "key", "key-auth on 'key'"},
    {"basic-auth", EntityKind::kBasicAuth, "username", "basic-auth on 'username'"},
    {"hmac-auth", EntityKind::kHmacAuth, "username", "hmac-auth on 'username'"},
    {"jwt", EntityKind::kJwt, "key", "jwt-auth on 'key'"},
    {"oauth2", EntityKind::kOauth2, "client_id", "oauth2 on 'client_id'"},
    {"acl", EntityKind::kAcl, "", ""},
    {"mtls-auth", EntityKind::kMtlsAuth, "", "", kNeedsEnterprise},
}};

constexpr std::array<std::string_view, 13> kJwtAlgorithms = {
    "HS256", "HS384", "HS512", "RS256", "RS384", "RS512", "ES256",
    "ES384", "ES512", "PS256", "PS384", "PS512", "EdDSA"};
constexpr int64_t kTtlMax = 100'000'000;

// Collects the members of one credential, in the order in which it is asked for them.
class Maker {
 public:
  Maker(const k8s::Secret& secret, Credential& out) : secret_(secret), out_(out) {}

  const std::string* Find(std::string_view field) const { return secret_.Find(field); }
  // Empty counts as not there.
  std::string_view TextOf(std::string_view field) const {
    const std::string* value = Find(field);
    return value ? std::string_view(*value) : std::string_view();
  }
  absl::Status Require(std::span<const std::string_view> fields) const {
    for (std::string_view field : fields) {
      if (TextOf(field).empty()) return InvalidArgument("missing required field \"", field, "\"");
    }
    return absl::OkStatus();
  }
  void Text(std::string_view field) {
    if (!TextOf(field).empty()) TextValue(field, TextOf(field));
  }
  void TextValue(std::string_view field, std::string_view value) {
    std::string json;
    io::JsonWriter(json).String(value);
    Raw(field, std::move(json));
  }
  void Raw(std::string_view field, std::string json) {
    out_.members.emplace_back(field, std::move(json));
  }
  void Complain(std::string text) { out_.complaints.push_back(std::move(text)); }

 private:
  const k8s::Secret& secret_;
  Credential& out_;
};

absl::Status MakeKeyAuth(Maker& make) {
  RETURN_IF_ERROR(make.Require(std::array<std::string_view, 1>{"key"}));
  make.Text("key");
  if (const std::string* ttl = make.Find("ttl")) {
    std::optional<int64_t> seconds = engine::ParseInt(*ttl);
    if (seconds && *seconds >= 0 && *seconds <= kTtlMax)
      make.Raw("ttl", Cat(*seconds));
    else
      make.Complain("ttl is left out: it must be a number of seconds up to 100000000");
  }
  return absl::OkStatus();
}

absl::Status MakeBasicAuth(Maker& make) {
  RETURN_IF_ERROR(make.Require(std::array<std::string_view, 2>{"username", "password"}));
  make.Text("password");
  make.Text("username");
  return absl::OkStatus();
}

absl::Status MakeHmacAuth(Maker& make) {
  RETURN_IF_ERROR(make.Require(std::array<std::string_view, 1>{"username"}));
  make.Text("secret");
  make.Text("username");
  return absl::OkStatus();
}

bool IsPublicKey(std::string_view pem) {
  std::unique_ptr<BIO, decltype(&BIO_free)> bio(
      BIO_new_mem_buf(pem.data(), static_cast<int>(std::min<size_t>(pem.size(), 1 << 20))),
      &BIO_free);
  std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(
      bio ? PEM_read_bio_PUBKEY(bio.get(), nullptr, nullptr, nullptr) : nullptr, &EVP_PKEY_free);
  return key != nullptr;
}

absl::Status MakeJwt(Maker& make) {
  RETURN_IF_ERROR(make.Require(std::array<std::string_view, 1>{"key"}));
  std::string_view algorithm = make.TextOf("algorithm");
  if (algorithm.empty()) algorithm = "HS256";
  if (std::find(kJwtAlgorithms.begin(), kJwtAlgorithms.end(), algorithm) == kJwtAlgorithms.end())
    return InvalidArgument("field \"algorithm\" must be one of HS256 … EdDSA as Kong spells them");
  const bool symmetric = algorithm.starts_with("HS");
  if (!symmetric) RETURN_IF_ERROR(make.Require(std::array<std::string_view, 1>{"rsa_public_key"}));
  std::string_view key = make.TextOf("rsa_public_key");
  if (!key.empty() && !IsPublicKey(key))
    return InvalidArgument("field \"rsa_public_key\" is not a public key in PEM");
  make.TextValue("algorithm", algorithm);
  make.Text("key");
  make.Text("rsa_public_key");
  make.Text("secret");
  return absl::OkStatus();
}

absl::Status MakeOauth2(Maker& make) {
  RETURN_IF_ERROR(make.Require(std::array<std::string_view, 2>{"name", "client_id"}));
  make.Text("client_id");
  make.Text("client_secret");
  make.Text("client_type");
  if (const std::string* hash = make.Find("hash_secret")) {
    const bool yes = *hash == "true" || *hash == "1" || *hash == "t" || *hash == "T" ||
                     *hash == "True" || *hash == "TRUE";
    const bool no = *hash == "false" || *hash == "0" || *hash == "f" || *hash == "F" ||
                    *hash == "False" || *hash == "FALSE";
    if (!yes && !no) make.Complain("hash_secret counts as false: it must be true or false");
    make.Raw("hash_secret", yes ? "true" : "false");
  }
  make.Text("name");
  if (const std::string* uris = make.Find("redirect_uris")) {
    std::string json;
    io::JsonWriter out(json);
    out.BeginArray();
    for (std::string_view uri : engine::Split(*uris, ',')) {
      if (uri = engine::Trim(uri); !uri.empty()) out.String(uri);
    }
    out.EndArray();
    make.Raw("redirect_uris", std::move(json));
  }
  return absl::OkStatus();
}

absl::Status MakeAcl(Maker& make) {
  RETURN_IF_ERROR(make.Require(std::array<std::string_view, 1>{"group"}));
  make.Text("group");
  return absl::OkStatus();
}

absl::Status MakeMtlsAuth(Maker& make) {
  RETURN_IF_ERROR(make.Require(std::array<std::string_view, 1>{"subject_name"}));
  make.Text("ca_certificate");
  make.Text("subject_name");
  return absl::OkStatus();
}

absl::Status Make(EntityKind kind, Maker& make) {
  switch (kind) {
    case EntityKind::kKeyAuth:
      return MakeKeyAuth(make);
    case EntityKind::kBasicAuth:
      return MakeBasicAuth(make);
    case EntityKind::kHmacAuth:
      return MakeHmacAuth(make);
    case EntityKind::kJwt:
      return MakeJwt(make);
    case EntityKind::kOauth2:
      return MakeOauth2(make);
    case EntityKind::kAcl:
      return MakeAcl(make);
    default:
      return MakeMtlsAuth(make);
  }
}

}  // namespace

const CredentialType* CredentialTypeOf(std::string_view label) {
  auto found = std::find_if(kTypes.begin(), kTypes.end(),
                            [&](const CredentialType& type) { return type.label == label; });
  return found == kTypes.end() ? nullptr : &*found;
}

absl::StatusOr<Credential> ParseCredential(const k8s::Secret& secret, const EntityId& consumer) {
  const std::string* label = secret.meta.labels.Find(kCredentialLabel);
  if (!label) {
    return InvalidArgument("the Secret has no label ", kCredentialLabel,
                           ", which must say the type of the credential");
  }
  Credential out;
  out.type = CredentialTypeOf(*label);
  if (!out.type) return InvalidArgument("invalid credential type: \"", *label, '"');
  Maker make(secret, out);
  RETURN_IF_ERROR(Make(out.type->kind, make));
  const std::string_view array = ArrayName(out.type->kind);
  switch (out.type->kind) {
    case EntityKind::kAcl:
      out.unique = Cat(consumer.text(), ':', make.TextOf("group"));
      break;
    case EntityKind::kMtlsAuth:
      out.unique = Cat(consumer.text(), ':', make.TextOf("subject_name"), ':',
                       make.TextOf("ca_certificate"));
      break;
    default:
      out.unique = make.TextOf(out.type->unique);
  }
  // Kong's own text where the value is no secret; else the Secret, so that an id gives no key away.
  const bool own = out.type->unique == "username" || out.type->kind == EntityKind::kAcl;
  out.own_id = own ? Cat(array, ":*:", out.unique)
                   : Cat(array, ":*:", consumer.text(), ':', secret.key().Text());
  return out;
}

std::string CredentialFragment(const Credential& credential, const EntityId& id,
                               const EntityId& consumer, const std::vector<std::string>& tags) {
  std::vector<std::pair<std::string_view, std::string>> members = credential.members;
  members.emplace_back("consumer", Cat('"', consumer.text(), '"'));
  members.emplace_back("id", Cat('"', id.text(), '"'));
  std::sort(members.begin(), members.end());
  std::string json;
  io::JsonWriter out(json);
  out.BeginObject();
  bool tagged = false;
  for (const auto& [name, value] : members) {
    if (!tagged && name > "tags") out.Member("tags", tags), tagged = true;
    out.Key(name).Raw(value);
  }
  if (!tagged) out.Member("tags", tags);
  out.EndObject();
  return json;
}

}  // namespace kong
