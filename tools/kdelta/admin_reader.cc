#include "tools/kdelta/admin_reader.h"

#include <optional>
#include <utility>

#include "engine/status_macros.h"
#include "engine/text.h"
#include "io/tls.h"

namespace kdelta {
namespace {

constexpr size_t kAnswerBytesMax = size_t{1} << 30;

}  // namespace

bool IsUrl(std::string_view text) {
  return text.starts_with("http://") || text.starts_with("https://");
}

absl::StatusOr<std::unique_ptr<AdminReader>> AdminReader::Open(std::string_view url,
                                                               std::string token) {
  ASSIGN_OR_RETURN(io::Url parsed, io::Url::Parse(url));
  std::unique_ptr<AdminReader> reader(new AdminReader(parsed, std::move(token)));
  io::HttpClientOptions options{.origin = std::move(parsed), .tls = nullptr};
  if (options.origin.tls) {
    ASSIGN_OR_RETURN(options.tls, io::TlsContext::ForClient({}));
  }
  reader->client_ = io::NewHttpClient(reader->loop_, std::move(options));
  return reader;
}

absl::StatusOr<std::string> AdminReader::Get(const std::string& target) {
  io::HttpRequest request;
  request.target = target;
  if (!token_.empty()) request.headers.Set("Kong-Admin-Token", token_);
  std::optional<absl::StatusOr<io::HttpResponse>> answer;
  std::unique_ptr<io::HttpCall> call;
  loop_.Post([&] {
    call = io::FetchWhole(*client_, std::move(request), {}, kAnswerBytesMax,
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
