#include "io/websocket_handshake.h"

#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/sha.h>

#include <algorithm>
#include <array>

#include "engine/assert.h"
#include "engine/text.h"
#include "io/url.h"

namespace io {
namespace {

constexpr std::string_view kGuid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
constexpr size_t kKeyBytes = 16, kKeyLetters = 24;

template <size_t N>
std::string Base64(const std::array<unsigned char, N>& bytes) {
  std::array<unsigned char, (N + 2) / 3 * 4 + 1> text;
  const int size = EVP_EncodeBlock(text.data(), bytes.data(), N);
  return std::string(text.data(), text.data() + size);
}

// Whether a header that is a list holds the word.
bool Holds(std::string_view list, std::string_view word) {
  const auto words = engine::Split(list, ',');
  return std::any_of(words.begin(), words.end(), [word](std::string_view one) {
    return engine::EqualIgnoringCase(engine::Trim(one), word);
  });
}

bool IsKey(std::string_view key) {
  std::array<unsigned char, kKeyLetters> bytes;
  return key.size() == kKeyLetters && key.ends_with("==") &&
         EVP_DecodeBlock(bytes.data(), reinterpret_cast<const unsigned char*>(key.data()),
                         kKeyLetters) == kKeyBytes + 2;
}

std::string_view Phrase(int status) {
  switch (status) {
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 426:
      return "Upgrade Required";
    case 503:
      return "Service Unavailable";
    default:
      return "Refused";
  }
}

}  // namespace

std::string NewWebSocketKey() {
  std::array<unsigned char, kKeyBytes> bytes;
  CHECK(RAND_bytes(bytes.data(), kKeyBytes) == 1, "the system has no randomness");
  return Base64(bytes);
}

std::string AcceptKey(std::string_view key) {
  const std::string text = engine::Cat(key, kGuid);
  std::array<unsigned char, SHA_DIGEST_LENGTH> digest;
  SHA1(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data());
  return Base64(digest);
}

std::string UpgradeRequest(const WebSocketConnectOptions& options, std::string_view key) {
  const Url origin{options.tls != nullptr, options.host, options.port, ""};
  std::string out = engine::Cat("GET ", options.target, " HTTP/1.1\r\nHost: ", origin.Authority(),
                                "\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                                "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ",
                                key, "\r\n");
  if (!options.protocol.empty()) {
    engine::Append(out, engine::Cat("Sec-WebSocket-Protocol: ", options.protocol, "\r\n"));
  }
  AppendHeaderLines(out, options.headers);
  out += "\r\n";
  return out;
}

absl::Status CheckUpgradeAnswer(const HttpHead& head, std::string_view key,
                                std::string_view protocol) {
  if (head.status != 101) {
    return engine::Unavailable("the server refused the WebSocket with status ", head.status);
  }
  if (!Holds(head.headers.Find("Connection"), "upgrade") ||
      !Holds(head.headers.Find("Upgrade"), "websocket") ||
      head.headers.Find("Sec-WebSocket-Accept") != AcceptKey(key)) {
    return engine::InvalidArgument("the server's answer does not open a WebSocket");
  }
  if (!head.headers.Find("Sec-WebSocket-Extensions").empty()) {
    return engine::InvalidArgument("the server chose a WebSocket extension that was not offered");
  }
  if (head.headers.Find("Sec-WebSocket-Protocol") != protocol) {
    return engine::InvalidArgument("the server does not speak the WebSocket protocol \"", protocol,
                                   "\"");
  }
  return absl::OkStatus();
}

absl::Status CheckUpgradeRequest(const HttpServerRequest& request) {
  if (request.method != "GET" || !Holds(request.headers.Find("Connection"), "upgrade") ||
      !Holds(request.headers.Find("Upgrade"), "websocket")) {
    return engine::InvalidArgument("this port only speaks WebSocket");
  }
  if (request.headers.Find("Sec-WebSocket-Version") != "13") {
    return engine::InvalidArgument("only version 13 of WebSocket is spoken");
  }
  if (!IsKey(request.headers.Find("Sec-WebSocket-Key"))) {
    return engine::InvalidArgument("Sec-WebSocket-Key is not 16 bytes of base64");
  }
  return absl::OkStatus();
}

std::string UpgradeAnswer(std::string_view key, std::string_view protocol) {
  std::string out = engine::Cat(
      "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
      "Sec-WebSocket-Accept: ",
      AcceptKey(key), "\r\n");
  if (!protocol.empty()) {
    engine::Append(out, engine::Cat("Sec-WebSocket-Protocol: ", protocol, "\r\n"));
  }
  out += "\r\n";
  return out;
}

std::string Refusal(int status, std::string_view body) {
  return engine::Cat("HTTP/1.1 ", status, ' ', Phrase(status),
                     "\r\nConnection: close\r\nSec-WebSocket-Version: 13\r\n"
                     "Content-Type: text/plain\r\nContent-Length: ",
                     body.size(), "\r\n\r\n", body);
}

}  // namespace io
