// Payloads of a few entities, for tests that need no engine.
#pragma once

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/text.h"
#include "kong/fragment.h"
#include "kong/payload.h"

namespace kong {

class SmallPayload {
 public:
  // `origin`: KIND/NAME in namespace shop; `more`: further members of the entity.
  SmallPayload& Add(EntityKind kind, std::string_view name, std::string_view origin,
                    std::string_view more = "") {
    EntityId id = DeriveId(ArrayName(kind), name);
    std::vector<std::string_view> words = engine::Split(origin, '/');
    ObjectRef object{engine::Symbol(words[0]), engine::Symbol("shop"), engine::Symbol(words[1])};
    std::string json = engine::Cat(R"({"id":")", id.text(), R"(","name":")", name, '"',
                                   more.empty() ? "" : ",", more, "}");
    entities_.push_back({.kind = kind,
                         .id = id,
                         .name = std::string(name),
                         .json = std::move(json),
                         .origins = {object}});
    return *this;
  }
  SmallPayload& Add(Entity entity) {
    entities_.push_back(std::move(entity));
    return *this;
  }
  std::shared_ptr<const Payload> Make(engine::Version version = 1, Needs offers = 0) const {
    std::vector<Entity> sorted = entities_;
    std::sort(sorted.begin(), sorted.end(),
              [](const Entity& a, const Entity& b) { return a.key() < b.key(); });
    auto payload = std::make_shared<Payload>();
    payload->offers = offers;
    std::string body(kPayloadHead);
    std::array<std::shared_ptr<Parts>, kEntityKinds> parts;
    for (const Entity& entity : sorted) {
      size_t kind = static_cast<size_t>(entity.kind);
      if (!parts[kind]) {
        if (!body.ends_with("\"")) body += ']';
        payload->sections[kind].offset = body.size();
        parts[kind] = std::make_shared<Parts>();
      }
      BeginPart(ArrayOf(entity), *parts[kind], body);
      parts[kind]->parts.push_back(
          {.id = entity.id,
           .fingerprint = FragmentFingerprint(entity.json),
           .offset = static_cast<uint32_t>(body.size() - payload->sections[kind].offset),
           .size = static_cast<uint32_t>(entity.json.size()),
           .origins = static_cast<uint32_t>(parts[kind]->origins.size())});
      parts[kind]->origins.insert(parts[kind]->origins.end(), entity.origins.begin(),
                                  entity.origins.end());
      body += entity.json;
    }
    for (size_t kind = 0; kind < kEntityKinds; ++kind) payload->sections[kind].parts = parts[kind];
    body += sorted.empty() ? StubSection() : "]";
    body += kPayloadTail;
    // Sections that are missing begin where the next does; nobody looks.
    Md5 digest;
    digest.Add(body);
    payload->hash = digest.Hex();
    payload->version = version;
    payload->body = std::make_shared<const std::string>(std::move(body));
    return payload;
  }

 private:
  std::vector<Entity> entities_;
};

}  // namespace kong
