// What the controller shows over HTTP: health, metrics, diagnostics; three handlers for
// io::HttpServer.
//
//   /healthz        200 while the process serves requests at all
//   /readyz         200 once a gateway has the first configuration, else 500; the text says why
//   not, and
//                   what is not well even so
//   /metrics        Prometheus' text format
//   /debug/check    recomputes everything from scratch and compares, now
//   /debug/explain  ?object=KIND/NAMESPACE/NAME, or ?table=NAME&key=PART: why a row is what it is
//   /debug/config   what gateways should have, without private keys
//
// Answers about the graph come from the engine's thread, between epochs. Loop thread only; the
// controller outlives the servers.
#pragma once

#include "io/http_server.h"
#include "k8s/access_review.h"
#include "kong/controller.h"
#include "kong/metrics.h"

namespace kong {

io::HttpServer::Handler HealthPages(Controller& controller);
io::HttpServer::Handler MetricsPage(Controller& controller, Metrics& metrics);
io::HttpServer::Handler DiagnosticPages(Controller& controller);
// The same page, for those whom the cluster lets GET its path: 401 for who is unknown, 403 for who
// may not, 503 if nobody can say.
io::HttpServer::Handler Reviewed(k8s::AccessReviewer& reviewer, io::HttpServer::Handler page);

}  // namespace kong
