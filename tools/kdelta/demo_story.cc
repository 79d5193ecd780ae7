#include "tools/kdelta/demo_story.h"

#include <optional>
#include <utility>

#include "engine/text.h"
#include "tools/kdelta/demo_shop.h"

namespace kdelta {
namespace {

using engine::Cat;
using simulators::At;
using simulators::AtPath;
using simulators::Json;
using simulators::TextAt;

std::string_view KindOf(const Json& object) { return TextAt(object, "kind"); }
std::string_view NameOf(const Json& object) { return TextAt(At(object, "metadata"), "name"); }
std::string_view SpaceOf(const Json& object) { return TextAt(At(object, "metadata"), "namespace"); }
std::string TextOf(const Json& object) { return Cat(KindOf(object), ' ', NameOf(object)); }

class Chooser {
 public:
  explicit Chooser(const std::vector<Json>& objects) : objects_(objects) {}
  const Json* Named(std::string_view kind, std::string_view ns, std::string_view name) const {
    for (const Json& each : objects_) {
      if (KindOf(each) == kind && SpaceOf(each) == ns && NameOf(each) == name) return &each;
    }
    return nullptr;
  }
  const Json* SliceOf(std::string_view ns, std::string_view of) const {
    for (const Json& each : objects_) {
      const Json& labels = At(At(each, "metadata"), "labels");
      const bool fits = KindOf(each) == "EndpointSlice" && SpaceOf(each) == ns &&
                        TextAt(labels, "kubernetes.io/service-name") == of;
      if (fits && At(each, "endpoints").is_array() && !At(each, "endpoints").empty()) return &each;
    }
    return nullptr;
  }
  // The first Ingress of which the first path leads to a Service with endpoints.
  void ChooseIngress() {
    for (const Json& each : objects_) {
      if (KindOf(each) != "Ingress") continue;
      const Json& rules = At(At(each, "spec"), "rules");
      if (!rules.is_array() || rules.empty()) continue;
      const Json& paths = AtPath(rules[0], "http.paths");
      if (!paths.is_array() || paths.empty()) continue;
      const std::string_view name = TextAt(AtPath(paths[0], "backend.service"), "name");
      service = Named("Service", SpaceOf(each), name);
      slice = SliceOf(SpaceOf(each), name);
      ingress = &each;
      if (service != nullptr && slice != nullptr) return;
    }
  }
  void ChooseCertificate() {
    for (const Json& each : objects_) {
      const Json& tls = At(At(each, "spec"), "tls");
      if (KindOf(each) != "Ingress" || !tls.is_array() || tls.empty()) continue;
      const Json& hosts = At(tls[0], "hosts");
      secret = Named("Secret", SpaceOf(each), TextAt(tls[0], "secretName"));
      if (secret == nullptr || !hosts.is_array() || hosts.empty()) continue;
      host = std::string(simulators::Text(hosts[0]));
      return;
    }
  }

  const Json *ingress = nullptr, *service = nullptr, *slice = nullptr, *secret = nullptr;
  std::string host;

 private:
  const std::vector<Json>& objects_;
};

Json EndpointAt(size_t n) {
  return {{"addresses", {Cat("10.99.0.", n)}}, {"conditions", {{"ready", true}}}};
}

void TellOfEndpoints(const Json& slice, std::vector<StoryStep>& story) {
  Json now = slice;
  size_t n = 0;
  now["endpoints"].push_back(EndpointAt(++n));
  story.push_back({Cat(TextOf(slice), ": one more endpoint"), {.apply = {now}}});
  StoryAct rollout;
  for (Json& endpoint : now["endpoints"]) {
    endpoint = EndpointAt(100 + ++n);
    rollout.apply.push_back(now);
  }
  story.push_back({Cat(TextOf(slice), ": rolled out in ", rollout.apply.size(), " writes"),
                   std::move(rollout)});
  story.push_back({Cat(TextOf(slice), ": written again, unchanged"), {.apply = {now}}, false});
}

void TellOfRetries(const Json& service, std::vector<StoryStep>& story) {
  Json now = service;
  now["metadata"]["annotations"]["konghq.com/retries"] = "3";
  story.push_back({Cat(TextOf(service), ": 3 retries"), {.apply = {now}}});
}

void TellOfPaths(const Json& ingress, std::vector<StoryStep>& story) {
  Json now = ingress;
  Json& path = now["spec"]["rules"][0]["http"]["paths"][0];
  path["path"] = "/~/broken(";
  path["pathType"] = "ImplementationSpecific";
  story.push_back({Cat(TextOf(ingress), ": a path that Kong refuses"), {.apply = {now}}});
  story.push_back({Cat(TextOf(ingress), ": mended"), {.apply = {ingress}}});
}

}  // namespace

std::vector<StoryStep> StoryOf(const std::vector<Json>& objects) {
  Chooser chosen(objects);
  chosen.ChooseIngress();
  chosen.ChooseCertificate();
  std::vector<StoryStep> story;
  if (chosen.slice) TellOfEndpoints(*chosen.slice, story);
  if (chosen.service) TellOfRetries(*chosen.service, story);
  if (chosen.ingress) TellOfPaths(*chosen.ingress, story);
  if (chosen.secret) {
    Json now = TlsSecretFor(std::string(SpaceOf(*chosen.secret)),
                            std::string(NameOf(*chosen.secret)), chosen.host, "rotated");
    story.push_back(
        {Cat(TextOf(*chosen.secret), ": a new certificate"), {.apply = {std::move(now)}}});
  }
  if (chosen.ingress) {
    story.push_back({Cat(TextOf(*chosen.ingress), ": deleted"), {.remove = {*chosen.ingress}}});
    story.push_back(
        {Cat(TextOf(*chosen.ingress), ": created again"), {.apply = {*chosen.ingress}}});
  }
  story.push_back({"Gateway 2: restarted, all forgotten", {.restart_gateway = true}, false});
  return story;
}

}  // namespace kdelta
