#include "io/rotating_tls.h"

#include "engine/status_macros.h"
#include "io/log.h"
#include "io/read_file.h"
#include "io/rotating_file.h"

namespace io {
namespace {

absl::Status ReadInto(const std::string& path, std::string& out) {
  if (path.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(out, ReadFile(path));
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::shared_ptr<RotatingTls>> RotatingTls::Load(const Clock& clock,
                                                               TlsOptions options, TlsFiles files,
                                                               Side side) {
  std::shared_ptr<RotatingTls> tls(new RotatingTls(clock, std::move(files), side));
  tls->options_ = std::move(options);
  ASSIGN_OR_RETURN(TlsOptions now, tls->Read());
  RETURN_IF_ERROR(tls->Use(std::move(now)));
  tls->looked_ = clock.Uptime();
  return tls;
}

std::shared_ptr<const TlsContext> RotatingTls::Current() {
  const absl::Duration now = clock_.Uptime();
  if (now - looked_ < kRotationPause) return context_;
  looked_ = now;
  absl::StatusOr<TlsOptions> options = Read();
  if (options.ok() && options->ca_pem == options_.ca_pem &&
      options->certificate_pem == options_.certificate_pem && options->key_pem == options_.key_pem)
    return context_;
  absl::Status used = options.status();
  if (used.ok()) used = Use(*std::move(options));
  if (used.ok()) {
    told_ = false;
    Info("TLS files have changed and are used from now on",
         {{"certificate", files_.certificate}, {"authority", files_.ca}});
  } else if (!std::exchange(told_, true)) {
    Warning("TLS files have changed and cannot be used; what they held before is kept",
            {{"error", used}});
  }
  return context_;
}

absl::StatusOr<TlsOptions> RotatingTls::Read() const {
  TlsOptions options = options_;
  RETURN_IF_ERROR(ReadInto(files_.ca, options.ca_pem));
  RETURN_IF_ERROR(ReadInto(files_.certificate, options.certificate_pem));
  RETURN_IF_ERROR(ReadInto(files_.key, options.key_pem));
  return options;
}

absl::Status RotatingTls::Use(TlsOptions options) {
  auto context =
      side_ == Side::kClient ? TlsContext::ForClient(options) : TlsContext::ForServer(options);
  if (!context.ok()) return context.status();
  context_ = *std::move(context);
  options_ = std::move(options);
  return absl::OkStatus();
}

}  // namespace io
