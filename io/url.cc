#include "io/url.h"

#include <algorithm>
#include <optional>

#include "engine/status_macros.h"
#include "engine/text.h"

namespace io {
namespace {

constexpr uint16_t DefaultPort(bool tls) { return tls ? 443 : 80; }

// Errors call the text by its host at most: what stands before an @ may be a password.
absl::Status Bad(std::string_view why) {
  return engine::InvalidArgument("the URL ", why, " (expected http[s]://host[:port][/path])");
}

std::string Bracketed(const std::string& host) {
  return host.find(':') == std::string::npos ? host : engine::Cat('[', host, ']');
}

bool IsPrintable(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7F; });
}

absl::Status ParseScheme(std::string_view& text, Url& url) {
  const size_t end = text.find("://");
  if (end == std::string_view::npos) return Bad("has no scheme");
  const std::string_view scheme = text.substr(0, end);
  url.tls = engine::EqualIgnoringCase(scheme, "https");
  if (!url.tls && !engine::EqualIgnoringCase(scheme, "http"))
    return Bad("is neither http nor https");
  text.remove_prefix(end + 3);
  return absl::OkStatus();
}

absl::Status ParsePort(std::string_view text, Url& url) {
  const std::optional<int64_t> port = engine::ParseInt(text);
  if (!port || *port < 1 || *port > 65535 || text.front() == '+') {
    return Bad("has a port that is not a number from 1 to 65535");
  }
  url.port = static_cast<uint16_t>(*port);
  return absl::OkStatus();
}

absl::Status ParseAuthority(std::string_view text, Url& url) {
  size_t end = text.find(':');
  if (text.starts_with('[')) {
    end = text.find(']');
    if (end == std::string_view::npos) return Bad("has a bracket that is not closed");
    url.host = text.substr(1, end - 1);
    ++end;
    if (url.host.find(':') == std::string::npos) return Bad("has brackets without an IPv6 address");
  } else {
    url.host = text.substr(0, end);
  }
  if (url.host.empty()) return Bad("has no host");
  if (url.host.find_first_of("[]%\"<>\\^`{|}") != std::string::npos) return Bad("has a bad host");
  url.port = DefaultPort(url.tls);
  if (end >= text.size()) return absl::OkStatus();
  if (text[end] != ':') return Bad("has something between host and port");
  return ParsePort(text.substr(end + 1), url);
}

std::optional<int> HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return std::nullopt;
}

}  // namespace

std::string Url::Text() const {
  return engine::Cat(tls ? "https://" : "http://", Bracketed(host), ':', port, path);
}

std::string Url::Authority() const {
  if (port == DefaultPort(tls)) return Bracketed(host);
  return engine::Cat(Bracketed(host), ':', port);
}

absl::StatusOr<Url> Url::Parse(std::string_view text) {
  Url url;
  if (!IsPrintable(text)) return Bad("has white space or bytes that are not ASCII");
  RETURN_IF_ERROR(ParseScheme(text, url));
  if (text.find_first_of("?#") != std::string_view::npos) return Bad("has a query or a fragment");
  const size_t slash = std::min(text.find('/'), text.size());
  const std::string_view authority = text.substr(0, slash);
  if (authority.find('@') != std::string_view::npos) return Bad("has user information");
  RETURN_IF_ERROR(ParseAuthority(authority, url));
  text.remove_prefix(slash);
  while (text.ends_with('/')) text.remove_suffix(1);
  url.path = text;
  return url;
}

std::string DecodePercent(std::string_view text, bool plus_is_space) {
  std::string out;
  out.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    const bool escape = text[i] == '%' && text.size() - i > 2;
    const std::optional<int> high = escape ? HexDigit(text[i + 1]) : std::nullopt;
    const std::optional<int> low = escape ? HexDigit(text[i + 2]) : std::nullopt;
    if (high && low) {
      out += static_cast<char>(*high << 4 | *low);
      i += 2;
    } else {
      out += plus_is_space && text[i] == '+' ? ' ' : text[i];
    }
  }
  return out;
}

}  // namespace io
