// An exchange is a small state machine over one Stream: it connects or takes an idle connection,
// then writes the request and reads the answer at the same time, because a server may refuse a
// large body (413, 429) long before it has read it. Beast's basic_parser cuts the answer; no socket
// is seen here.
#include "io/http_client.h"

#include <boost/beast/http/basic_parser.hpp>
#include <list>
#include <optional>
#include <vector>

#include "engine/assert.h"
#include "engine/text.h"
#include "io/deadline.h"
#include "io/http_head.h"
#include "io/stream.h"

namespace io {
namespace {

namespace http = boost::beast::http;
using boost::beast::error_code;
using BeastView = boost::beast::string_view;

constexpr uint32_t kHeadBytesMax = 256 << 10;
constexpr size_t kSmallBody = 16 << 10;  // Sent in one piece with its head.
constexpr size_t kIdleMax = 32;

std::string_view FromBeast(BeastView text) { return {text.data(), text.size()}; }

// What an answer is made of, as it is cut from the bytes.
class ResponseEvents {
 public:
  virtual ~ResponseEvents() = default;
  // Each returns false to stop the parser.
  virtual bool OnHead(HttpHead head) = 0;
  virtual bool OnBody(std::string_view piece) = 0;
};

class ResponseParser final : public http::basic_parser<false> {
 public:
  ResponseParser(ResponseEvents& events, bool to_head) : events_(events) {
    eager(true);
    header_limit(kHeadBytesMax);
    body_limit(boost::none);
    skip(to_head);
  }
  int status() const { return head_.status; }
  // 1xx comes before the answer proper. (101 would end HTTP, but nothing here asks for an upgrade.)
  bool interim() const { return head_.status / 100 == 1 && head_.status != 101; }

 private:
  void on_request_impl(http::verb, BeastView, BeastView, int, error_code&) override {}
  void on_response_impl(int code, BeastView, int, error_code&) override { head_.status = code; }
  void on_field_impl(http::field, BeastView name, BeastView value, error_code&) override {
    head_.headers.Add(std::string(name), std::string(value));
  }
  void on_header_impl(error_code& error) override {
    if (interim()) return;
    const int status = head_.status;
    Go(events_.OnHead(std::exchange(head_, HttpHead{status, {}})), error);
  }
  void on_body_init_impl(const boost::optional<uint64_t>&, error_code&) override {}
  size_t on_body_impl(BeastView piece, error_code& error) override {
    Go(events_.OnBody(FromBeast(piece)), error);
    return piece.size();
  }
  void on_chunk_header_impl(uint64_t, BeastView, error_code&) override {}
  size_t on_chunk_body_impl(uint64_t, BeastView piece, error_code& error) override {
    if (!piece.empty()) Go(events_.OnBody(FromBeast(piece)), error);
    return piece.size();
  }
  void on_finish_impl(error_code&) override {}

  static void Go(bool on, error_code& error) {
    if (!on) error = http::error::end_of_stream;
  }

  ResponseEvents& events_;
  HttpHead head_;
};

// Who gets what arrives on a connection: an exchange, or the pool while the connection is idle.
class Reader {
 public:
  virtual ~Reader() = default;
  virtual void OnRead(absl::StatusOr<std::string_view> bytes) = 0;
};

// A connection with one read pending at all times, so that its end is seen when it comes.
class Conduit {
 public:
  Conduit(std::unique_ptr<Stream> stream, std::shared_ptr<const TlsContext> tls)
      : stream_(std::move(stream)), tls_(std::move(tls)) {}
  Stream& stream() { return *stream_; }
  const std::shared_ptr<const TlsContext>& tls() const { return tls_; }
  void SetReader(Reader* reader) { reader_ = reader; }
  void Read() {
    stream_->Read([this](absl::StatusOr<std::string_view> bytes) { reader_->OnRead(bytes); });
  }

 private:
  std::unique_ptr<Stream> stream_;
  std::shared_ptr<const TlsContext> tls_;  // That it was made with.
  Reader* reader_ = nullptr;
};

// The idle connections of one client, the latest used first.
class Pool : public std::enable_shared_from_this<Pool> {
 public:
  Pool(Loop& loop, HttpClientOptions options) : loop_(loop), options_(std::move(options)) {}

  Loop& loop() { return loop_; }
  const HttpClientOptions& options() const { return options_; }

  std::shared_ptr<const TlsContext> Tls() {
    return options_.rotating_tls != nullptr ? options_.rotating_tls->Current() : options_.tls;
  }

  std::unique_ptr<Conduit> Take(const std::shared_ptr<const TlsContext>& tls) {
    std::erase_if(idle_, [&](const Idle& idle) { return idle.conduit->tls() != tls; });
    if (idle_.empty()) return nullptr;
    std::unique_ptr<Conduit> conduit = std::move(idle_.front().conduit);
    idle_.pop_front();
    return conduit;
  }

  void Keep(std::unique_ptr<Conduit> conduit) {
    if (closed_) return;
    const auto it = idle_.emplace(idle_.begin(), *this, std::move(conduit));
    it->place = it;
    it->conduit->SetReader(&*it);
    it->expiry = loop_.After(options_.keep_idle, [this, it] { idle_.erase(it); });
    if (idle_.size() > kIdleMax) idle_.pop_back();
  }

  void Close() {
    closed_ = true;
    idle_.clear();
  }

 private:
  struct Idle final : Reader {
    Idle(Pool& owner, std::unique_ptr<Conduit> connection)
        : pool(owner), conduit(std::move(connection)) {}
    // Whatever comes on an idle connection, its end or bytes nobody asked for: it is of no use.
    void OnRead(absl::StatusOr<std::string_view>) override { pool.idle_.erase(place); }
    Pool& pool;
    std::unique_ptr<Conduit> conduit;
    Timer expiry;
    std::list<Idle>::iterator place;
  };

  Loop& loop_;
  HttpClientOptions options_;
  std::list<Idle> idle_;
  bool closed_ = false;
};

absl::Status Check(const HttpRequest& request, const HttpClientOptions& options) {
  if (!IsToken(request.method)) return engine::InvalidArgument("the method is not a token");
  for (const char c : request.target) {
    if (c <= 0x20 || c == 0x7F) {
      return engine::InvalidArgument("the target holds a space or a byte that is not ASCII");
    }
  }
  if (options.origin.tls != (options.tls != nullptr || options.rotating_tls != nullptr)) {
    return engine::InvalidArgument(options.origin.tls ? "https needs TLS options"
                                                      : "TLS options are given for http");
  }
  return CheckHeaders(request.headers);
}

std::string HeadText(const HttpRequest& request, const Url& origin) {
  const bool root = request.target.empty() || request.target.front() == '?';
  std::string out = engine::Cat(request.method, ' ', origin.path, root ? "/" : "", request.target,
                                " HTTP/1.1\r\nHost: ", origin.Authority(), "\r\n");
  AppendHeaderLines(out, request.headers);
  const std::string_view method = request.method;
  const bool carries = method == "POST" || method == "PUT" || method == "PATCH";
  if (request.body != nullptr || carries) {
    engine::Append(out, "Content-Length: ");
    engine::Append(out, request.body == nullptr ? 0 : request.body->size());
    engine::Append(out, "\r\n");
  }
  engine::Append(out, "\r\n");
  return out;
}

// What errors call the exchange. The query is left out: it may hold what should not be in a log.
std::string NameOf(const HttpRequest& request, const Url& origin) {
  return engine::Cat(request.method, ' ', origin.Text(),
                     std::string_view(request.target).substr(0, request.target.find('?')));
}

class Exchange final : public std::enable_shared_from_this<Exchange>,
                       public Reader,
                       public ResponseEvents {
 public:
  Exchange(std::shared_ptr<Pool> pool, HttpRequest request, HttpDeadlines deadlines,
           HttpCallbacks callbacks)
      : pool_(std::move(pool)),
        request_(std::move(request)),
        deadlines_(deadlines),
        callbacks_(std::move(callbacks)),
        deadline_(pool_->loop(), [this] { OnDeadline(); }) {}

  void Start() {
    if (ended_) return;
    if (const absl::Status status = Check(request_, pool_->options()); !status.ok()) {
      return End(status);
    }
    PlanPieces();
    tls_ = pool_->Tls();
    conduit_ = pool_->Take(tls_);
    reused_ = conduit_ != nullptr;
    if (!reused_) return Dial();
    conduit_->SetReader(this);
    Send();
  }

  // The caller lost interest. What the callbacks hold is let go as soon as none of them is running.
  void Cancel() {
    ended_ = true;
    LetGo();
    if (!calling_) const HttpCallbacks unused = std::exchange(callbacks_, {});
  }

 private:
  void PlanPieces() {
    std::string head = HeadText(request_, pool_->options().origin);
    const bool has_body = request_.body != nullptr && !request_.body->empty();
    const bool joined = has_body && request_.body->size() <= kSmallBody;
    if (joined) head += *request_.body;
    pieces_.push_back(std::make_shared<const std::string>(std::move(head)));
    if (has_body && !joined) pieces_.push_back(request_.body);
  }

  void Dial() {
    const HttpClientOptions& options = pool_->options();
    ConnectOptions where{options.origin.host, options.origin.port, tls_, deadlines_.connect};
    connecting_ = Connect(pool_->loop(), std::move(where),
                          [this](absl::StatusOr<std::unique_ptr<Stream>> stream) {
                            const auto self = shared_from_this();
                            OnConnected(std::move(stream));
                          });
  }

  void OnConnected(absl::StatusOr<std::unique_ptr<Stream>> stream) {
    connecting_.reset();
    if (!stream.ok()) return End(stream.status());
    conduit_ = std::make_unique<Conduit>(*std::move(stream), tls_);
    conduit_->SetReader(this);
    conduit_->Read();
    Send();
  }

  void Send() {
    piece_ = 0;
    offset_ = 0;
    parser_.emplace(*this, request_.method == "HEAD");
    deadline_.Set(deadlines_.idle);
    WriteNext();
  }

  void WriteNext() {
    conduit_->stream().WriteSome(pieces_[piece_], offset_, [this](absl::StatusOr<size_t> written) {
      const auto self = shared_from_this();
      OnWritten(written);
    });
  }

  void OnWritten(const absl::StatusOr<size_t>& written) {
    if (!written.ok()) {
      // The server does not listen any more, but it may have answered before: the read will tell.
      if (!head_seen_) deadline_.Set(deadlines_.head);
      return;
    }
    offset_ += *written;
    if (offset_ == pieces_[piece_]->size()) {
      offset_ = 0;
      ++piece_;
    }
    const bool waits_for_head = sent() && !head_seen_;
    deadline_.Set(waits_for_head ? deadlines_.head : deadlines_.idle);
    if (!sent()) WriteNext();
  }

  bool sent() const { return piece_ == pieces_.size(); }

  void OnRead(absl::StatusOr<std::string_view> bytes) override {
    const auto self = shared_from_this();
    if (!bytes.ok()) return OnCut(bytes.status());
    if (bytes->empty()) return OnEndOfStream();
    answered_ = true;
    if (head_seen_) deadline_.Set(deadlines_.idle);
    Consume(*bytes);
    if (!ended_) conduit_->Read();
  }

  void Consume(std::string_view bytes) {
    std::string joined;
    if (!unparsed_.empty()) {
      joined = std::exchange(unparsed_, {});
      joined += bytes;
      bytes = joined;
    }
    while (!bytes.empty() && !ended_) {
      error_code error;
      bytes.remove_prefix(
          parser_->put(boost::asio::const_buffer(bytes.data(), bytes.size()), error));
      if (ended_) return;
      if (error == http::error::need_more) break;
      if (error) return End(engine::Internal("the answer is not valid HTTP: ", error.message()));
      if (parser_->is_done()) OnMessage(bytes);
    }
    unparsed_ = bytes;
  }

  void OnMessage(std::string_view left) {
    if (parser_->interim()) {
      parser_.emplace(*this, request_.method == "HEAD");
      return;
    }
    const bool reusable =
        sent() && left.empty() && parser_->keep_alive() && parser_->status() != 101;
    if (reusable) {
      conduit_->Read();
      pool_->Keep(std::move(conduit_));
    }
    End(absl::OkStatus());
  }

  void OnEndOfStream() {
    if (!head_seen_ || !parser_->need_eof()) {
      return OnCut(engine::Unavailable("the server closed the connection"));
    }
    End(absl::OkStatus());  // Neither a length nor chunks: the body goes on to the end.
  }

  void OnCut(const absl::Status& why) {
    if (head_seen_) {
      return End(absl::DataLossError(
          engine::ToAbsl(engine::Cat("the answer's body was cut: ", engine::MessageOf(why)))));
    }
    if (!reused_ || answered_) {
      return End(engine::Unavailable("no answer: ", engine::MessageOf(why)));
    }
    // The server closed the idle connection just as the request was sent.
    reused_ = false;
    conduit_.reset();
    deadline_.Clear();
    Dial();
  }

  void OnDeadline() {
    const auto self = shared_from_this();
    const std::string_view where = head_seen_ ? "inside the answer's body"
                                   : sent()   ? "before the answer's head"
                                              : "while sending the request";
    const absl::Duration limit = sent() && !head_seen_ ? deadlines_.head : deadlines_.idle;
    End(absl::DeadlineExceededError(
        engine::ToAbsl(engine::Cat("silence of ", absl::FormatDuration(limit), ' ', where))));
  }

  bool OnHead(HttpHead head) override {
    head_seen_ = true;
    deadline_.Set(deadlines_.idle);
    if (!callbacks_.on_head) return true;
    calling_ = true;
    callbacks_.on_head(head);
    return Returned();
  }

  bool OnBody(std::string_view piece) override {
    if (!callbacks_.on_body) return true;
    calling_ = true;
    callbacks_.on_body(piece);
    return Returned();
  }

  bool Returned() {
    calling_ = false;
    if (ended_) const HttpCallbacks unused = std::exchange(callbacks_, {});
    return !ended_;
  }

  void End(const absl::Status& status) {
    ended_ = true;
    LetGo();
    HttpCallbacks callbacks = std::exchange(callbacks_, {});
    if (callbacks.on_done) {
      callbacks.on_done(engine::Annotate(status, NameOf(request_, pool_->options().origin)));
    }
  }

  void LetGo() {
    connecting_.reset();
    conduit_.reset();
    deadline_.Clear();
  }

  std::shared_ptr<Pool> pool_;
  HttpRequest request_;
  HttpDeadlines deadlines_;
  HttpCallbacks callbacks_;
  Deadline deadline_;
  std::shared_ptr<const TlsContext> tls_;
  std::unique_ptr<Connecting> connecting_;
  std::unique_ptr<Conduit> conduit_;
  std::vector<std::shared_ptr<const std::string>> pieces_;  // Head, then body, as they are written.
  size_t piece_ = 0, offset_ = 0;                           // How far they were.
  std::optional<ResponseParser> parser_;
  std::string unparsed_;   // Bytes that make sense only with those that follow.
  bool reused_ = false;    // The connection had served another exchange.
  bool answered_ = false;  // Something of the answer has arrived.
  bool head_seen_ = false;
  bool ended_ = false;
  bool calling_ = false;  // One of the caller's callbacks runs right now.
};

class ExchangeCall final : public HttpCall {
 public:
  explicit ExchangeCall(std::shared_ptr<Exchange> exchange) : exchange_(std::move(exchange)) {}
  ~ExchangeCall() override { exchange_->Cancel(); }

 private:
  std::shared_ptr<Exchange> exchange_;
};

class PooledClient final : public HttpClient {
 public:
  PooledClient(Loop& loop, HttpClientOptions options)
      : pool_(std::make_shared<Pool>(loop, std::move(options))) {}
  ~PooledClient() override { pool_->Close(); }

  std::unique_ptr<HttpCall> Fetch(HttpRequest request, HttpDeadlines deadlines,
                                  HttpCallbacks callbacks) override {
    auto exchange =
        std::make_shared<Exchange>(pool_, std::move(request), deadlines, std::move(callbacks));
    pool_->loop().Post([exchange] { exchange->Start(); });
    return std::make_unique<ExchangeCall>(std::move(exchange));
  }

 private:
  std::shared_ptr<Pool> pool_;
};

}  // namespace

absl::StatusOr<HttpHead> ParseResponseHead(std::string_view head) {
  struct OnlyHead final : ResponseEvents {
    bool OnHead(HttpHead parsed) override {
      head = std::move(parsed);
      return true;
    }
    bool OnBody(std::string_view) override { return false; }
    HttpHead head;
  } events;
  ResponseParser parser(events, /*to_head=*/true);
  error_code error;
  parser.put(boost::asio::const_buffer(head.data(), head.size()), error);
  if (error || events.head.status == 0) {
    return engine::InvalidArgument("the answer's head is not HTTP/1.1");
  }
  return std::move(events.head);
}

std::unique_ptr<HttpClient> NewHttpClient(Loop& loop, HttpClientOptions options) {
  return std::make_unique<PooledClient>(loop, std::move(options));
}

}  // namespace io
