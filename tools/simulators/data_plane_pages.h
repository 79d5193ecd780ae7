// What a simulated data plane shows over HTTP: Kong's status API, and, as no Kong does, what it
// serves.
//
// GET /status and /status/ready answer as Kong's status API; the entities stand where an Admin API
// has them (/services, /upstreams/NAME/targets), so that who can read a gateway can read a data
// plane. Shown is what is served: the routes are those of the router, not those on the disk. Each
// answer costs a copy of the entities. Loop thread only.
#pragma once

#include <functional>
#include <string>

#include "io/http_server.h"
#include "tools/simulators/data_plane_v1.h"
#include "tools/simulators/data_plane_v2.h"

namespace simulators {

struct DataPlaneView {
  Entities entities;
  std::string hash;
  bool ready = false;
};
DataPlaneView ViewOf(const DataPlaneV1& plane);
DataPlaneView ViewOf(const DataPlaneV2& plane);

io::HttpServer::Handler DataPlanePages(RouterFlavor flavor, std::function<DataPlaneView()> look);

}  // namespace simulators
