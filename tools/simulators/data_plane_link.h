// One nginx worker's connection to /v2/outlet: the hello, then JSON-RPC in raw Snappy both ways.
//
// It opens again, five to ten seconds after it ended. A frame that is not what it must be ends it,
// and so does silence. Calls that are not answered in time, or whose link ends, fail; an answer
// that comes later is dropped. One thread; callbacks come from the socket and the clock only.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <random>
#include <string>

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "io/clock.h"
#include "io/deadline.h"
#include "tools/simulators/data_plane_dial.h"
#include "tools/simulators/json.h"

namespace simulators {

struct DataPlaneLinkEvents {
  absl::AnyInvocable<void()> up;  // The hello was answered.
  // A call of the control plane: its result, or why not.
  absl::AnyInvocable<absl::StatusOr<Json>(const std::string& method, const Json& params)> called;
  absl::AnyInvocable<void()> answered;  // After the answer to it was sent.
};

class DataPlaneLink {
 public:
  using OnResult = absl::AnyInvocable<void(absl::StatusOr<Json>)>;

  // `hello` is the parameter of the hello; `dial` and `random` outlive the link.
  DataPlaneLink(io::Clock& clock, DataPlanePace pace, Json hello, Dial& dial,
                std::mt19937_64& random, DataPlaneLinkEvents events);
  void Open();
  void Drop();  // As a network does; it opens again later.
  bool up() const { return up_; }
  void Call(const std::string& method, Json params, OnResult then);
  uint64_t opened() const { return opened_; }

 private:
  struct Pending {
    OnResult then;
    io::Timer limit;
  };

  void OnDialed(absl::StatusOr<std::unique_ptr<io::WebSocket>> socket);
  void OnMessage(std::string_view message, bool binary);
  void OnHelloAnswer(std::string_view message);
  void OnRequest(const Json& request);
  void OnResponse(const Json& response);
  void OnSilence();
  void Heard();
  void SendCompressed(const Json& message);
  void Fail(uint64_t id, const absl::Status& why);

  io::Clock& clock_;
  const DataPlanePace pace_;
  const Json hello_;
  Dial& dial_;
  std::mt19937_64& random_;
  DataPlaneLinkEvents events_;
  std::unique_ptr<io::WebSocketAttempt> attempt_;
  std::unique_ptr<io::WebSocket> socket_;
  std::map<uint64_t, Pending> pending_;
  uint64_t next_id_ = 0;
  uint64_t opened_ = 0;
  bool up_ = false;
  absl::Duration heard_at_;
  io::Deadline silence_;
  io::Timer hello_limit_, reopen_;
};

}  // namespace simulators
