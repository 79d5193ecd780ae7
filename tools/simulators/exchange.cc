#include "tools/simulators/exchange.h"

#include <algorithm>

#include "engine/text.h"

namespace simulators {
namespace {

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  char lower = static_cast<char>(c | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

}  // namespace

Answer JsonAnswer(int status, const Json& body) {
  Answer answer;
  answer.status = status;
  answer.headers.Add("Content-Type", "application/json; charset=utf-8");
  answer.body = DumpJson(body);
  return answer;
}

Answer NginxAnswer(int status, std::string_view reason) {
  Answer answer;
  answer.status = status;
  answer.headers.Add("Content-Type", "text/html; charset=UTF-8");
  std::string title = engine::Cat(status, " ", reason);
  answer.body =
      engine::Cat("<html>\r\n<head><title>", title, "</title></head>\r\n<body>\r\n<center><h1>",
                  title, "</h1></center>\r\n</body>\r\n</html>\r\n");
  return answer;
}

void Send(io::HttpResponder& responder, Answer answer) {
  responder.Respond(answer.status, std::move(answer.headers), std::move(answer.body));
}

void SendTruncated(io::HttpResponder& responder, Answer answer) {
  responder.Begin(answer.status, std::move(answer.headers));
  responder.Write(answer.body.substr(0, answer.body.size() / 2));
  responder.Abort();
}

std::string DecodePercent(std::string_view text, bool plus_is_space) {
  std::string out;
  for (size_t at = 0; at < text.size(); ++at) {
    bool encoded = text[at] == '%' && at + 2 < text.size() && HexDigit(text[at + 1]) >= 0 &&
                   HexDigit(text[at + 2]) >= 0;
    if (encoded) {
      out += static_cast<char>(HexDigit(text[at + 1]) * 16 + HexDigit(text[at + 2]));
      at += 2;
    } else {
      out += plus_is_space && text[at] == '+' ? ' ' : text[at];
    }
  }
  return out;
}

Query ParseQuery(std::string_view query) {
  Query out;
  if (query.empty()) return out;
  for (std::string_view part : engine::Split(query, '&')) {
    size_t equals = part.find('=');
    std::string_view value = equals == part.npos ? "" : part.substr(equals + 1);
    out.emplace_back(DecodePercent(part.substr(0, equals), true), DecodePercent(value, true));
  }
  return out;
}

std::string_view Find(const Query& query, std::string_view name) {
  for (const auto& [key, value] : query) {
    if (key == name) return value;
  }
  return {};
}

bool Has(const Query& query, std::string_view name) {
  return std::any_of(query.begin(), query.end(),
                     [&](const auto& one) { return one.first == name; });
}

std::string MediaType(const io::Headers& headers, std::string_view name) {
  std::string_view value = headers.Find(name);
  return engine::Lower(engine::Trim(value.substr(0, value.find(';'))));
}

void Delays::After(absl::Duration delay, absl::AnyInvocable<void()> then) {
  std::erase_if(pending_, [](const Pending& one) { return *one.state == State::kDone; });
  if (delay <= absl::ZeroDuration()) return then();
  auto state = std::make_shared<State>(State::kWaiting);
  io::Timer timer = clock_.After(delay, [state, call = std::move(then)]() mutable {
    *state = State::kRunning;
    call();
    *state = State::kDone;
  });
  pending_.push_back({std::move(timer), std::move(state)});
}

void Delays::Clear() {
  std::erase_if(pending_, [](const Pending& one) { return *one.state == State::kWaiting; });
}

}  // namespace simulators
