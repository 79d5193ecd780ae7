#include "kong/database/admin_calls.h"

#include <utility>

#include "engine/text.h"

namespace kong {

void AdminCalls::Use(io::HttpClient* client) {
  calls_.clear();
  client_ = client;
}

void AdminCalls::Send(AdminCall call, Then then) {
  io::HttpRequest request{.method = std::move(call.method)};
  request.target = options_.workspace.empty() || call.of_all
                       ? std::move(call.target)
                       : engine::Cat('/', options_.workspace, call.target);
  request.headers = options_.headers;
  if (options_.admin_token) request.headers.Set("Kong-Admin-Token", options_.admin_token());
  request.headers.Set("Accept", "application/json");
  if (!call.body.empty()) {
    request.headers.Set("Content-Type", "application/json");
    request.body = std::make_shared<const std::string>(std::move(call.body));
  }
  io::HttpDeadlines deadlines{
      .connect = options_.timeout, .head = options_.timeout, .idle = options_.timeout};
  uint64_t number = ++next_;
  auto done = [this, number,
               then = std::move(then)](absl::StatusOr<io::HttpResponse> response) mutable {
    auto kept = calls_.extract(number);  // Lives until its own callback returns.
    then(std::move(response));
  };
  calls_[number] = io::FetchWhole(*client_, std::move(request), deadlines,
                                  options_.answer_bytes_max, std::move(done));
}

}  // namespace kong
