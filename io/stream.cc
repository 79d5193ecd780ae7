#include "io/stream.h"

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <unordered_map>
#include <vector>

#include "engine/assert.h"
#include "engine/text.h"
#include "io/deadline.h"
#include "io/loop_native.h"
#include "io/tls_native.h"

namespace io {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using Executor = asio::io_context::executor_type;
using Tcp = asio::ip::tcp;
using Socket = asio::basic_stream_socket<Tcp, Executor>;
using Acceptor = asio::basic_socket_acceptor<Tcp, Executor>;
using Resolver = asio::ip::basic_resolver<Tcp, Executor>;
using TlsSocket = asio::ssl::stream<Socket>;

constexpr size_t kReadBytes = 64 << 10;
constexpr absl::Duration kAcceptPause = absl::Milliseconds(100);
constexpr absl::Duration kLeastPerAddress = absl::Seconds(2);

// One type for every completion, so that Asio's templates are compiled once.
struct Completion {
  std::shared_ptr<void> keeps;  // What the operation uses.
  absl::AnyInvocable<void(error_code, size_t)> then;
  void operator()(error_code error, size_t bytes = 0) { then(error, bytes); }
};

absl::Status ToStatus(error_code error) {
  if (error == asio::ssl::error::stream_truncated) {
    return absl::DataLossError("the peer closed the connection without ending TLS");
  }
  return engine::Unavailable(error.message());
}

// A socket with what its operations need to live on after the Stream is gone.
template <class Layer>
struct Wire {
  Layer layer;
  std::vector<char> arrived;
  bool open = true;
  bool reset = false;

  template <class... Args>
  explicit Wire(Args&&... args) : layer(std::forward<Args>(args)...) {}

  void Close() {
    error_code ignored;
    auto& socket = layer.lowest_layer();
    if (reset) socket.set_option(asio::socket_base::linger(true, 0), ignored);
    socket.close(ignored);
    open = false;
  }
};

void FinishLayer(const std::shared_ptr<Wire<Socket>>& wire) {
  error_code ignored;
  wire->layer.shutdown(Socket::shutdown_send, ignored);
}

void FinishLayer(const std::shared_ptr<Wire<TlsSocket>>& wire) {
  wire->layer.async_shutdown(Completion{wire, [raw = wire.get()](error_code, size_t) {
                                          error_code ignored;
                                          raw->layer.lowest_layer().shutdown(Socket::shutdown_send,
                                                                             ignored);
                                        }});
}

std::string PeerCertificate(const Socket&) { return ""; }

std::string PeerCertificate(TlsSocket& socket) {
  const std::unique_ptr<X509, decltype(&X509_free)> leaf(
      SSL_get1_peer_certificate(socket.native_handle()), &X509_free);
  const std::unique_ptr<BIO, decltype(&BIO_free)> out(BIO_new(BIO_s_mem()), &BIO_free);
  if (leaf == nullptr || PEM_write_bio_X509(out.get(), leaf.get()) != 1) return "";
  char* start = nullptr;
  const auto size = BIO_ctrl(out.get(), BIO_CTRL_INFO, 0, &start);
  return std::string(start, static_cast<size_t>(size));
}

template <class Layer>
class StreamOver final : public Stream {
 public:
  explicit StreamOver(std::shared_ptr<Wire<Layer>> wire) : wire_(std::move(wire)) {}
  ~StreamOver() override { wire_->Close(); }

  void Read(OnRead then) override {
    wire_->arrived.resize(kReadBytes);
    wire_->layer.async_read_some(asio::buffer(wire_->arrived),
                                 Completion{wire_, [wire = wire_.get(), then = std::move(then)](
                                                       error_code error, size_t bytes) mutable {
                                              if (!wire->open) return;
                                              if (error == asio::error::eof)
                                                return then(std::string_view());
                                              if (error) return then(ToStatus(error));
                                              then(std::string_view(wire->arrived.data(), bytes));
                                            }});
  }

  void WriteSome(std::shared_ptr<const std::string> text, size_t from, OnWritten then) override {
    const auto left = asio::buffer(text->data() + from, text->size() - from);
    wire_->layer.async_write_some(
        left, Completion{wire_, [wire = wire_.get(), text = std::move(text),
                                 then = std::move(then)](error_code error, size_t bytes) mutable {
                           if (!wire->open) return;
                           if (error) return then(ToStatus(error));
                           then(bytes);
                         }});
  }

  void Finish() override { FinishLayer(wire_); }
  void Reset() override { wire_->reset = true; }

  std::string peer() const override {
    error_code error;
    const auto endpoint = wire_->layer.lowest_layer().remote_endpoint(error);
    if (error) return "";
    const std::string address = endpoint.address().to_string();
    return endpoint.address().is_v6() ? engine::Cat('[', address, "]:", endpoint.port())
                                      : engine::Cat(address, ':', endpoint.port());
  }

  std::string peer_certificate_pem() const override { return PeerCertificate(wire_->layer); }

 private:
  std::shared_ptr<Wire<Layer>> wire_;
};

void Tune(Socket& socket) {
  error_code ignored;
  socket.set_option(Tcp::no_delay(true), ignored);
  socket.set_option(asio::socket_base::keep_alive(true), ignored);
}

bool IsAddress(const std::string& host) {
  error_code error;
  asio::ip::make_address(host, error);
  return !error;
}

// Which name the peer's certificate must carry, and which it is asked for.
bool NamePeer(SSL* ssl, const TlsContext& tls, const std::string& host) {
  const std::string& name = tls.server_name().empty() ? host : tls.server_name();
  if (IsAddress(name)) {
    return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), name.c_str()) == 1;
  }
  SSL_set_hostflags(ssl, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  // What the macro SSL_set_tlsext_host_name does, without its C cast.
  std::string server_name = name;
  const auto named =
      SSL_ctrl(ssl, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, server_name.data());
  return named == 1 && SSL_set1_host(ssl, name.c_str()) == 1;
}

absl::Status HandshakeError(SSL* ssl, error_code error) {
  const auto verified = SSL_get_verify_result(ssl);
  if (verified != X509_V_OK) {
    return engine::Unavailable("TLS handshake: the peer's certificate is refused: ",
                               X509_verify_cert_error_string(verified));
  }
  if (error == asio::error::eof || error == asio::ssl::error::stream_truncated) {
    return engine::Unavailable("TLS handshake: the peer closed the connection");
  }
  return engine::Unavailable("TLS handshake: ", error.message());
}

SSL* NewSsl(const TlsContext& tls) {
  SSL* ssl = SSL_new(tls.native().context.get());
  CHECK(ssl != nullptr, "SSL_new fails only without memory");
  return ssl;
}

// Resolves, tries each address in turn, then shakes hands. Its operations share it.
class Attempt : public std::enable_shared_from_this<Attempt> {
 public:
  using Then = absl::AnyInvocable<void(absl::StatusOr<std::unique_ptr<Stream>>)>;

  Attempt(Loop& loop, ConnectOptions options, Then then)
      : context_(loop.native().context),
        loop_(loop),
        options_(std::move(options)),
        then_(std::move(then)),
        resolver_(context_.get_executor()),
        whole_(loop, [this] { TimeOut("within the time given"); }),
        address_(loop, [this] { GiveUpAddress(); }) {}

  void Start() {
    whole_.Set(options_.limit);
    ends_ = loop_.Uptime() + options_.limit;
    error_code error;
    const auto literal = asio::ip::make_address(options_.host, error);
    if (!error) {
      endpoints_.emplace_back(literal, options_.port);
      asio::post(context_, [self = shared_from_this()] { self->TryNext(); });
      return;
    }
    resolver_.async_resolve(
        options_.host, engine::Cat(options_.port), asio::ip::resolver_base::numeric_service,
        [self = shared_from_this()](error_code failed, const Resolver::results_type& results) {
          self->OnResolved(failed, results);
        });
  }

  void Cancel() {
    const Then unused = std::exchange(then_, nullptr);
    resolver_.cancel();
    whole_.Clear();
    address_.Clear();
    if (plain_) plain_->Close();
    if (tls_) tls_->Close();
  }

 private:
  void Complete(absl::StatusOr<std::unique_ptr<Stream>> result) {
    whole_.Clear();
    address_.Clear();
    if (then_) std::exchange(then_, nullptr)(std::move(result));
  }

  void TimeOut(std::string_view when) {
    const auto self = shared_from_this();
    Then then = std::exchange(then_, nullptr);
    const std::string_view phase = tls_                 ? "TLS handshake"
                                   : endpoints_.empty() ? "name lookup"
                                                        : "connect";
    Cancel();
    if (then) {
      then(absl::DeadlineExceededError(engine::ToAbsl(engine::Cat(phase, " did not end ", when))));
    }
  }

  void OnResolved(error_code error, const Resolver::results_type& results) {
    if (!then_) return;
    if (error) return Complete(engine::Unavailable("name lookup: ", error.message()));
    for (const auto& entry : results) endpoints_.push_back(entry.endpoint());
    TryNext();
  }

  void TryNext() {
    if (!then_) return;
    if (next_ == endpoints_.size()) return Complete(last_error_);
    const auto left = static_cast<double>(endpoints_.size() - next_);
    address_.Set(std::max((ends_ - loop_.Uptime()) / left, kLeastPerAddress));
    plain_ = std::make_shared<Wire<Socket>>(context_.get_executor());
    plain_->layer.async_connect(endpoints_[next_++],
                                [self = shared_from_this(), wire = plain_](error_code error) {
                                  if (self->plain_ == wire) self->OnConnected(error);
                                });
  }

  // The share of this address is used up: close it, which ends its connect with an error.
  void GiveUpAddress() {
    if (plain_ && !tls_ && next_ < endpoints_.size()) plain_->Close();
  }

  void OnConnected(error_code error) {
    if (!then_) return;
    if (error) {
      last_error_ = error == asio::error::operation_aborted
                        ? absl::DeadlineExceededError("connect did not end in time")
                        : engine::Unavailable(error.message());
      return TryNext();
    }
    address_.Clear();
    Tune(plain_->layer);
    if (options_.tls == nullptr) {
      return Complete(std::make_unique<StreamOver<Socket>>(std::exchange(plain_, nullptr)));
    }
    Handshake();
  }

  void Handshake() {
    SSL* ssl = NewSsl(*options_.tls);
    tls_ = std::make_shared<Wire<TlsSocket>>(std::move(plain_->layer), ssl);
    plain_ = nullptr;
    if (!NamePeer(ssl, *options_.tls, options_.host)) {
      return Complete(engine::InvalidArgument("TLS: the server name is not valid"));
    }
    tls_->layer.async_handshake(
        asio::ssl::stream_base::client,
        Completion{tls_, [self = shared_from_this()](error_code error, size_t) {
                     self->OnHandshake(error);
                   }});
  }

  void OnHandshake(error_code error) {
    if (!then_) return;
    if (error) return Complete(HandshakeError(tls_->layer.native_handle(), error));
    Complete(std::make_unique<StreamOver<TlsSocket>>(std::exchange(tls_, nullptr)));
  }

  asio::io_context& context_;
  Loop& loop_;
  ConnectOptions options_;
  Then then_;  // Null once it was called or the attempt was given up.
  Resolver resolver_;
  Deadline whole_, address_;
  absl::Duration ends_;
  std::vector<Tcp::endpoint> endpoints_;
  size_t next_ = 0;
  absl::Status last_error_ = absl::UnavailableError("the name has no address");
  std::shared_ptr<Wire<Socket>> plain_;
  std::shared_ptr<Wire<TlsSocket>> tls_;
};

class ConnectingAttempt final : public Connecting {
 public:
  explicit ConnectingAttempt(std::shared_ptr<Attempt> attempt) : attempt_(std::move(attempt)) {}
  ~ConnectingAttempt() override { attempt_->Cancel(); }

 private:
  std::shared_ptr<Attempt> attempt_;
};

class Door : public std::enable_shared_from_this<Door> {
 public:
  Door(Loop& loop, const ListenOptions& options,
       absl::AnyInvocable<void(std::unique_ptr<Stream>)> then)
      : loop_(loop),
        context_(loop.native().context),
        acceptor_(context_.get_executor()),
        tls_(options.tls),
        rotating_tls_(options.rotating_tls),
        handshake_(options.handshake),
        then_(std::move(then)) {}

  error_code Open(const Tcp::endpoint& endpoint) {
    error_code error;
    acceptor_.open(endpoint.protocol(), error);
    if (!error) acceptor_.set_option(asio::socket_base::reuse_address(true), error);
    if (!error) acceptor_.bind(endpoint, error);
    if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
    return error;
  }

  uint16_t port() const {
    error_code ignored;
    return acceptor_.local_endpoint(ignored).port();
  }

  void Accept() {
    acceptor_.async_accept([self = shared_from_this()](error_code error, Socket socket) {
      if (self->open_) self->OnAccepted(error, std::move(socket));
    });
  }

  void Close() {
    error_code ignored;
    open_ = false;
    pause_.Cancel();
    acceptor_.close(ignored);
    for (auto& [wire, limit] : shaking_) wire->Close();
    shaking_.clear();
  }

 private:
  using TlsWire = std::shared_ptr<Wire<TlsSocket>>;

  void OnAccepted(error_code error, Socket socket) {
    if (error) {  // Out of descriptors, or the peer is gone again: neither ends the listening.
      pause_ = loop_.After(kAcceptPause, [this] { Accept(); });
      return;
    }
    Tune(socket);
    Accept();
    if (rotating_tls_ != nullptr) tls_ = rotating_tls_->Current();
    if (tls_ == nullptr) {
      return then_(
          std::make_unique<StreamOver<Socket>>(std::make_shared<Wire<Socket>>(std::move(socket))));
    }
    Handshake(std::make_shared<Wire<TlsSocket>>(std::move(socket), NewSsl(*tls_)));
  }

  void Handshake(const TlsWire& wire) {
    shaking_.emplace(wire, loop_.After(handshake_, [raw = wire.get()] { raw->Close(); }));
    wire->layer.async_handshake(
        asio::ssl::stream_base::server,
        Completion{wire, [self = shared_from_this(), raw = wire.get()](error_code error, size_t) {
                     self->OnHandshake(raw, error);
                   }});
  }

  void OnHandshake(Wire<TlsSocket>* raw, error_code error) {
    if (!open_) return;
    const auto it = std::find_if(shaking_.begin(), shaking_.end(),
                                 [raw](const auto& entry) { return entry.first.get() == raw; });
    const TlsWire wire = it->first;
    shaking_.erase(it);
    if (!error && wire->open) then_(std::make_unique<StreamOver<TlsSocket>>(wire));
  }

  Loop& loop_;
  asio::io_context& context_;
  Acceptor acceptor_;
  std::shared_ptr<const TlsContext> tls_;
  std::shared_ptr<RotatingTls> rotating_tls_;
  absl::Duration handshake_;
  absl::AnyInvocable<void(std::unique_ptr<Stream>)> then_;
  std::unordered_map<TlsWire, Timer> shaking_;  // Handshakes under way and their limits.
  Timer pause_;
  bool open_ = true;
};

class OpenDoor final : public Listener {
 public:
  explicit OpenDoor(std::shared_ptr<Door> door) : door_(std::move(door)) {}
  ~OpenDoor() override { door_->Close(); }
  uint16_t port() const override { return door_->port(); }

 private:
  std::shared_ptr<Door> door_;
};

}  // namespace

std::unique_ptr<Connecting> Connect(
    Loop& loop, ConnectOptions options,
    absl::AnyInvocable<void(absl::StatusOr<std::unique_ptr<Stream>>)> then) {
  auto attempt = std::make_shared<Attempt>(loop, std::move(options), std::move(then));
  attempt->Start();
  return std::make_unique<ConnectingAttempt>(std::move(attempt));
}

absl::StatusOr<std::unique_ptr<Listener>> ListenForStreams(
    Loop& loop, ListenOptions options, absl::AnyInvocable<void(std::unique_ptr<Stream>)> then) {
  error_code error;
  const auto address = asio::ip::make_address(options.address, error);
  if (error) {
    return engine::InvalidArgument("listen address \"", options.address, "\" is not an IP address");
  }
  auto door = std::make_shared<Door>(loop, options, std::move(then));
  error = door->Open(Tcp::endpoint(address, options.port));
  if (error) {
    return engine::Unavailable("cannot listen on ", options.address, " port ", options.port, ": ",
                               error.message());
  }
  door->Accept();
  return std::make_unique<OpenDoor>(std::move(door));
}

}  // namespace io
