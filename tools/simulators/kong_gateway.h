// A Kong 3.9 as its Admin API shows it: what it accepts, refuses, answers and remembers.
//
// POST /config is read as Kong reads it (declarative_config.h), takes as long as the options say,
// and locks out other loads meanwhile; /status then shows the hash, and the entities can be read
// back. Recorded exchanges with a real Kong are the measure
// (tests/simulators/kong_recorded_test.cc). It can be told to misbehave, by Fault() or over HTTP at
// /_simulator/faults. With a database (kong_database_api.h) it takes single entities instead.
//
// Not simulated: proxying, the workers' lag behind a 201, multipart and form bodies (415 here).
// Loop thread only; time comes from the clock, chance from the seed.
#pragma once

#include <cstdint>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "io/clock.h"
#include "io/http_server.h"
#include "tools/simulators/declarative_config.h"
#include "tools/simulators/exchange.h"
#include "tools/simulators/kong_database_api.h"
#include "tools/simulators/kong_faults.h"
#include "tools/simulators/kong_schema.h"

namespace simulators {

struct KongGatewayOptions {
  std::string version = "3.9.3";
  std::string edition = "community";
  RouterFlavor flavor = RouterFlavor::kTraditionalCompatible;
  std::string database = "off";  // Anything else: a Kong that takes single entities, no /config.
  std::string workspace = "";    // With a database: the prefix that its paths may have.
  std::string role = "traditional";
  std::string schemas_folder = "";  // Empty: the built-in facts of core entities.
  absl::Duration load_per_megabyte = absl::ZeroDuration();  // How long a load takes; zero: none.
  uint64_t max_body_bytes = 10 << 20;                       // nginx: more is 413.
  uint64_t body_buffer_bytes =
      10 << 20;       // nginx: more goes to a file, where Kong's code sees nothing.
  uint64_t seed = 1;  // Of the node's id and of all random ids.
};

// One POST /config or foreign configuration, as it ended.
struct KongLoad {
  absl::Duration began, ended;  // Uptime of the clock.
  size_t bytes = 0;
  int status = 0;    // 0: never answered.
  std::string hash;  // Shown by /status afterwards.
};

class KongGateway {
 public:
  static absl::StatusOr<std::unique_ptr<KongGateway>> Create(io::Clock& clock,
                                                             KongGatewayOptions options);
  void Serve(io::HttpServerRequest request, std::unique_ptr<io::HttpResponder> responder);

  // The data plane's view.
  const Entities& loaded() const { return loaded_; }
  const std::string& configuration_hash() const { return hash_; }
  const std::vector<KongLoad>& history() const { return history_; }
  bool loading() const { return loading_; }
  // Called after each load that took effect.
  void OnLoad(absl::AnyInvocable<void(const KongLoad&)> then) { on_load_ = std::move(then); }

  // Null without a database.
  KongDatabase* database() { return database_.get(); }
  KongDatabaseApi* database_api() { return database_api_.get(); }

  // What may happen to a gateway. `keep`: the configuration was persisted.
  void Restart(bool keep);
  void OnRestart(absl::AnyInvocable<void()> then) { on_restart_ = std::move(then); }
  absl::Status ConfigureByOther(std::string_view text);  // Somebody else's POST /config.
  void Fault(KongFault fault) { faults_.Add(std::move(fault)); }
  void ClearFaults() { faults_.Clear(); }
  void SetPace(absl::Duration per_megabyte) { options_.load_per_megabyte = per_megabyte; }

 private:
  struct Reading;
  struct Accepted;
  using Responder = std::shared_ptr<io::HttpResponder>;

  KongGateway(io::Clock& clock, KongGatewayOptions options, KongSchemas schemas);
  Answer Route(const io::HttpServerRequest& request);
  Answer Control(const io::HttpServerRequest& request);
  absl::Status Obey(const Json& command);
  void ServeConfig(io::HttpServerRequest request, Responder responder, const KongFault* fault);
  std::variant<Reading, Answer> Read(const io::HttpServerRequest& request,
                                     const Query& query) const;
  std::variant<Accepted, Answer> Judge(const io::HttpServerRequest& request, bool refuse);
  std::variant<Entities, ConfigErrors> Load(const Json& input);
  Answer BusyAnswer() const;
  void Commit(Entities entities, std::string hash, KongLoad load);
  void Finish(Responder responder, Answer answer, const KongFault* fault);
  std::string RandomId();
  Answer Refusal(const Json& fields, const Json* flattened) const;

  io::Clock& clock_;
  KongGatewayOptions options_;
  KongSchemas schemas_;
  std::unique_ptr<KongDatabase> database_;
  std::unique_ptr<KongDatabaseApi> database_api_;
  KongFaults faults_;
  std::mt19937_64 random_;
  std::string node_id_;
  Entities loaded_;
  std::string hash_;
  std::vector<KongLoad> history_;
  bool loading_ = false;
  absl::Duration load_began_;
  uint64_t requests_ = 0;
  absl::AnyInvocable<void(const KongLoad&)> on_load_;
  absl::AnyInvocable<void()> on_restart_;
  std::vector<Responder> silent_;  // Exchanges that will never be answered.
  Delays delays_;                  // Last: what it calls uses the rest.
};

// The gateway on a port of its own.
class KongGatewayServer {
 public:
  static absl::StatusOr<std::unique_ptr<KongGatewayServer>> Start(
      io::Loop& loop, KongGatewayOptions options, io::HttpServerOptions listen = {});
  KongGateway& gateway() { return *gateway_; }
  std::string url() const;
  void Restart(bool keep) { gateway_->Restart(keep); }  // Connections break too.

 private:
  KongGatewayServer() = default;
  std::unique_ptr<KongGateway> gateway_;
  std::unique_ptr<io::HttpServer> server_;
  std::string scheme_, address_;
};

}  // namespace simulators
