#include "k8s/api_client.h"

#include <cctype>

#include "engine/text.h"

namespace k8s {
namespace {

using engine::Cat;

// A request that never left: its one callback comes from the clock, as the interface promises.
class Stillborn final : public io::HttpCall {
 public:
  Stillborn(io::Clock& clock, io::HttpCallbacks callbacks, absl::Status why)
      : timer_(clock.After(absl::ZeroDuration(),
                           [callbacks = std::move(callbacks), why = std::move(why)]() mutable {
                             callbacks.on_done(std::move(why));
                           })) {}

 private:
  io::Timer timer_;
};

std::string_view Accept(const ApiRequest& request) {
  if (!request.metadata_only) return "application/json";
  return request.watch || !request.name.empty()
             ? "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1"
             : "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1";
}

}  // namespace

std::string PercentEncode(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  constexpr std::string_view kPlain =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
  std::string out;
  for (const char c : text) {
    if (kPlain.find(c) != std::string_view::npos) {
      out += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      out += Cat('%', kDigits[byte >> 4], kDigits[byte & 15]);
    }
  }
  return out;
}

std::string ApiClient::Target(const ApiRequest& request) {
  std::string target = request.type.Path(PercentEncode(request.ns));
  if (!request.name.empty()) target += Cat('/', PercentEncode(request.name));
  char separator = '?';
  for (const auto& [name, value] : request.query) {
    target += Cat(separator, PercentEncode(name), '=', PercentEncode(value));
    separator = '&';
  }
  return target;
}

std::unique_ptr<io::HttpCall> ApiClient::Get(const ApiRequest& request, io::HttpDeadlines deadlines,
                                             io::HttpCallbacks callbacks) {
  return Send(request, {}, deadlines, std::move(callbacks));
}

std::unique_ptr<io::HttpCall> ApiClient::Create(const ApiRequest& request, std::string json,
                                                io::HttpDeadlines deadlines,
                                                io::HttpCallbacks callbacks) {
  io::HttpRequest http{.method = "POST", .target = {}, .headers = {}, .body = nullptr};
  http.headers.Add("Content-Type", "application/json");
  http.body = std::make_shared<const std::string>(std::move(json));
  return Send(request, std::move(http), deadlines, std::move(callbacks));
}

std::unique_ptr<io::HttpCall> ApiClient::MergePatch(const ApiRequest& request, std::string json,
                                                    io::HttpDeadlines deadlines,
                                                    io::HttpCallbacks callbacks) {
  io::HttpRequest http{.method = "PATCH", .target = {}, .headers = {}, .body = nullptr};
  http.headers.Add("Content-Type", "application/merge-patch+json");
  http.body = std::make_shared<const std::string>(std::move(json));
  return Send(request, std::move(http), deadlines, std::move(callbacks));
}

std::unique_ptr<io::HttpCall> ApiClient::Send(const ApiRequest& request, io::HttpRequest http,
                                              io::HttpDeadlines deadlines,
                                              io::HttpCallbacks callbacks) {
  absl::StatusOr<std::string> token = Token();
  if (!token.ok()) return std::make_unique<Stillborn>(clock_, std::move(callbacks), token.status());
  http.target = Target(request);
  http.headers.Add("Accept", std::string(Accept(request)));
  http.headers.Add("Accept-Encoding", "identity");
  http.headers.Add("User-Agent", user_agent_);
  if (!token->empty()) http.headers.Add("Authorization", Cat("Bearer ", *token));
  return http_.Fetch(std::move(http), deadlines, std::move(callbacks));
}

absl::StatusOr<std::string> ApiClient::Token() {
  if (!token_file_) return credentials_.token;
  absl::StatusOr<std::string> token = token_file_->Text();
  return token.ok() ? std::move(token) : engine::Annotate(token.status(), "the token file");
}

}  // namespace k8s
