// The demo: a simulated API server, two simulated gateways and the controller, in one process over
// loopback.
//
// It plays a story (demo_story.h) a step at a time and prints one line a step: what happened in
// Kubernetes, which entities changed, what was sent, and after how long each gateway had it. A step
// is over when every gateway shows what the controller wants and nothing moved for a moment. At the
// end everything is computed from scratch and compared, and so is what each gateway holds. One
// thread, and the engine's.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "io/http_client.h"
#include "io/loop.h"
#include "k8s/api_client.h"
#include "kong/controller.h"
#include "kong/metrics.h"
#include "tools/kdelta/demo_story.h"
#include "tools/simulators/api_server.h"
#include "tools/simulators/json.h"
#include "tools/simulators/kong_gateway.h"

namespace kdelta {

struct DemoOptions {
  std::vector<simulators::Json> objects;  // What the cluster holds at first, in order.
  bool keep = false;                      // Go on after the story, until a signal.
  bool colour = false;
};

class Demo {
 public:
  explicit Demo(DemoOptions options);
  absl::Status Start();
  // Runs to the end of the story; OK if every step was reached and every gateway is right.
  absl::Status Run();

 private:
  static constexpr size_t kGateways = 2;
  // What was seen since a step began.
  struct Seen {
    absl::Duration began, moved;
    std::map<kong::EntityKey, char> changes;  // '+', '~' or '-'.
    size_t pushes = 0, bytes = 0, refused = 0;
    absl::Duration had_it[kGateways];  // Of the last load; zero: none.
  };

  absl::Status StartServers();
  void StartController();
  kong::ControllerHooks Hooks();
  void BeginStep();
  absl::Status Act(const StoryAct& act);
  void Look();  // Is the step over?
  bool Settled() const;
  void EndStep();
  void PrintStep(std::string_view text);
  std::string ChangesText() const;
  std::string SentText() const;
  std::string GatewaysText() const;
  void NoteChanges(std::vector<kong::EntityChange> changes);
  void Verify();
  void CompareGateways(const std::string& configuration);
  void End(absl::Status result);

  DemoOptions options_;
  std::vector<StoryStep> story_;
  size_t step_ = 0;  // The next one.
  Seen seen_;
  std::map<kong::EntityKey, std::string> names_;  // Of all entities.
  absl::Status result_;
  bool over_ = false;  // Everything was told and compared.
  io::Loop loop_;
  std::unique_ptr<simulators::ApiServerListener> api_server_;
  std::vector<std::unique_ptr<simulators::KongGatewayServer>> gateways_;
  std::unique_ptr<io::HttpClient> kubernetes_;
  std::unique_ptr<k8s::ApiClient> api_;
  kong::Metrics metrics_{"demo"};
  std::unique_ptr<kong::Controller> controller_;
  io::Timer look_;
};

}  // namespace kdelta
