// A session reads requests from one connection and answers them in turn. Its responder holds it by
// a shared pointer, so an answer may come long after; the session's stream is gone once it is
// closed, and what the responder says then is dropped. No socket is seen here, only Streams.
#include "io/http_server.h"

#include <algorithm>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/status.hpp>
#include <charconv>
#include <deque>
#include <unordered_set>
#include <utility>

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

constexpr uint32_t kHeadBytesMax = 64 << 10;
constexpr size_t kAheadBytesMax = 256 << 10;  // Of requests that wait for the one being answered.
constexpr size_t kMergeBytes = 64 << 10;      // Small pieces that wait are sent as one.
constexpr absl::Duration kLinger = absl::Seconds(2);

std::string_view FromBeast(BeastView text) { return {text.data(), text.size()}; }

class RequestParser final : public http::basic_parser<true> {
 public:
  explicit RequestParser(uint64_t max_body_bytes) {
    eager(true);
    header_limit(kHeadBytesMax);
    body_limit(max_body_bytes);
  }
  HttpServerRequest& request() { return request_; }
  int version() const { return version_; }
  bool keeps() const { return version_ == 11 && keep_alive(); }
  // True once for a request whose sender wants to be told before it sends its body.
  bool TakeExpectation() { return std::exchange(expects_, false); }

 private:
  void on_request_impl(http::verb, BeastView method, BeastView target, int version,
                       error_code&) override {
    version_ = version;
    const std::string_view whole = FromBeast(target);
    const size_t mark = whole.find('?');
    request_.method = method;
    request_.path = whole.substr(0, mark);
    if (mark != std::string_view::npos) request_.query = whole.substr(mark + 1);
  }
  void on_response_impl(int, BeastView, int, error_code&) override {}
  void on_field_impl(http::field, BeastView name, BeastView value, error_code&) override {
    request_.headers.Add(std::string(name), std::string(value));
  }
  void on_header_impl(error_code&) override {
    expects_ = engine::EqualIgnoringCase(request_.headers.Find("Expect"), "100-continue");
  }
  void on_body_init_impl(const boost::optional<uint64_t>& length, error_code&) override {
    // A length is a claim until the bytes are there.
    if (length) request_.body.reserve(std::min<uint64_t>(*length, 1 << 20));
  }
  size_t on_body_impl(BeastView piece, error_code&) override {
    request_.body.append(piece.data(), piece.size());
    return piece.size();
  }
  void on_chunk_header_impl(uint64_t, BeastView, error_code&) override {}
  size_t on_chunk_body_impl(uint64_t, BeastView piece, error_code&) override {
    request_.body.append(piece.data(), piece.size());
    return piece.size();
  }
  void on_finish_impl(error_code&) override {}

  HttpServerRequest request_;
  int version_ = 11;
  bool expects_ = false;
};

// What the sessions share and the server ends.
struct Shared {
  Loop& loop;
  uint64_t max_body_bytes;
  absl::Duration idle;
  HttpServer::Handler handler;
  std::unordered_set<std::shared_ptr<class Session>> sessions = {};
  bool ended = false;  // The server is gone, and so may be those who wait for a close.
};

class Session final : public std::enable_shared_from_this<Session> {
 public:
  Session(std::shared_ptr<Shared> shared, std::unique_ptr<Stream> stream)
      : shared_(std::move(shared)),
        stream_(std::move(stream)),
        parser_(NewParser()),
        deadline_(shared_->loop, [this] {
          const auto self = shared_from_this();
          Close();
        }) {}

  void Start() {
    deadline_.Set(shared_->idle);
    Read();
  }

  // Ends the connection at once; who waits for its end is told on the next turn of the loop.
  void Close() {
    if (stream_ == nullptr) return;
    stream_.reset();
    deadline_.Clear();
    queue_.clear();
    queued_ = 0;
    shared_->sessions.erase(shared_from_this());
    TellClosed();
  }

  bool open() const { return stream_ != nullptr; }
  size_t queued_bytes() const { return queued_; }

  void Reset() {
    if (stream_ != nullptr) stream_->Reset();
    Close();
  }

  // Queues the head of the answer; `length` is nullopt for a chunked stream.
  void SendHead(int status, const Headers& headers, std::optional<size_t> length) {
    if (!open()) return;
    const bool bare = status == 204 || status == 304 || status / 100 == 1;
    chunked_ = !length && !bare && version_ == 11;
    keep_ = keep_ && (length || bare || chunked_);
    silent_ = bare || to_head_;
    std::string head = engine::Cat(
        "HTTP/1.1 ", status, ' ',
        FromBeast(http::obsolete_reason(http::int_to_status(static_cast<unsigned>(status)))),
        "\r\n");
    const absl::Status checked = CheckHeaders(headers);
    CHECK(checked.ok(), engine::MessageOf(checked));
    AppendHeaderLines(head, headers);
    if (length && !bare) engine::Append(head, engine::Cat("Content-Length: ", *length, "\r\n"));
    if (chunked_) engine::Append(head, "Transfer-Encoding: chunked\r\n");
    if (!keep_) engine::Append(head, "Connection: close\r\n");
    engine::Append(head, "\r\n");
    Queue(std::move(head));
  }

  void SendPiece(std::string piece) {
    if (!open() || silent_ || piece.empty()) return;
    if (!chunked_) return Queue(std::move(piece));
    char size[20];
    const char* end = std::to_chars(size, size + sizeof size, piece.size(), 16).ptr;
    Queue(engine::Cat(std::string_view(size, static_cast<size_t>(end - size)), "\r\n"));
    Queue(std::move(piece));
    Queue("\r\n");
  }

  // The answer is complete: the next request may be read.
  void SendEnd() {
    if (!open()) return;
    if (chunked_ && !silent_) Queue("0\r\n\r\n");
    on_closed_ = nullptr;
    answering_ = false;
    if (!keep_) closing_ = true;
    if (!writing_) return AfterWrites();
    if (keep_) Resume();
  }

  void OnClosed(absl::AnyInvocable<void()> then) {
    on_closed_ = std::move(then);
    if (!open() || peer_ended_) TellClosed();
  }

 private:
  std::unique_ptr<RequestParser> NewParser() const {
    return std::make_unique<RequestParser>(shared_->max_body_bytes);
  }

  void TellClosed() {
    if (!on_closed_) return;
    shared_->loop.Post([self = shared_from_this()] {
      // An End that came meanwhile has taken the call back.
      if (self->on_closed_ && !self->shared_->ended) std::exchange(self->on_closed_, nullptr)();
    });
  }

  void Read() {
    reading_ = true;
    stream_->Read([this](absl::StatusOr<std::string_view> bytes) {
      const auto self = shared_from_this();
      reading_ = false;
      OnRead(bytes);
    });
  }

  void OnRead(const absl::StatusOr<std::string_view>& bytes) {
    if (!bytes.ok()) return Close();
    if (bytes->empty()) return OnPeerEnded();
    if (!closing_) {
      arrived_ += *bytes;
      Resume();
    }
    ReadOn();
  }

  void ReadOn() {
    if (open() && !reading_ && !peer_ended_ && arrived_.size() < kAheadBytesMax) Read();
  }

  // The peer sends nothing more. It may still read, so an answer that is under way is sent.
  void OnPeerEnded() {
    peer_ended_ = true;
    if (!answering_ && !writing_) return Close();
    TellClosed();
  }

  // Parses what has arrived, unless a request is being answered. A handler that answers from within
  // its call comes back here, which the outer loop then continues.
  void Resume() {
    if (resuming_) return;
    resuming_ = true;
    while (open() && !answering_ && !closing_ && !arrived_.empty() && Parse()) {
    }
    resuming_ = false;
    ReadOn();
  }

  // False if more bytes are needed.
  bool Parse() {
    error_code error;
    const size_t used =
        parser_->put(boost::asio::const_buffer(arrived_.data(), arrived_.size()), error);
    arrived_.erase(0, used);
    if (error == http::error::need_more) error = {};
    if (error) return Refuse(error), true;
    deadline_.Set(shared_->idle);
    if (parser_->is_done()) return Dispatch(), true;
    if (parser_->is_header_done() && parser_->TakeExpectation()) {
      Queue("HTTP/1.1 100 Continue\r\n\r\n");
    }
    return used > 0;
  }

  void Refuse(error_code error) {
    const int status = error == http::error::body_limit     ? 413
                       : error == http::error::header_limit ? 431
                                                            : 400;
    keep_ = false;
    to_head_ = false;
    answering_ = true;
    Headers headers;
    headers.Add("Content-Type", "text/plain");
    std::string body = engine::Cat(error.message(), "\n");
    SendHead(status, headers, body.size());
    Queue(std::move(body));
    SendEnd();
  }

  void Dispatch();

  void Queue(std::string piece) {
    queued_ += piece.size();
    // The front may be under way and must not change.
    const bool joins = queue_.size() > 1 && queue_.back()->size() + piece.size() <= kMergeBytes;
    if (joins) {
      *queue_.back() += piece;
    } else {
      queue_.push_back(std::make_shared<std::string>(std::move(piece)));
    }
    if (!writing_) Write();
  }

  void Write() {
    if (!writing_) deadline_.Set(shared_->idle);
    writing_ = true;
    stream_->WriteSome(queue_.front(), offset_, [this](absl::StatusOr<size_t> written) {
      const auto self = shared_from_this();
      OnWritten(written);
    });
  }

  void OnWritten(const absl::StatusOr<size_t>& written) {
    if (!written.ok()) return Close();
    deadline_.Set(shared_->idle);
    offset_ += *written;
    queued_ -= *written;
    if (offset_ == queue_.front()->size()) {
      queue_.pop_front();
      offset_ = 0;
    }
    if (!queue_.empty()) return Write();
    writing_ = false;
    AfterWrites();
  }

  void AfterWrites() {
    if (answering_) return deadline_.Clear();  // The handler may take its time.
    if (!closing_) Resume();  // Which may close the session, or answer the next request.
    if (!open() || answering_ || writing_) return;
    if (peer_ended_) return Close();
    if (!closing_) return;
    // Closing with unread bytes would reset the connection and could take the answer with it.
    stream_->Finish();
    deadline_.Set(kLinger);
    arrived_.clear();
    ReadOn();
  }

  std::shared_ptr<Shared> shared_;
  std::unique_ptr<Stream> stream_;  // Null once closed.
  std::unique_ptr<RequestParser> parser_;
  Deadline deadline_;  // Silence between and inside requests, and of a peer that does not read.
  std::string arrived_;
  std::deque<std::shared_ptr<std::string>> queue_;
  size_t offset_ = 0;  // Of the front of the queue.
  size_t queued_ = 0;
  absl::AnyInvocable<void()> on_closed_;
  int version_ = 11;
  bool to_head_ = false;  // The request was HEAD.
  bool keep_ = true;      // The connection goes on after the answer.
  bool chunked_ = false;
  bool silent_ = false;     // The answer has no body.
  bool answering_ = false;  // A request was handed out and is not yet answered.
  bool closing_ = false;    // The last answer is complete.
  bool reading_ = false;
  bool writing_ = false;
  bool resuming_ = false;
  bool peer_ended_ = false;
};

class SessionResponder final : public HttpResponder {
 public:
  explicit SessionResponder(std::shared_ptr<Session> session) : session_(std::move(session)) {}
  ~SessionResponder() override {
    if (state_ != State::kEnded) session_->Close();
  }

  void Respond(int status, Headers headers, std::string body) override {
    Step(State::kFresh, State::kEnded);
    session_->SendHead(status, headers, body.size());
    session_->SendPiece(std::move(body));
    session_->SendEnd();
  }
  void Begin(int status, Headers headers) override {
    Step(State::kFresh, State::kBegun);
    session_->SendHead(status, headers, std::nullopt);
  }
  void Write(std::string piece) override {
    Step(State::kBegun, State::kBegun);
    session_->SendPiece(std::move(piece));
  }
  void End() override {
    Step(State::kBegun, State::kEnded);
    session_->SendEnd();
  }
  void Abort() override {
    if (std::exchange(state_, State::kEnded) != State::kEnded) session_->Reset();
  }
  size_t queued_bytes() const override { return session_->queued_bytes(); }
  void OnClosed(absl::AnyInvocable<void()> then) override {
    if (state_ != State::kEnded) session_->OnClosed(std::move(then));
  }

 private:
  enum class State { kFresh, kBegun, kEnded };
  void Step(State from, State to) {
    CHECK(state_ == from, "an answer is either Respond, or Begin, Write and End in this order");
    state_ = to;
  }
  std::shared_ptr<Session> session_;
  State state_ = State::kFresh;
};

void Session::Dispatch() {
  HttpServerRequest request = std::move(parser_->request());
  version_ = parser_->version();
  keep_ = parser_->keeps();
  to_head_ = request.method == "HEAD";
  answering_ = true;
  parser_ = NewParser();
  if (!writing_) deadline_.Clear();
  const std::shared_ptr<Shared> shared = shared_;  // The handler may end the server.
  shared->handler(std::move(request), std::make_unique<SessionResponder>(shared_from_this()));
}

class ListeningServer final : public HttpServer {
 public:
  explicit ListeningServer(std::shared_ptr<Shared> shared) : shared_(std::move(shared)) {}
  ~ListeningServer() override {
    listener_.reset();
    shared_->ended = true;
    CloseConnections();
  }

  absl::Status Open(const HttpServerOptions& options) {
    auto listener = ListenForStreams(shared_->loop, {options.address, options.port, options.tls},
                                     [shared = shared_](std::unique_ptr<Stream> stream) {
                                       auto session =
                                           std::make_shared<Session>(shared, std::move(stream));
                                       shared->sessions.insert(session);
                                       session->Start();
                                     });
    if (!listener.ok()) return listener.status();
    listener_ = *std::move(listener);
    return absl::OkStatus();
  }

  uint16_t port() const override { return listener_->port(); }

  void CloseConnections() override {
    const auto sessions = shared_->sessions;
    for (const auto& session : sessions) session->Close();
  }

 private:
  std::shared_ptr<Shared> shared_;
  std::unique_ptr<Listener> listener_;
};

}  // namespace

std::optional<std::string> HttpServerRequest::Parameter(std::string_view name) const {
  for (const std::string_view pair : engine::Split(query, '&')) {
    const size_t equals = std::min(pair.find('='), pair.size());
    if (DecodePercent(pair.substr(0, equals), /*plus_is_space=*/true) != name || pair.empty())
      continue;
    return DecodePercent(pair.substr(std::min(equals + 1, pair.size())), /*plus_is_space=*/true);
  }
  return std::nullopt;
}

absl::StatusOr<HttpServerRequest> ParseRequestHead(std::string_view head) {
  RequestParser parser(/*max_body_bytes=*/0);
  parser.eager(false);
  error_code error;
  parser.put(boost::asio::const_buffer(head.data(), head.size()), error);
  if (error || !parser.is_header_done() || parser.version() != 11) {
    return engine::InvalidArgument("the request's head is not HTTP/1.1");
  }
  return std::move(parser.request());
}

absl::StatusOr<std::unique_ptr<HttpServer>> HttpServer::Listen(Loop& loop,
                                                               HttpServerOptions options,
                                                               Handler handler) {
  auto shared = std::make_shared<Shared>(
      Shared{loop, options.max_body_bytes, options.idle, std::move(handler)});
  auto server = std::make_unique<ListeningServer>(std::move(shared));
  if (absl::Status status = server->Open(options); !status.ok()) return status;
  return server;
}

}  // namespace io
