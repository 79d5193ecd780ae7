#include "tools/simulators/data_plane_pages.h"

#include <memory>
#include <utility>

#include "tools/simulators/exchange.h"
#include "tools/simulators/kong_admin.h"

namespace simulators {
namespace {

Answer Show(const KongSchemas& schemas, const DataPlaneView& view,
            const io::HttpServerRequest& request, uint64_t requests) {
  if (request.method != "GET") return JsonAnswer(405, {{"message", "Method not allowed"}});
  if (request.path == "/status") return JsonAnswer(200, StatusBody(view.hash, requests));
  if (request.path == "/status/ready") {
    return view.ready ? JsonAnswer(200, {{"message", "ready"}})
                      : JsonAnswer(503, {{"message", "not ready for proxying"}});
  }
  return ReadEntities(schemas, view.entities, request.path, ParseQuery(request.query))
      .value_or(JsonAnswer(404, {{"message", "Not found"}}));
}

}  // namespace

DataPlaneView ViewOf(const DataPlaneV1& plane) {
  return {plane.entities(), plane.configuration_hash(), plane.ready()};
}

DataPlaneView ViewOf(const DataPlaneV2& plane) {
  DataPlaneView view{plane.store().Visible(), plane.configuration_hash(), plane.ready()};
  auto& routes = view.entities["routes"];
  routes.clear();
  for (const auto* served : {&plane.router().http(), &plane.router().stream()})
    routes.insert(served->begin(), served->end());
  return view;
}

io::HttpServer::Handler DataPlanePages(RouterFlavor flavor, std::function<DataPlaneView()> look) {
  return [schemas = SharedFacts(flavor), look = std::move(look), requests = uint64_t{0}](
             io::HttpServerRequest request, std::unique_ptr<io::HttpResponder> responder) mutable {
    Send(*responder, Show(*schemas, look(), request, ++requests));
  };
}

}  // namespace simulators
