// What io::Loop hides: the asio context. Included by the io/*.cc files that see Boost, and no
// others.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <optional>

#include "absl/functional/any_invocable.h"
#include "io/loop.h"

namespace io {

struct Loop::Native {
  // The hint: one thread runs it, though any thread may post.
  boost::asio::io_context context{1};
  std::optional<boost::asio::signal_set> signals;
  absl::AnyInvocable<void(int)> on_signal;

  void AwaitSignal();
};

}  // namespace io
