// A client's or a server's TLS material whose files are replaced now and then, as certificates near
// their end.
//
// The files are looked at when the material is asked for, at most every kRotationPause, and what is
// new becomes a new context. While they do not fit together (the certificate is there, its key not
// yet) the last context that did stays, and that is told once. The clock's thread; a look blocks
// it, so the files should be local.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "io/clock.h"
#include "io/tls.h"

namespace io {

// Where material of TlsOptions came from; empty for what came from no file.
struct TlsFiles {
  std::string ca;
  std::string certificate;
  std::string key;
};

class RotatingTls {
 public:
  enum class Side { kClient, kServer };
  // `options` has what `files` do not name. An error if what is there now cannot be used.
  static absl::StatusOr<std::shared_ptr<RotatingTls>> Load(const Clock& clock, TlsOptions options,
                                                           TlsFiles files,
                                                           Side side = Side::kClient);
  // The same object as long as no file has changed.
  std::shared_ptr<const TlsContext> Current();

 private:
  RotatingTls(const Clock& clock, TlsFiles files, Side side)
      : clock_(clock), files_(std::move(files)), side_(side) {}
  absl::StatusOr<TlsOptions> Read() const;
  absl::Status Use(TlsOptions options);

  const Clock& clock_;
  const TlsFiles files_;
  const Side side_;
  TlsOptions options_;  // Of the context.
  std::shared_ptr<const TlsContext> context_;
  absl::Duration looked_;  // In uptime.
  bool told_ = false;
};

}  // namespace io
