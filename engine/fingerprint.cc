#include "engine/fingerprint.h"

#include "xxhash.h"

namespace engine {

Fingerprint Fingerprint::Of(std::string_view bytes) {
  XXH128_hash_t h = XXH3_128bits(bytes.data(), bytes.size());
  return {h.high64, h.low64};
}

}  // namespace engine
