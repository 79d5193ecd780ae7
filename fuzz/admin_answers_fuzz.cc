// Oracle: whatever an Admin API answers, a gateway is identified or not, an error never shows what
// is no message, and the reader of a database ends once, with rows of ours alone. Input: a letter
// for what is asked, then the body; of a database, a line with status and body for each answer.
#include <string>
#include <vector>

#include "engine/assert.h"
#include "engine/text.h"
#include "fuzz/bytes.h"
#include "kong/database/database_reader.h"
#include "kong/gateway_identity.h"
#include "kong/json_tree.h"
#include "kong/refusal.h"
#include "tests/io/fake_clock.h"
#include "tests/io/fake_network.h"

namespace {

using engine::Cat;

void Identify(std::string_view body) {
  const auto identity = kong::ReadIdentity(body);
  if (!identity.ok()) return;
  kong::GatewayIdentity again;
  CHECK(kong::ReadGatewayVersion(identity->version, again) && again.major == identity->major &&
            again.minor == identity->minor && again.patch == identity->patch,
        "a version reads as another");
  CHECK(identity->SameKind(*identity), "a gateway is not of its own kind");
  if (kong::CheckFit(*identity).ok())
    CHECK(identity->database == "off" && identity->major >= 3, "who cannot be configured fits");
}

void CheckRow(const kong::FoundRow& row) {
  const auto tree = kong::ParseJson(row.json);
  CHECK(tree && tree->is_object(), "a row is no object");
  if (row.kind == kong::EntityKind::kConsumerGroupConsumer) return;
  CHECK(kong::Allows(kong::At(*tree, "tags"), "ours"), "a row of somebody else's");
  CHECK(kong::EntityId::Parse(kong::TextAt(*tree, "id")) == row.id, "a row has another id");
}

void ReadDatabase(fuzz::Bytes bytes) {
  io::FakeClock clock;
  io::FakeHttpClient http(clock, [&](const io::HttpRequest&, const auto& reply) {
    const std::string_view line = bytes.Line();
    if (line.empty()) return reply->Send(404, "");
    const unsigned char status = static_cast<unsigned char>(line[0]);
    if (status == 'x') return reply->Fail();
    reply->Send(std::array{200, 200, 200, 401, 404, 429, 500, 503}[status % 8], line.substr(1));
  });
  kong::AdminCalls calls({});
  calls.Use(&http);
  int ended = 0;
  kong::DatabaseReader reader(clock, calls, {.tags = {"ours"}, .concurrency = 2},
                              [&](absl::StatusOr<std::vector<kong::FoundRow>> rows) {
                                ++ended;
                                if (!rows.ok()) return;
                                for (const kong::FoundRow& row : *rows) CheckRow(row);
                              });
  reader.Start();
  clock.Advance(absl::Hours(1));
  CHECK(ended == 1, Cat("a reader ends ", ended, " times"));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  fuzz::Bytes bytes(data, size);
  switch (bytes.Next()) {
    case 'i':
      Identify(bytes.rest());
      break;
    case 'h':
      if (const auto hash = kong::ReadConfigurationHash(bytes.rest()); hash.ok())
        CHECK(hash->size() == 32, "a hash of another length");
      break;
    case 'e':
      for (const int status : {200, 400, 401, 404, 415, 500})
        CHECK(kong::ExplainStatus(status, bytes.rest()).starts_with(Cat("status ", status)),
              "a status is not told");
      break;
    default:
      ReadDatabase(bytes);
  }
  return 0;
}
