// Oracle: whatever manifests a tenant writes, the rules end, and after each document the graph of
// the whole controller equals one that is computed from scratch.
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "engine/assert.h"
#include "engine/text.h"
#include "io/yaml.h"
#include "kong/gateway_graph.h"
#include "kong/manifest.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0 || size > 8192) return -1;
  kong::Options options;
  options.expressions = data[0] & 1;
  options.rewrite_uris = data[0] & 2;
  options.drain_support = data[0] & 4;
  std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  auto documents =
      io::YamlToJson(text, "input", {.max_bytes = 1 << 16, .max_depth = 50, .max_nodes = 10'000});
  if (!documents.ok()) return 0;
  engine::Graph graph(engine::NewSerialExecutor());
  kong::GatewayGraph gateway(graph, options);
  for (const io::YamlDocument& document : *documents) {
    auto objects = kong::ObjectsOf(document.json);
    if (!objects.ok()) continue;
    for (const kong::ManifestObject& object : *objects) (void)kong::SetObject(gateway, object).ok();
    graph.Step();
  }
  std::vector<std::unique_ptr<kong::GatewayGraph>> fresh;
  absl::Status status = graph.Check(
      [&](engine::Graph& g) { fresh.push_back(std::make_unique<kong::GatewayGraph>(g, options)); });
  CHECK(status.ok(), engine::MessageOf(status));
  return 0;
}
