#include "kong/pages.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "engine/text.h"

namespace kong {
namespace {

using engine::Cat;
using Responder = std::unique_ptr<io::HttpResponder>;

constexpr const char* kText = "text/plain; charset=utf-8";
constexpr const char* kMetricsText = "text/plain; version=0.0.4; charset=utf-8";
constexpr const char* kJson = "application/json";

void Answer(io::HttpResponder& responder, int status, std::string body, const char* type = kText) {
  io::Headers headers;
  headers.Add("Content-Type", type);
  headers.Add("X-Content-Type-Options", "nosniff");
  responder.Respond(status, std::move(headers), std::move(body));
}

void NoSuchPage(io::HttpResponder& responder, std::string_view pages) {
  Answer(responder, 404, Cat("there is no such page; there are: ", pages, "\n"));
}

bool IsRead(const io::HttpServerRequest& request) {
  return request.method == "GET" || request.method == "HEAD";
}

// The token of "Authorization: Bearer TOKEN"; empty if there is none.
std::string_view BearerTokenOf(const io::Headers& headers) {
  constexpr std::string_view kBearer = "bearer ";
  const std::string_view value = headers.Find("Authorization");
  if (!absl::StartsWithIgnoreCase(engine::ToAbsl(value), engine::ToAbsl(kBearer))) return {};
  return value.substr(kBearer.size());
}

void AnswerReadiness(const Controller& controller, io::HttpResponder& responder) {
  const std::vector<std::string> reasons = controller.NotReady();
  std::string text = reasons.empty() ? "ok\n" : "not ready\n";
  for (const std::string& each : reasons.empty() ? controller.Troubles() : reasons)
    text += Cat("- ", each, "\n");
  Answer(responder, reasons.empty() ? 200 : 500, std::move(text));
}

// As the Admin API of Kong's own control plane has it.
void AnswerDataPlanes(Controller& controller, io::HttpResponder& responder) {
  const ControlPlane* control_plane = controller.control_plane();
  if (!control_plane) return Answer(responder, 404, "no data planes are served\n");
  Answer(responder, 200, DescribeDataPlanes(control_plane->data_planes()), kJson);
}

void AnswerCheck(LiveGraph& graph, Responder responder) {
  graph.Check([responder = std::move(responder)](absl::Status status) {
    if (absl::IsUnavailable(status)) {
      return Answer(*responder, 503, Cat(engine::MessageOf(status), "\n"));
    }
    Answer(*responder, status.ok() ? 200 : 500,
           status.ok() ? "ok: everything equals what is computed from scratch\n"
                       : Cat("wrong: ", engine::MessageOf(status), "\n"));
  });
}

void AnswerExplain(LiveGraph& graph, const io::HttpServerRequest& request, Responder responder) {
  const std::string table = request.Parameter("table").value_or("");
  const std::string key = request.Parameter("key").value_or("");
  const std::string named = request.Parameter("object").value_or("");
  auto answer = [responder = std::move(responder)](std::string text) mutable {
    Answer(*responder, 200, std::move(text));
  };
  const auto parts = engine::Split(named, '/');
  if (!table.empty()) {
    graph.Explain(table, key, std::move(answer));
  } else if (parts.size() == 2 || parts.size() == 3) {
    const std::string_view ns = parts.size() == 3 ? parts[1] : std::string_view();
    graph.ExplainObject(
        {engine::Symbol(parts[0]), engine::Symbol(ns), engine::Symbol(parts.back())},
        std::move(answer));
  } else {
    answer("say ?object=KIND/NAMESPACE/NAME, ?object=KIND/NAME or ?table=NAME&key=PART\n");
  }
}

}  // namespace

io::HttpServer::Handler HealthPages(Controller& controller) {
  return [&controller](io::HttpServerRequest request, Responder responder) {
    if (!IsRead(request)) return Answer(*responder, 405, "only GET\n");
    if (request.path == "/healthz") return Answer(*responder, 200, "ok\n");
    if (request.path == "/readyz") return AnswerReadiness(controller, *responder);
    if (request.path == "/clustering/data-planes") return AnswerDataPlanes(controller, *responder);
    NoSuchPage(*responder, "/healthz /readyz /clustering/data-planes");
  };
}

io::HttpServer::Handler MetricsPage(Controller& controller, Metrics& metrics) {
  return [&controller, &metrics](io::HttpServerRequest request, Responder responder) {
    if (!IsRead(request)) return Answer(*responder, 405, "only GET\n");
    if (request.path != "/metrics") return NoSuchPage(*responder, "/metrics");
    controller.RefreshMetrics([&metrics, responder = std::move(responder)] {
      Answer(*responder, 200, metrics.Text(), kMetricsText);
    });
  };
}

io::HttpServer::Handler Reviewed(k8s::AccessReviewer& reviewer, io::HttpServer::Handler page) {
  auto shared = std::make_shared<io::HttpServer::Handler>(std::move(page));
  return [&reviewer, shared](io::HttpServerRequest request, Responder responder) {
    const std::string token(BearerTokenOf(request.headers));
    const std::string path = request.path;
    auto answer = [shared, request = std::move(request),
                   responder = std::move(responder)](const absl::Status& verdict) mutable {
      if (verdict.ok()) return (*shared)(std::move(request), std::move(responder));
      const int status = absl::IsUnauthenticated(verdict)    ? 401
                         : absl::IsPermissionDenied(verdict) ? 403
                                                             : 503;
      Answer(*responder, status, Cat(engine::MessageOf(verdict), "\n"));
    };
    reviewer.MayGet(token, path, std::move(answer));
  };
}

io::HttpServer::Handler DiagnosticPages(Controller& controller) {
  return [&controller](io::HttpServerRequest request, Responder responder) {
    if (!IsRead(request)) return Answer(*responder, 405, "only GET\n");
    const std::string& path = request.path;
    if (path != "/debug/check" && path != "/debug/explain" && path != "/debug/config") {
      return NoSuchPage(*responder, "/debug/check /debug/explain /debug/config");
    }
    LiveGraph* graph = controller.graph();
    if (graph == nullptr)
      return Answer(*responder, 503, "no gateway has answered yet, so nothing was computed\n");
    if (path == "/debug/check") return AnswerCheck(*graph, std::move(responder));
    if (path == "/debug/explain") return AnswerExplain(*graph, request, std::move(responder));
    graph->Configuration([responder = std::move(responder)](std::string json) {
      Answer(*responder, 200, std::move(json), kJson);
    });
  };
}

}  // namespace kong
