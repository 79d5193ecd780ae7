#include "kong/payload.h"

#include <openssl/evp.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "engine/assert.h"
#include "engine/text.h"
#include "io/json_writer.h"

namespace kong {
namespace {

using engine::Cat;

const PayloadSection& SectionOf(const Payload& payload, EntityKind kind) {
  return payload.sections[static_cast<size_t>(kind)];
}

EVP_MD_CTX* ContextOf(void* state) { return static_cast<EVP_MD_CTX*>(state); }

// Appends one part of a section that began at `offset`; its name and bracket are written before the
// first of each array.
class SectionCopy {
 public:
  explicit SectionCopy(std::string& body) : body_(body), offset_(body.size()) {}

  void Append(const Payload& whole, PartRef ref) {
    if (!out_) out_ = std::make_shared<Parts>();
    BeginPart(whole.ArrayOf(ref), *out_, body_);
    Part part = whole.part(ref);
    std::span<const ObjectRef> origins = whole.Origins(ref);
    part.offset = static_cast<uint32_t>(body_.size() - offset_);
    part.origins = static_cast<uint32_t>(out_->origins.size());
    out_->parts.push_back(part);
    out_->origins.insert(out_->origins.end(), origins.begin(), origins.end());
    body_ += whole.Fragment(ref);
  }
  PayloadSection Finish() {
    if (out_) body_ += ']';
    return {.offset = offset_, .parts = std::move(out_)};
  }

 private:
  std::string& body_;
  size_t offset_;
  std::shared_ptr<Parts> out_;
};

}  // namespace

size_t Payload::count(EntityKind kind) const {
  const PayloadSection& section = SectionOf(*this, kind);
  return section.parts ? section.parts->parts.size() : 0;
}

size_t Payload::count() const {
  size_t n = 0;
  for (size_t kind = 0; kind < kEntityKinds; ++kind) n += count(static_cast<EntityKind>(kind));
  return n;
}

const Part& Payload::part(PartRef ref) const {
  return SectionOf(*this, ref.kind).parts->parts[ref.index];
}

std::string_view Payload::Fragment(PartRef ref) const {
  const Part& found = part(ref);
  return std::string_view(*body).substr(SectionOf(*this, ref.kind).offset + found.offset,
                                        found.size);
}

std::span<const ObjectRef> Payload::Origins(PartRef ref) const {
  const Parts& parts = *SectionOf(*this, ref.kind).parts;
  size_t first = parts.parts[ref.index].origins;
  size_t end = ref.index + 1 < parts.parts.size() ? parts.parts[ref.index + 1].origins
                                                  : parts.origins.size();
  return std::span(parts.origins).subspan(first, end - first);
}

std::optional<PartRef> Payload::Find(const EntityKey& key) const {
  if (count(key.kind) == 0) return std::nullopt;
  const std::vector<Part>& parts = SectionOf(*this, key.kind).parts->parts;
  auto at = std::lower_bound(parts.begin(), parts.end(), key.id,
                             [](const Part& part, const EntityId& id) { return part.id < id; });
  if (at == parts.end() || at->id != key.id) return std::nullopt;
  return PartRef{key.kind, static_cast<size_t>(at - parts.begin())};
}

std::optional<PartRef> Payload::FindNamed(EntityKind kind, std::string_view name) const {
  std::string member;
  io::JsonWriter(member).Key("name").String(name);
  auto named = [&](PartRef ref) {
    std::string_view fragment = Fragment(ref);
    if (fragment.find(member) == std::string_view::npos) return false;
    auto entity = nlohmann::json::parse(fragment, nullptr, false);
    if (!entity.is_object()) return false;
    auto found = entity.find("name");
    return found != entity.end() && found->is_string() &&
           found->get_ref<const std::string&>() == name;
  };
  std::optional<PartRef> derived = Find({kind, DeriveId(ArrayName(kind), name)});
  if (derived && named(*derived)) return derived;
  for (PartRef ref{kind, 0}; ref.index < count(kind); ++ref.index) {
    if (named(ref)) return ref;
  }
  return std::nullopt;
}

std::string_view Payload::ArrayOf(PartRef ref) const {
  const auto& arrays = SectionOf(*this, ref.kind).parts->arrays;
  auto next = std::upper_bound(arrays.begin(), arrays.end(), ref.index,
                               [](size_t index, const auto& each) { return index < each.first; });
  return std::prev(next)->second;
}

void BeginPart(std::string_view array, Parts& parts, std::string& body) {
  if (!parts.arrays.empty() && parts.arrays.back().second == array) {
    body += ',';
    return;
  }
  if (!parts.arrays.empty()) body += ']';
  body += ',';
  io::JsonWriter(body).String(array);
  body += ":[";
  parts.arrays.emplace_back(static_cast<uint32_t>(parts.parts.size()), array);
}

Md5::Md5() : state_(EVP_MD_CTX_new()) {
  CHECK(EVP_DigestInit_ex(ContextOf(state_), EVP_md5(), nullptr) == 1,
        "this OpenSSL has no MD5, in which Kong counts");
}
Md5::Md5(const Md5& other) : state_(EVP_MD_CTX_new()) { *this = other; }
Md5& Md5::operator=(const Md5& other) {
  CHECK(EVP_MD_CTX_copy_ex(ContextOf(state_), ContextOf(other.state_)) == 1, "copy of a digest");
  return *this;
}
Md5::~Md5() { EVP_MD_CTX_free(ContextOf(state_)); }

void Md5::Add(std::string_view bytes) {
  CHECK(EVP_DigestUpdate(ContextOf(state_), bytes.data(), bytes.size()) == 1, "digest");
}

std::string Md5::Hex() const {
  Md5 copy(*this);
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  CHECK(EVP_DigestFinal_ex(ContextOf(copy.state_), digest, &size) == 1, "digest");
  return engine::Hex({reinterpret_cast<const char*>(digest), size});
}

std::string StubSection() {
  return Cat(R"(,"upstreams":[{"id":")", UpstreamId("kong").text(), R"(","name":"kong"}])");
}

std::shared_ptr<const Payload> CutPayload(const Payload& whole,
                                          absl::FunctionRef<bool(PartRef)> keep) {
  auto cut = std::make_shared<Payload>();
  cut->offers = whole.offers;
  std::string body(kPayloadHead);
  for (size_t kind = 0; kind < kEntityKinds; ++kind) {
    SectionCopy section(body);
    for (PartRef ref{static_cast<EntityKind>(kind), 0}; ref.index < whole.count(ref.kind);
         ++ref.index) {
      if (keep(ref)) section.Append(whole, ref);
    }
    cut->sections[kind] = section.Finish();
  }
  if (cut->count() == 0) body += StubSection();
  body += kPayloadTail;
  Md5 digest;
  digest.Add(body);
  cut->hash = digest.Hex();
  cut->body = std::make_shared<const std::string>(std::move(body));
  return cut;
}

}  // namespace kong
