// Oracle: whatever the bytes, a kubeconfig is read or refused, and a refusal never shows the token
// or password that stands in it.
#include <string>

#include "engine/assert.h"
#include "engine/text.h"
#include "fuzz/bytes.h"
#include "k8s/kubeconfig.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  constexpr std::string_view kCanary = "c4n4ry";
  const auto access = k8s::ParseKubeconfig(fuzz::TextOf(data, size), "/nowhere/config", "");
  if (!access.ok())
    CHECK(engine::MessageOf(access.status()).find(kCanary) == std::string::npos,
          "an error shows a secret");
  return 0;
}
