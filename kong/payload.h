// A payload: the whole configuration of one class of gateways, as the bytes that are sent.
//
// The flat declarative form as JSON text, sections in the order of EntityKind, entities ordered by
// id. Sent as `text/yaml`, Kong keeps the MD5 of exactly these bytes as its configuration hash, so
// that anybody can tell whether a gateway has them. Immutable and shared: the engine's thread makes
// it (payload_builder.h), the loop's thread sends it to many gateways.
//
// Parts say which bytes belong to which entity and object, so that a refusal can be traced and a
// trial payload be cut without asking the engine. Sections that did not change share their parts.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/table.h"
#include "kong/entity.h"
#include "kong/refused_entity.h"

namespace kong {

// One entity of a section.
struct Part {
  EntityId id;
  uint64_t fingerprint = 0;  // FragmentFingerprint of its bytes.
  uint32_t offset = 0;       // From the section's first byte.
  uint32_t size = 0;
  uint32_t origins = 0;  // Where its origins begin; they end where those of the next part begin.
};
struct Parts {
  std::vector<Part> parts;  // Ordered by id.
  std::vector<ObjectRef> origins;
  // The arrays of the section, each with the first part that stands in it. Custom entities have one
  // for each type; ids begin with the type (CustomEntityId), so a type is a run.
  std::vector<std::pair<uint32_t, std::string>> arrays;
};

// Which entity of a payload: a kind, and the place in its section.
struct PartRef {
  EntityKind kind{};
  size_t index = 0;
  friend auto operator<=>(const PartRef&, const PartRef&) = default;
};

// An entity that was left out before sending, because Kong would refuse the whole payload with it.
struct Exclusion {
  EntityKey entity;
  Origins origins;
  std::string text;  // For the authors of the origins.
  friend bool operator==(const Exclusion&, const Exclusion&) = default;
};

struct PayloadSection {
  size_t offset = 0;                   // In the body.
  std::shared_ptr<const Parts> parts;  // Null if the section is empty.
};

struct Payload {
  Needs offers = 0;             // The class.
  engine::Version version = 0;  // Of the graph.
  std::string hash;             // MD5 of the body, as /status shows it.
  std::shared_ptr<const std::string> body;
  std::array<PayloadSection, kEntityKinds> sections;
  std::vector<Exclusion> exclusions;
  std::vector<RefusedEntity::Key> lifted;  // Rows of `refused` that are void now.

  size_t bytes() const { return body->size(); }
  size_t count(EntityKind kind) const;
  size_t count() const;  // Of entities; the stub that keeps a payload from being empty is none.
  const Part& part(PartRef ref) const;
  std::string_view Fragment(PartRef ref) const;
  std::span<const ObjectRef> Origins(PartRef ref) const;
  std::optional<PartRef> Find(const EntityKey& key) const;
  std::optional<PartRef> FindNamed(EntityKind kind, std::string_view name) const;
  std::string_view ArrayOf(PartRef ref) const;  // "services"
};

// Opens the array `name` in a body if the last part does not stand in it already, else separates.
void BeginPart(std::string_view array, Parts& parts, std::string& body);

// Writes a body: sections in order, entities in order; then Finish. The digest of what stands
// before a section can be kept, so that the next body hashes only what comes after the first
// change.
class Md5 {
 public:
  Md5();
  Md5(const Md5& other);
  Md5& operator=(const Md5& other);
  ~Md5();
  void Add(std::string_view bytes);
  std::string Hex() const;  // Of everything so far; Add may go on.

 private:
  void* state_;
};

inline constexpr std::string_view kPayloadHead = R"({"_format_version":"3.0")";
inline constexpr std::string_view kPayloadTail = "}";
// Kong shows an empty configuration as all zeros and never becomes ready with it.
std::string StubSection();
inline constexpr std::string_view kZeroHash = "00000000000000000000000000000000";

// A payload of some parts of another, in its order, and of version 0. `keep` is called once for
// each part, in order.
std::shared_ptr<const Payload> CutPayload(const Payload& whole,
                                          absl::FunctionRef<bool(PartRef)> keep);

}  // namespace kong
