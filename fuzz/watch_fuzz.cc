// Oracle: whatever an API server answers to lists and watches, and however the bytes are cut into
// pieces, a reflector says the same, and has one request under way or waits. Input: a byte for how
// it lists, then a line for each answer: its status, how it ends and its body, where | ends a line.
#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <vector>

#include "engine/assert.h"
#include "engine/text.h"
#include "fuzz/bytes.h"
#include "io/log.h"
#include "k8s/reflector.h"
#include "k8s/service.h"
#include "tests/k8s/fake_world.h"

namespace {

using engine::Cat;

std::vector<std::string> Run(fuzz::Bytes bytes, size_t piece) {
  std::vector<std::string> said;
  k8s::FakeClock clock;
  k8s::FakeHttp http;
  k8s::ApiClient api(http, clock, {}, "kdelta");
  k8s::ReflectorScope scope;
  scope.plan.type = k8s::Service::kType;
  scope.plan.streaming = bytes.Next() % 2 != 0;
  k8s::Changes<k8s::Service> changes;
  changes.replace = [&](std::vector<k8s::Service> rows) {
    said.push_back("=");
    for (const k8s::Service& row : rows) said.back() += Cat(' ', row.meta.id.Text());
  };
  changes.set = [&](const k8s::Service& row) { said.push_back(Cat("+ ", row.meta.id.Text())); };
  changes.erase = [&](const k8s::NamespacedName& key) { said.push_back(Cat("- ", key.Text())); };
  changes.bad = [&](const k8s::BadObject& bad) {
    said.push_back(Cat("! ", engine::MessageOf(bad.why)));
  };
  changes.changed = [] {};
  k8s::Reflector<k8s::Service> reflector(api, clock, scope, {}, std::move(changes));
  reflector.Start();
  for (int left = 32; left > 0 && !bytes.empty(); --left) {
    for (int waits = 0; http.open() == 0 && waits < 30; ++waits) clock.Advance(absl::Minutes(1));
    CHECK(http.open() == 1, "a reflector has not one request under way");
    const auto exchange = http.all.back();
    std::string body(bytes.Line());
    const int status = std::array{200, 200, 400, 403, 404, 410, 422, 429, 500, 503}
        [body.empty() ? 0 : static_cast<unsigned char>(body[0]) % 10];
    const bool whole = body.size() < 2 || body[1] != 'x';
    body.erase(0, 2);
    std::replace(body.begin(), body.end(), '|', '\n');
    exchange->Head(status);
    for (size_t at = 0; at < body.size(); at += piece)
      exchange->Body(std::string_view(body).substr(at, piece));
    exchange->Done(whole ? absl::OkStatus() : absl::UnavailableError("reset"));
    said.push_back(Cat(reflector.state().synced() ? "synced" : "not synced"));
  }
  return said;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const bool quiet = (io::SetLog(io::LogLevel::kError, io::LogFormat::kJson), true);
  (void)quiet;
  const fuzz::Bytes bytes(data, size);
  const std::vector<std::string> whole = Run(bytes, size + 1);
  for (const size_t piece : {size_t{1}, size_t{5}})
    CHECK(Run(bytes, piece) == whole, "it matters how the bytes arrive");
  return 0;
}
