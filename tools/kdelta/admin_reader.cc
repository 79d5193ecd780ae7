#include "tools/kdelta/admin_reader.h"

#include <optional>
#include <utility>

#include "engine/status_macros.h"
#include "engine/text.h"
#include "tools/kdelta/run_options.h"

namespace kdelta {
namespace {

constexpr size_t kAnswerBytesMax = size_t{1} << 30;
constexpr absl::Duration kPatience = absl::Seconds(60);

}  // namespace

bool IsUrl(std::string_view text) {
  return text.starts_with("http://") || text.starts_with("https://");
}

absl::StatusOr<std::unique_ptr<AdminReader>> AdminReader::Open(std::string_view url,
                                                               const Flags& flags) {
  ASSIGN_OR_RETURN(io::Url parsed, io::Url::Parse(url));
  std::unique_ptr<AdminReader> reader(new AdminReader(parsed));
  io::HttpClientOptions client{.origin = std::move(parsed), .tls = nullptr};
  if (client.origin.tls) {
    ASSIGN_OR_RETURN(client.rotating_tls, AdminTlsOf(flags, reader->loop_));
  }
  ASSIGN_OR_RETURN(kong::AdminOptions options, AdminOptionsOf(flags, reader->loop_));
  options.timeout = kPatience;
  options.answer_bytes_max = kAnswerBytesMax;
  if (flags.given("kong-admin-filter-tag")) reader->tags_ = flags.List("kong-admin-filter-tag");
  reader->client_ = io::NewHttpClient(reader->loop_, std::move(client));
  reader->calls_ = std::make_unique<kong::AdminCalls>(std::move(options));
  reader->calls_->Use(reader->client_.get());
  return reader;
}

absl::StatusOr<std::string> AdminReader::Get(const std::string& target, bool of_all) {
  std::optional<absl::StatusOr<io::HttpResponse>> answer;
  loop_.Post([&] {
    calls_->Send({.target = target, .body = {}, .of_all = of_all},
                 [&](absl::StatusOr<io::HttpResponse> response) {
                   answer = std::move(response);
                   loop_.Stop();
                 });
  });
  loop_.Run();
  if (!answer) return engine::Unavailable(Text(), target, ": no answer");
  RETURN_IF_ERROR(answer->status());
  const int status = (*answer)->head.status;
  if (status == 200) return std::move((*answer)->body);
  if (status == 404 || status == 405)
    return engine::NotFound(Text(), target, ": answered ", status);
  return engine::Unavailable(Text(), target, ": answered ", status,
                             status == 401 || status == 403 ? "; give a token that may read" : "");
}

}  // namespace kdelta
