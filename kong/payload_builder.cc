#include "kong/payload_builder.h"

#include <algorithm>
#include <limits>

#include "engine/assert.h"
#include "engine/text.h"

namespace kong {
namespace {

constexpr EntityKind kNoKind = static_cast<EntityKind>(kEntityKinds);

}  // namespace

std::shared_ptr<const Payload> PayloadBuilder::Build() {
  contents_.Update();
  const engine::Version version = contents_.version();
  if (last_ && last_->version == version) return last_;
  const EntityKind first = FirstChange();
  auto payload = std::make_shared<Payload>(last_ && first == kNoKind ? *last_ : Render(first));
  payload->version = version;
  payload->exclusions = contents_.reasons();
  payload->lifted = contents_.Lifted();
  return last_ = std::move(payload);
}

// The first section that changed since the last payload, or kNoKind.
EntityKind PayloadBuilder::FirstChange() const {
  size_t first = 0;
  while (first < kEntityKinds && last_ &&
         contents_.changed(static_cast<EntityKind>(first)) <= last_->version) {
    ++first;
  }
  return static_cast<EntityKind>(first);
}

Payload PayloadBuilder::Render(EntityKind first_change) {
  ++renders_;
  Payload payload;
  payload.offers = contents_.offers();
  // The stub has no section, so its coming and going starts afresh.
  const size_t first = last_ && last_->count() > 0 ? static_cast<size_t>(first_change) : 0;
  std::string body;
  body.reserve(RoomFor());
  if (first > 0) {
    body.append(*last_->body, 0, last_->sections[first].offset);
    std::copy_n(last_->sections.begin(), first, payload.sections.begin());
  } else {
    body = kPayloadHead;
    digests_[0] = Md5();
    digests_[0].Add(body);
  }
  Md5 digest = digests_[first];
  for (size_t kind = first; kind < kEntityKinds; ++kind) {
    digests_[kind] = digest;
    size_t offset = body.size();
    payload.sections[kind] = {offset, RenderSection(static_cast<EntityKind>(kind), body, digest)};
    bytes_digested_ += body.size() - offset;
  }
  size_t tail = body.size();
  if (payload.count() == 0) body += StubSection();
  body += kPayloadTail;
  digest.Add(std::string_view(body).substr(tail));
  payload.hash = digest.Hex();
  payload.body = std::make_shared<const std::string>(std::move(body));
  return payload;
}

// So much that the body never moves while a thread digests it.
size_t PayloadBuilder::RoomFor() const {
  size_t bytes = 256;
  for (size_t kind = 0; kind < kEntityKinds; ++kind) {
    EntityKind each = static_cast<EntityKind>(kind);
    bytes += contents_.index().bytes(each) + contents_.index().section(each).size() + 32;
  }
  for (const auto& [place, slot] : contents_.index().section(EntityKind::kCustomEntity))
    bytes += 2 * ArrayOf(*slot.row).size() + 8;
  return bytes;
}

// While one portion is appended, the one before it is digested.
std::shared_ptr<Parts> PayloadBuilder::RenderSection(EntityKind kind, std::string& body,
                                                     Md5& digest) const {
  const PayloadIndex::Section& section = contents_.index().section(kind);
  if (section.empty()) return nullptr;
  auto out = std::make_shared<Parts>();
  out->parts.reserve(section.size());
  const size_t begin = body.size();
  const char* bytes = body.data();
  size_t digested = begin;
  for (auto at = section.begin(); at != section.end();) {
    const std::string_view ready(bytes + digested, body.size() - digested);
    auto append = [&] { at = AppendParts(kind, at, begin, *out, body); };
    if (ready.empty()) {
      append();
    } else {
      contents_.executor().Both(append, [&] { digest.Add(ready); });
      digested += ready.size();
    }
  }
  CHECK(body.data() == bytes, "the room for a body was reckoned too small");
  if (out->parts.empty()) return nullptr;
  body += ']';
  digest.Add(std::string_view(body).substr(digested));
  return out;
}

// Up to some thousands, so that both threads have work. `offset`: of the section.
PayloadBuilder::Entries PayloadBuilder::AppendParts(EntityKind kind, Entries from, size_t offset,
                                                    Parts& out, std::string& body) const {
  constexpr size_t kPortion = 1 << 20;  // Bytes.
  const size_t enough = body.size() + kPortion;
  const Entries end = contents_.index().section(kind).end();
  const PayloadIndex::Excluded& excluded = contents_.excluded();
  for (; from != end && body.size() < enough; ++from) {
    const auto& [place, slot] = *from;
    if (!excluded.empty() && excluded.contains({kind, place})) continue;
    BeginPart(ArrayOf(*slot.row), out, body);
    const size_t at = body.size() - offset;
    CHECK(at <= std::numeric_limits<uint32_t>::max(), "a section of a payload is below 4 GB");
    out.parts.push_back({.id = place.id,
                         .fingerprint = slot.fingerprint,
                         .offset = static_cast<uint32_t>(at),
                         .size = slot.size,
                         .origins = static_cast<uint32_t>(out.origins.size())});
    out.origins.insert(out.origins.end(), slot.row->origins.begin(), slot.row->origins.end());
    body += slot.row->json;
  }
  return from;
}

}  // namespace kong
