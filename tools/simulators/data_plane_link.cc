#include "tools/simulators/data_plane_link.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "engine/text.h"
#include "io/snappy.h"

namespace simulators {
namespace {

constexpr std::string_view kTarget = "/v2/outlet", kProtocol = "kong.meta.v1";
constexpr uint64_t kMessageBytesMax = uint64_t{1} << 30;  // Uncompressed; Kong has no limit.

std::shared_ptr<const std::string> Share(std::string text) {
  return std::make_shared<const std::string>(std::move(text));
}

Json Error(int code, std::string_view message) { return {{"code", code}, {"message", message}}; }

}  // namespace

Dial DialOver(io::Loop& loop, io::WebSocketConnectOptions to, uint64_t max_payload_bytes) {
  to.max_message_bytes = max_payload_bytes;
  return [&loop, to = std::move(to)](std::string target, std::string protocol, OnDialed then) {
    io::WebSocketConnectOptions options = to;
    options.target = std::move(target);
    options.protocol = std::move(protocol);
    return io::ConnectWebSocket(loop, std::move(options), std::move(then));
  };
}

DataPlaneLink::DataPlaneLink(io::Clock& clock, DataPlanePace pace, Json hello, Dial& dial,
                             std::mt19937_64& random, DataPlaneLinkEvents events)
    : clock_(clock),
      pace_(pace),
      hello_(std::move(hello)),
      dial_(dial),
      random_(random),
      events_(std::move(events)),
      silence_(clock, [this] { OnSilence(); }) {}

void DataPlaneLink::Open() {
  reopen_.Cancel();
  attempt_ = dial_(std::string(kTarget), std::string(kProtocol),
                   [this](absl::StatusOr<std::unique_ptr<io::WebSocket>> socket) {
                     OnDialed(std::move(socket));
                   });
}

void DataPlaneLink::OnDialed(absl::StatusOr<std::unique_ptr<io::WebSocket>> socket) {
  attempt_.reset();
  if (!socket.ok()) return Drop();
  socket_ = *std::move(socket);
  ++opened_;
  io::WebSocketEvents events;
  events.message = [this](std::string_view message, bool binary) { OnMessage(message, binary); };
  events.ping = [this](std::string_view payload) {
    Heard();
    socket_->Pong(std::string(payload));
  };
  events.pong = [this](std::string_view) { Heard(); };
  events.closed = [this](absl::Status) { Drop(); };
  socket_->Listen(std::move(events));
  Heard();
  const Json hello = {{"jsonrpc", "2.0"},
                      {"id", 1},
                      {"method", "kong.meta.v1.hello"},
                      {"params", Json::array({hello_})}};
  socket_->Send(Share(DumpJson(hello)), /*binary=*/true);
  hello_limit_ = clock_.After(pace_.answer, [this] { Drop(); });
}

void DataPlaneLink::Drop() {
  up_ = false;
  silence_.Clear();
  hello_limit_.Cancel();
  attempt_.reset();
  socket_.reset();
  next_id_ = 0;
  const uint64_t spread =
      static_cast<uint64_t>((pace_.reconnect_max - pace_.reconnect_min) / absl::Milliseconds(1));
  const auto more = absl::Milliseconds(random_() % (spread + 1));
  reopen_ = clock_.After(pace_.reconnect_min + more, [this] { Open(); });
  auto pending = std::exchange(pending_, {});
  for (auto& [id, call] : pending) call.then(absl::UnavailableError("the link ended"));
}

void DataPlaneLink::Heard() {
  heard_at_ = clock_.Uptime();
  silence_.Set(pace_.ping);
}

void DataPlaneLink::OnSilence() {
  if (clock_.Uptime() - heard_at_ >= pace_.dead) return Drop();
  socket_->Ping("");
  silence_.Set(pace_.dead - pace_.ping);
}

void DataPlaneLink::OnMessage(std::string_view message, bool binary) {
  Heard();
  if (!binary) return Drop();
  if (!up_) return OnHelloAnswer(message);
  const auto text = io::Unsnap(message, kMessageBytesMax);
  const std::optional<Json> tree = text.ok() ? ParseJson(*text) : std::nullopt;
  if (!tree || !tree->is_object()) return Drop();
  if (tree->contains("method")) return OnRequest(*tree);
  OnResponse(*tree);
}

void DataPlaneLink::OnHelloAnswer(std::string_view message) {
  const Json answer = ParseJson(message).value_or(Json());
  const Json& result = At(answer, "result");
  const bool agreed = At(result, "rpc_capabilities").is_array() &&
                      TextAt(result, "rpc_frame_encoding") == "x-snappy-framed";
  if (!agreed) return Drop();
  hello_limit_.Cancel();
  up_ = true;
  events_.up();
}

void DataPlaneLink::OnRequest(const Json& request) {
  const Json& id = At(request, "id");
  if (!id.is_number_integer()) return Drop();  // Requests without an id came with 3.10.
  auto result = events_.called(std::string(TextAt(request, "method")), At(request, "params"));
  if (!up_) return;
  Json answer = {{"jsonrpc", "2.0"}, {"id", id}};
  if (result.ok()) {
    answer["result"] = *std::move(result);
  } else {
    const bool unknown = absl::IsNotFound(result.status());
    answer["error"] = Error(unknown ? -32601 : -32000, engine::MessageOf(result.status()));
  }
  SendCompressed(answer);
  if (result.ok()) events_.answered();
}

void DataPlaneLink::OnResponse(const Json& response) {
  const Json& id = At(response, "id");
  const auto call = pending_.find(id.is_number_unsigned() ? id.get<uint64_t>() : UINT64_MAX);
  if (call == pending_.end()) return;  // Too late.
  Pending pending = std::move(call->second);
  pending_.erase(call);
  const Json& error = At(response, "error");
  if (!error.is_null()) return pending.then(engine::Unavailable(TextAt(error, "message")));
  pending.then(At(response, "result"));
}

void DataPlaneLink::Call(const std::string& method, Json params, OnResult then) {
  const uint64_t id = next_id_++;
  const Json request = {{"jsonrpc", "2.0"},
                        {"id", id},
                        {"method", method},
                        {"params", Json::array({std::move(params)})}};
  pending_[id] = {std::move(then), clock_.After(pace_.answer, [this, id] {
                    Fail(id, absl::DeadlineExceededError("no answer in time"));
                  })};
  SendCompressed(request);
}

void DataPlaneLink::Fail(uint64_t id, const absl::Status& why) {
  const auto call = pending_.find(id);
  Pending pending = std::move(call->second);
  pending_.erase(call);
  pending.then(why);
}

void DataPlaneLink::SendCompressed(const Json& message) {
  socket_->Send(Share(io::Snap(DumpJson(message))), /*binary=*/true);
}

}  // namespace simulators
