// `kdelta run` as it fails to start.
#include <sys/wait.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>

#include "engine/text.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace kdelta {
namespace {

using engine::Cat;
using ::testing::HasSubstr;

// Standard error of a run outside of any cluster, which must end by itself.
std::string Complaint(const std::string& flags) {
  const std::string file = Cat(::testing::TempDir(), "/run_command.err");
  const std::string command =
      Cat("env -u KUBERNETES_SERVICE_HOST ", KDELTA_BINARY, " run ", flags, " 2>", file);
  const int status = std::system(command.c_str());
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 2) << flags;
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

TEST(RunCommandTest, NamesAWrongFlagBeforeItLooksForACluster) {
  const char* const wrong[][2] = {
      {"--kong-admin-concurrency 0", "--kong-admin-concurrency"},
      {"--kong-admin-url ftp://kong", "--kong-admin-url"},
      {"--kong-admin-header nameless", "--kong-admin-header"},
      {"--kong-admin-token-file /nonexistent/token", "--kong-admin-token-file"},
      {"--cluster-listen 127.0.0.1:0", "--router-flavor"},
      {"--cluster-listen 127.0.0.1:0 --router-flavor expressions", "--cluster-cert"},
      {"--cluster-listen 127.0.0.1:0 --router-flavor expressions --cluster-cert /nonexistent",
       "--cluster-cert"},
  };
  for (const auto& [flags, named] : wrong) {
    EXPECT_THAT(Complaint(flags), HasSubstr(named));
    EXPECT_THAT(Complaint(Cat("--kubeconfig /nonexistent ", flags)), HasSubstr(named));
  }
  EXPECT_THAT(Complaint("--kubeconfig /nonexistent"), HasSubstr("/nonexistent"));
}

}  // namespace
}  // namespace kdelta
