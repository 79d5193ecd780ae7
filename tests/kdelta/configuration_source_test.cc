// What `kdelta diff` and `kdelta dump` read of a Kong with a database, over HTTP on loopback.
#include "tools/kdelta/configuration_source.h"

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "engine/text.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "io/http_server.h"
#include "tests/kdelta/flag_line.h"
#include "tools/kdelta/admin_reader.h"

namespace kdelta {
namespace {

using engine::Cat;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

using Answers = std::map<std::string, std::string>;

// An Admin API of canned answers; what is not among them is 404.
class CannedAdmin {
 public:
  explicit CannedAdmin(Answers answers) : answers_(std::move(answers)) {
    auto server = io::HttpServer::Listen(
        loop_, {},
        [this](io::HttpServerRequest request, std::unique_ptr<io::HttpResponder> responder) {
          const std::string target =
              Cat(request.path, request.query.empty() ? "" : "?", request.query);
          auto found = answers_.find(target);
          const bool known = found != answers_.end();
          responder->Respond(known ? 200 : 404, {}, known ? found->second : "{}");
        });
    EXPECT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
    thread_ = std::thread([this] { loop_.Run(); });
  }
  ~CannedAdmin() {
    loop_.Stop();
    thread_.join();
  }
  std::string url() const { return Cat("http://127.0.0.1:", server_->port()); }

 private:
  Answers answers_;
  io::Loop loop_;
  std::unique_ptr<io::HttpServer> server_;
  std::thread thread_;
};

constexpr std::string_view kId = "11111111-1111-4111-8111-111111111111";
constexpr std::string_view kOther = "22222222-1111-4111-8111-111111111111";

TEST(ConfigurationSourceTest, ReadsEveryPageOfADatabaseAndTargetsBelowTheirUpstreams) {
  const CannedAdmin admin(Answers{
      {"/", R"({"version":"3.9.3","configuration":{"database":"postgres"}})"},
      {"/services?size=1000",
       Cat(R"({"data":[{"id":")", kId, R"(","name":"a","host":"a"}],"offset":"x+/="})")},
      {"/services?size=1000&offset=x%2b%2f%3d",
       Cat(R"({"data":[{"id":")", kOther, R"(","name":"b","host":"b"}],"next":null})")},
      {"/upstreams?size=1000", Cat(R"({"data":[{"id":")", kId, R"(","name":"u"}]})")},
      {Cat("/upstreams/", kId, "/targets?size=1000"),
       Cat(R"({"data":[{"id":")", kOther, R"(","target":"10.0.0.1:80","upstream":{"id":")", kId,
           R"("}}]})")},
  });
  auto reader = AdminReader::Open(admin.url(), ParseFlags({}).value());
  ASSERT_TRUE(reader.ok()) << reader.status();
  auto read = ReadGateway(**reader);
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_TRUE(read->stored);
  std::vector<std::string> rows;
  for (const kong::ConfigurationRow& row : read->rows) rows.push_back(Cat(row.array, ' ', row.id));
  EXPECT_THAT(rows, ElementsAre(Cat("services ", kId), Cat("services ", kOther),
                                Cat("upstreams ", kId), Cat("targets ", kOther)));
}

TEST(ConfigurationSourceTest, ReadsAWorkspaceAndWhatHasTheTags) {
  const CannedAdmin admin(Answers{
      {"/", R"({"version":"3.9.3","configuration":{"database":"postgres"}})"},
      {"/team/services?size=1000&tags=a%2cb",
       Cat(R"({"data":[{"id":")", kId, R"(","name":"a","tags":["b","x","a"]},{"id":")", kOther,
           R"(","name":"b","tags":["a"]}]})")},
  });
  const Flags flags =
      ParseFlags({{"kong-workspace", "team"}, {"kong-admin-filter-tag", {"a", "b"}}}).value();
  auto reader = AdminReader::Open(admin.url(), flags);
  ASSERT_TRUE(reader.ok()) << reader.status();
  auto read = ReadGateway(**reader);
  ASSERT_TRUE(read.ok()) << read.status();
  ASSERT_EQ(read->rows.size(), 1u);
  EXPECT_EQ(read->rows[0].id, kId);
}

TEST(ConfigurationSourceTest, WithoutADatabaseTheWholeConfigurationIsOneAnswer) {
  const CannedAdmin admin(Answers{
      {"/", R"({"configuration":{"database":"off"}})"},
      {"/config",
       R"({"config":"_format_version: '3.0'\n_transform: false\nconsumers:\n- username: bob\n"})"},
  });
  TranslationFlags flags;
  auto read = ReadSource(admin.url(), flags, ParseFlags({}).value());
  ASSERT_TRUE(read.ok()) << read.status();
  ASSERT_EQ(read->rows.size(), 1u);
  EXPECT_EQ(read->rows[0].array, "consumers");
  EXPECT_TRUE(read->stored);
}

TEST(ConfigurationSourceTest, AnErrorNamesTheUrl) {
  const CannedAdmin admin(Answers{{"/", R"({"configuration":{"database":"off"}})"}});
  TranslationFlags flags;
  auto read = ReadSource(admin.url(), flags, ParseFlags({{"kong-admin-token", "hunter2"}}).value());
  EXPECT_THAT(std::string(engine::MessageOf(read.status())), HasSubstr("/config: answered 404"));
  EXPECT_EQ(engine::MessageOf(read.status()).find("hunter2"), std::string_view::npos);
}

}  // namespace
}  // namespace kdelta
