// What both simulators do with an HTTP exchange: read its query, answer it, answer it later, spoil
// it.
//
// A simulator is a state machine over io::HttpServerRequest and io::HttpResponder. Nothing here
// knows sockets: io::HttpServer drives it in a process of its own, a test or a simulated network by
// a responder of its own. Loop thread only.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/time/time.h"
#include "io/clock.h"
#include "io/http_server.h"
#include "tools/simulators/json.h"

namespace simulators {

struct Answer {
  int status = 200;
  io::Headers headers;
  std::string body;
};

Answer JsonAnswer(int status, const Json& body);
// The page that nginx itself answers with, before any code of the application ran.
Answer NginxAnswer(int status, std::string_view reason);
void Send(io::HttpResponder& responder, Answer answer);
// Half of the body, then a reset.
void SendTruncated(io::HttpResponder& responder, Answer answer);

using Query = std::vector<std::pair<std::string, std::string>>;
Query ParseQuery(std::string_view query);                          // Decoded, in order.
std::string_view Find(const Query& query, std::string_view name);  // Empty if absent.
bool Has(const Query& query, std::string_view name);
std::string DecodePercent(std::string_view text, bool plus_is_space);
std::string MediaType(const io::Headers& headers,
                      std::string_view name);  // Lower case, no parameters.

// Calls in the future, which die with their owner.
class Delays {
 public:
  explicit Delays(io::Clock& clock) : clock_(clock) {}
  void After(absl::Duration delay, absl::AnyInvocable<void()> then);  // Not positive: at once.
  // Cancels all but the call that is running, if one is.
  void Clear();

 private:
  enum class State { kWaiting, kRunning, kDone };
  struct Pending {
    io::Timer timer;
    std::shared_ptr<State> state;  // A timer must not be destroyed by its own call.
  };
  io::Clock& clock_;
  std::vector<Pending> pending_;
};

}  // namespace simulators
