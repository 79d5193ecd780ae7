#include "io/rotating_tls.h"

#include <fstream>

#include "fake_network.h"
#include "http_fixture.h"
#include "io/log.h"
#include "io/rotating_file.h"

namespace io {
namespace {

class RotatingTlsTest : public HttpTest {
 protected:
  RotatingTlsTest() { SetLog(LogLevel::kError, LogFormat::kText); }
  void SetUp() override {
    const std::string stem = ::testing::TempDir() + "/tls_" +
                             ::testing::UnitTest::GetInstance()->current_test_info()->name();
    files_ = {stem + ".ca", stem + ".crt", stem + ".key"};
    Write(files_.ca, authority_.pem());
    WriteIdentity(authority_.Issue("DNS:client"));
  }
  static void Write(const std::string& path, std::string_view text) {
    std::ofstream(path, std::ios::trunc) << text;
  }
  void WriteIdentity(const Identity& identity) {
    Write(files_.certificate, identity.certificate_pem);
    Write(files_.key, identity.key_pem);
  }
  void Load() { tls_ = RotatingTls::Load(clock_, {}, files_).value(); }

  FakeClock clock_;
  TestAuthority authority_;
  TlsFiles files_;
  std::shared_ptr<RotatingTls> tls_;
};

TEST_F(RotatingTlsTest, IsTheSameContextUntilAFileChanges) {
  Load();
  const auto first = tls_->Current();
  clock_.Advance(kRotationPause);
  EXPECT_EQ(tls_->Current(), first);
  WriteIdentity(authority_.Issue("DNS:client"));
  EXPECT_EQ(tls_->Current(), first) << "it looks only now and then";
  clock_.Advance(kRotationPause);
  EXPECT_NE(tls_->Current(), first);
}

TEST_F(RotatingTlsTest, KeepsWhatFitsTogetherUntilTheNewFilesDo) {
  Load();
  const auto first = tls_->Current();
  const Identity next = authority_.Issue("DNS:client");
  Write(files_.certificate, next.certificate_pem);
  clock_.Advance(kRotationPause);
  EXPECT_EQ(tls_->Current(), first);
  std::remove(files_.ca.c_str());
  Write(files_.key, next.key_pem);
  clock_.Advance(kRotationPause);
  EXPECT_EQ(tls_->Current(), first);
  Write(files_.ca, authority_.pem());
  clock_.Advance(kRotationPause);
  EXPECT_NE(tls_->Current(), first);
}

TEST_F(RotatingTlsTest, WhatCannotBeUsedAtTheStartIsAnError) {
  Write(files_.key, "hunter2");
  EXPECT_FALSE(RotatingTls::Load(clock_, {}, files_).ok());
  files_.key = "/nonexistent";
  EXPECT_FALSE(RotatingTls::Load(clock_, {}, files_).ok());
}

TEST_F(RotatingTlsTest, AServersMaterialIsReplacedToo) {
  auto server = RotatingTls::Load(clock_, {}, files_, RotatingTls::Side::kServer);
  ASSERT_TRUE(server.ok()) << server.status();
  const auto first = (*server)->Current();
  WriteIdentity(authority_.Issue("DNS:server"));
  clock_.Advance(kRotationPause);
  EXPECT_NE((*server)->Current(), first);
}

TEST_F(RotatingTlsTest, AClientClosesConnectionsThatWereMadeWithOldMaterial) {
  const Identity own = authority_.Issue("IP:127.0.0.1");
  TlsOptions server;
  server.certificate_pem = own.certificate_pem;
  server.key_pem = own.key_pem;
  HttpServerOptions options;
  options.tls = TlsContext::ForServer(server).value();
  Serve([](HttpServerRequest,
           std::unique_ptr<HttpResponder> responder) { responder->Respond(200, {}, "hello"); },
        options);
  Load();
  HttpClientOptions client{.origin = {true, "127.0.0.1", server_->port(), ""}, .tls = nullptr};
  client.rotating_tls = tls_;
  client_ = NewHttpClient(loop_, std::move(client));
  EXPECT_TRUE(Fetch(Get("/")).ok());
  EXPECT_TRUE(Fetch(Get("/")).ok());
  Write(files_.ca, TestAuthority().pem());
  clock_.Advance(kRotationPause);
  EXPECT_FALSE(Fetch(Get("/")).ok()) << "the server is not trusted any more";
  Write(files_.ca, authority_.pem());
  clock_.Advance(kRotationPause);
  EXPECT_TRUE(Fetch(Get("/")).ok());
}

}  // namespace
}  // namespace io
