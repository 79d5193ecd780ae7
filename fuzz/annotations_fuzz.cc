// Oracle: whatever annotations say, what is kept of them is what Kong takes: hosts are hosts,
// methods upper case, tags without separators; and their order does not matter. Input: lines of an
// annotation's name, without konghq.com/, a colon and its value.
#include <algorithm>
#include <string>

#include "engine/assert.h"
#include "engine/text.h"
#include "fuzz/bytes.h"
#include "kong/annotations.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  fuzz::Bytes bytes(data, size);
  k8s::TextMap map;
  while (!bytes.empty()) {
    const std::string_view line = bytes.Line();
    const size_t colon = std::min(line.find(':'), line.size());
    const engine::Symbol key(engine::Cat("konghq.com/", line.substr(0, colon)));
    if (map.Find(key)) continue;
    map.all.emplace_back(key, std::string(line.substr(std::min(colon + 1, line.size()))));
  }
  kong::Findings findings;
  const kong::RouteSettings route = kong::ParseRouteSettings(map, findings);
  const kong::ServiceSettings service = kong::ParseServiceSettings(map, findings);
  for (const std::string& host : route.host_aliases)
    CHECK(kong::IsHostPattern(host), engine::Cat("not a host: ", host));
  if (route.snis)
    for (const std::string& sni : *route.snis)
      CHECK(kong::IsHostPattern(sni), engine::Cat("not an SNI: ", sni));
  for (const std::string& method : route.methods)
    CHECK(!method.empty() && std::none_of(method.begin(), method.end(), islower),
          engine::Cat("not a method: ", method));
  for (const auto& tags : {route.tags, service.tags})
    for (const std::string& tag : tags)
      CHECK(!tag.empty() && tag.find_first_of(",/") == std::string::npos,
            engine::Cat("not a tag: ", tag));
  std::reverse(map.all.begin(), map.all.end());
  kong::Findings again;
  CHECK(kong::ParseRouteSettings(map, again).methods == route.methods &&
            kong::ParseServiceSettings(map, again).tags == service.tags,
        "the order of annotations matters");
  return 0;
}
