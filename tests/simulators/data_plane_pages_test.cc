#include "tools/simulators/data_plane_pages.h"

#include "gtest/gtest.h"
#include "tests/simulators/exchange_recorder.h"

namespace simulators {
namespace {

class Pages {
 public:
  explicit Pages(DataPlaneView view)
      : handler_(DataPlanePages(RouterFlavor::kTraditionalCompatible,
                                [view = std::move(view)] { return view; })) {}
  void Serve(io::HttpServerRequest request, std::unique_ptr<io::HttpResponder> responder) {
    handler_(std::move(request), std::move(responder));
  }

 private:
  io::HttpServer::Handler handler_;
};

DataPlaneView View(bool ready) {
  DataPlaneView view{.entities = {}, .hash = std::string(32, 'a'), .ready = ready};
  view.entities["upstreams"]["u"] = {{"id", "u"}, {"name", "cart.svc"}};
  view.entities["targets"]["t"] = {
      {"id", "t"}, {"target", "10.0.0.1:80"}, {"upstream", {{"id", "u"}}}};
  return view;
}

TEST(DataPlanePagesTest, ShowWhetherItIsReadyAndWithWhat) {
  Pages ready(View(true)), waiting(View(false));
  EXPECT_EQ(Exchange(ready, {"GET", "/status/ready", "", {}})->status, 200);
  EXPECT_EQ(Exchange(waiting, {"GET", "/status/ready", "", {}})->status, 503);
  EXPECT_EQ(Exchange(ready, {"GET", "/status", "", {}})->json()["configuration_hash"],
            std::string(32, 'a'));
}

TEST(DataPlanePagesTest, ShowEntitiesAsAnAdminApiDoesAndTakeNone) {
  Pages pages(View(true));
  const Json targets = Exchange(pages, {"GET", "/upstreams/cart.svc/targets", "", {}})->json();
  EXPECT_EQ(targets["data"][0]["target"], "10.0.0.1:80");
  EXPECT_EQ(Exchange(pages, {"GET", "/upstreams/other/targets", "", {}})->status, 404);
  EXPECT_EQ(Exchange(pages, {"GET", "/nothing", "", {}})->status, 404);
  EXPECT_EQ(Exchange(pages, {"POST", "/services", "{}", {}})->status, 405);
}

}  // namespace
}  // namespace simulators
