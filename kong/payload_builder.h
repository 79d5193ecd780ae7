// Makes the payload of one class of gateways, from what changed.
//
// Build brings what the class receives up to date (class_contents.h) and renders it: bytes, digest
// and parts of the sections before the first change are kept; nothing is rendered if nothing of
// this class changed. An endpoint change so costs its own look-up, one copy of the body and the
// digest of the targets, which come last.
//
// One body is kept, the newest, which a gateway that restarts gets at once. Engine thread only; the
// contents outlive the builder. Cost: a render is O(bytes), see kong/README.md for numbers.
#pragma once

#include <array>
#include <memory>
#include <string>

#include "kong/class_contents.h"
#include "kong/payload.h"
#include "kong/payload_index.h"

namespace kong {

class PayloadBuilder {
 public:
  explicit PayloadBuilder(ClassContents& contents) : contents_(contents) {}

  // The payload of the graph's last published version.
  std::shared_ptr<const Payload> Build();
  uint64_t renders() const { return renders_; }
  uint64_t bytes_digested() const { return bytes_digested_; }

 private:
  EntityKind FirstChange() const;
  Payload Render(EntityKind first_change);
  size_t RoomFor() const;
  std::shared_ptr<Parts> RenderSection(EntityKind kind, std::string& body, Md5& digest) const;
  using Entries = PayloadIndex::Section::const_iterator;
  Entries AppendParts(EntityKind kind, Entries from, size_t offset, Parts& out,
                      std::string& body) const;

  ClassContents& contents_;
  std::array<Md5, kEntityKinds> digests_;  // Of what stands before each section.
  std::shared_ptr<const Payload> last_;
  uint64_t renders_ = 0, bytes_digested_ = 0;
};

}  // namespace kong
