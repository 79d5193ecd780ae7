#include "tools/kdelta/flags.h"

#include <map>
#include <set>
#include <string>
#include <vector>

#include "engine/text.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/kdelta/flag_line.h"
#include "tools/kdelta/command_line.h"

namespace kdelta {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(FlagsTest, HaveDefaultsThatTheirTypesAccept) {
  absl::StatusOr<Flags> flags = ParseFlags({});
  ASSERT_TRUE(flags.ok()) << flags.status();
  EXPECT_EQ(flags->Text("ingress-class"), "kong");
  EXPECT_EQ(flags->Duration("sync-period"), absl::Hours(10));
  EXPECT_THAT(flags->List("kong-admin-url"), ElementsAre("http://localhost:8001"));
  EXPECT_FALSE(flags->gates().rewrite_uris);
  EXPECT_THAT(flags->Warnings(), IsEmpty());
}

TEST(FlagsTest, HaveDistinctNamesAndASentenceEach) {
  std::set<std::string_view> names;
  for (const FlagSpec& flag : RunFlags()) {
    EXPECT_TRUE(names.insert(flag.name).second) << flag.name;
    EXPECT_TRUE(flag.help.ends_with(".")) << flag.name;
    EXPECT_FALSE(flag.group.empty()) << flag.name;
  }
}

TEST(FlagsTest, TakeTheLineBeforeTheEnvironmentBeforeTheDefault) {
  const Environment environment = {{"CONTROLLER_INGRESS_CLASS", "edge"},
                                   {"CONTROLLER_LOG_LEVEL", "debug"}};
  absl::StatusOr<Flags> flags = ParseFlags({{"ingress-class", {"inner"}}}, environment);
  ASSERT_TRUE(flags.ok()) << flags.status();
  EXPECT_EQ(flags->Text("ingress-class"), "inner");
  EXPECT_EQ(flags->Text("log-level"), "debug");
  EXPECT_EQ(flags->Text("log-format"), "text");
}

TEST(FlagsTest, ReadListsRepeatedOrSeparatedByCommas) {
  absl::StatusOr<Flags> flags =
      ParseFlags({{"kong-admin-url", {"http://a:1,http://b:2", "http://c:3"}},
                  {"kong-admin-header", {"\"x: 1,2\""}}});
  ASSERT_TRUE(flags.ok()) << flags.status();
  EXPECT_THAT(flags->List("kong-admin-url"), ElementsAre("http://a:1", "http://b:2", "http://c:3"));
  EXPECT_THAT(flags->List("kong-admin-header"), ElementsAre("x: 1,2"));
}

TEST(FlagsTest, ReadDurationsAsGoWritesThem) {
  const std::pair<std::string, absl::Duration> cases[] = {
      {"10h", absl::Hours(10)},           {"1h30m0s", absl::Minutes(90)},
      {"1.5s", absl::Milliseconds(1500)}, {"0", absl::ZeroDuration()},
      {"250ms", absl::Milliseconds(250)},
  };
  for (const auto& [text, duration] : cases) {
    absl::StatusOr<Flags> flags = ParseFlags({{"term-delay", {text}}});
    ASSERT_TRUE(flags.ok()) << text << ": " << flags.status();
    EXPECT_EQ(flags->Duration("term-delay"), duration) << text;
  }
}

struct Refusal {
  std::string name;
  Line line;
  Environment environment;
  std::string message;  // A part of it.
};

class FlagsRefuse : public ::testing::TestWithParam<Refusal> {};

TEST_P(FlagsRefuse, WithAMessageThatNamesTheFlag) {
  absl::StatusOr<Flags> flags = ParseFlags(GetParam().line, GetParam().environment);
  ASSERT_FALSE(flags.ok());
  EXPECT_THAT(std::string(engine::MessageOf(flags.status())), HasSubstr(GetParam().message));
}

INSTANTIATE_TEST_SUITE_P(
    Mistakes, FlagsRefuse,
    ::testing::ValuesIn(std::vector<Refusal>{
        {"ABoolThatIsNone",
         {{"update-status", {"yes"}}},
         {},
         "--update-status: \"yes\" is not true or false"},
        {"ABareNumberAsDuration",
         {{"term-delay", {"10"}}},
         {},
         "--term-delay: \"10\" is not a duration"},
        {"AnEndlessDuration", {{"term-delay", {"inf"}}}, {}, "--term-delay"},
        {"ANegativeDuration", {{"sync-period", {"-1s"}}}, {}, "--sync-period"},
        {"TheEnvironment",
         {},
         {{"CONTROLLER_APISERVER_QPS", "many"}},
         "CONTROLLER_APISERVER_QPS: \"many\""},
        {"AnUnknownGate",
         {{"feature-gates", {"RewriteURI=true"}}},
         {},
         "did you mean RewriteURIs?"},
        {"AGateWithoutValue",
         {{"feature-gates", {"FillIDs"}}},
         {},
         "feature gate FillIDs: expected true or false"},
        {"AnAddressWithoutPort", {{"metrics-bind-address", {"localhost"}}}, {}, "HOST:PORT"},
        {"ANameWithoutNamespace", {{"publish-service", {"proxy"}}}, {}, "NAMESPACE/NAME"},
        {"ALogLevel", {{"log-level", {"loud"}}}, {}, "one of trace,debug,info,warning,error"},
        {"TwoTokens",
         {{"kong-admin-token", {"a"}}, {"kong-admin-token-file", {"b"}}},
         {},
         "exclude each other"},
        {"UrlAndService",
         {{"kong-admin-svc", {"kong/admin"}}, {"kong-admin-url", {"http://a"}}},
         {},
         "exclude each other"},
        {"AServiceWithoutPorts",
         {{"kong-admin-svc", {"kong/admin"}}, {"kong-admin-svc-port-names", {""}}},
         {},
         "name at least one port"},
        {"AnElectionWithoutAnId", {{"election-id", {""}}}, {}, "--election-id"},
        {"ACertificateWithoutKey", {{"kong-admin-tls-client-cert-file", {"a"}}}, {}, "-client-key"},
        {"AKeyWithoutCertificate", {{"kong-admin-tls-client-key", {"a"}}}, {}, "-client-cert"},
        {"FallbackWithoutGate",
         {{"use-last-valid-config-for-fallback", {"true"}}},
         {},
         "FallbackConfiguration=true"},
        {"AShortInterval",
         {{"gateway-discovery-readiness-check-interval", {"2s"}}},
         {},
         "at least 3s"},
        {"ALongTimeout",
         {{"gateway-discovery-readiness-check-timeout", {"10s"}}},
         {},
         "shorter than its interval"},
        {"AShareAboveOne", {{"max-removal", {"2"}}}, {}, "--max-removal"},
        {"AnEmptyClass", {{"ingress-class", {""}}}, {}, "--ingress-class"},
    }),
    [](const auto& refusal) { return refusal.param.name; });

TEST(FlagsTest, WarnOnceOfEachThatIsSetAndHasNoEffect) {
  absl::StatusOr<Flags> flags =
      ParseFlags({{"publish-service", {"kong/proxy"}}, {"ingress-class", {"x"}}});
  ASSERT_TRUE(flags.ok()) << flags.status();
  EXPECT_THAT(flags->Warnings(),
              ElementsAre("--publish-service has no effect yet: Statuses are not written."));
}

TEST(FlagsTest, AreReadFromALineAsGoWouldReadIt) {
  CLI::App program;
  DeclareFlags(program);
  program.parse(
      "--update-status=false --dump-config --term-delay 2s --kong-admin-url a:1 "
      "--kong-admin-url=b:2",
      false);
  absl::StatusOr<Flags> flags = ReadFlags(program);
  ASSERT_TRUE(flags.ok()) << flags.status();
  EXPECT_FALSE(flags->Bool("update-status"));
  EXPECT_TRUE(flags->Bool("dump-config"));
  EXPECT_EQ(flags->Duration("term-delay"), absl::Seconds(2));
  EXPECT_THAT(flags->List("kong-admin-url"), ElementsAre("a:1", "b:2"));
}

TEST(ParseTest, NamesTheMisspeltFlagRatherThanTheOneThatIsMissingBecauseOfIt) {
  CLI::App program("test", "kdelta");
  CLI::App* command = program.add_subcommand("translate");
  std::string input;
  command->add_option("--input", input)->required();
  ExitStatus status = 0;
  testing::internal::CaptureStderr();
  EXPECT_NE(Parse(program, {"translate", "--inptu", "x"}, status), 0);
  EXPECT_THAT(testing::internal::GetCapturedStderr(), HasSubstr("--inptu; did you mean --input?"));
}

TEST(NearestTest, FindsAMisspeltNameAndNothingForNonsense) {
  const std::vector<std::string> known = {"--ingress-class", "--kubeconfig", "--log-level"};
  EXPECT_EQ(Nearest("--ingres-clas", known), "--ingress-class");
  EXPECT_EQ(Nearest("--loglevel", known), "--log-level");
  EXPECT_EQ(Nearest("--zzzzzzzzzzzz", known), "");
}

}  // namespace
}  // namespace kdelta
