// Delivery against the simulated Kong, over real loopback HTTP: the bytes, the hashes and the
// refusals are those of the recorded exchanges, the HTTP client is the real one.
#include "kong/delivery.h"

#include "engine/text.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "io/log.h"
#include "tests/io/loop_fixture.h"
#include "tests/kong/small_payload.h"
#include "tools/simulators/kong_gateway.h"

namespace kong {
namespace {

using engine::Cat;
using testing::HasSubstr;

// Two services, one of them `bad` if told so and not refused.
class ShopSource final : public PayloadSource {
 public:
  explicit ShopSource(io::Loop& loop) : loop_(loop) {}
  std::shared_ptr<const Payload> Make(Needs offers) const {
    SmallPayload payload;
    payload.Add(EntityKind::kService, "cart", "Service/cart",
                R"("host":"cart.shop.80.svc","port":80)");
    payload.Add(EntityKind::kUpstream, "cart.shop.80.svc", "Service/cart");
    if (refused.empty() && bad_port != 80) {
      payload.Add(EntityKind::kService, "bad", "Service/bad",
                  Cat(R"("host":"b","port":)", bad_port));
    }
    return payload.Make(version, offers);
  }
  void Build(Needs offers, absl::AnyInvocable<void(std::shared_ptr<const Payload>)> then) override {
    loop_.Post([this, offers, then = std::move(then)]() mutable { then(Make(offers)); });
  }
  engine::Version version = 0;
  int bad_port = 80;
  std::vector<RefusedEntity> refused;

 private:
  io::Loop& loop_;
};

class SimulatedDeliveryTest : public io::LoopTest {
 protected:
  SimulatedDeliveryTest() {
    io::SetLog(io::LogLevel::kError, io::LogFormat::kText);
    for (int i = 0; i < 2; ++i) {
      auto server = simulators::KongGatewayServer::Start(loop_, {});
      EXPECT_TRUE(server.ok()) << server.status();
      servers_.push_back(*std::move(server));
    }
    DeliveryCallbacks callbacks;
    callbacks.refused = [this](std::vector<RefusedEntity> rows) {
      source_.refused = std::move(rows);
      Publish();
    };
    callbacks.acknowledged = [this](const Gateway&, engine::Version) {
      if (delivery_->acknowledged() >= until_) Done();
    };
    DeliveryOptions options;
    options.times.status_interval = absl::Milliseconds(20);
    delivery_ =
        std::make_unique<Delivery>(loop_, source_, std::move(options), std::move(callbacks));
    for (auto& server : servers_) {
      io::Url url = *io::Url::Parse(server->url());
      delivery_->Add(url.Text(), io::NewHttpClient(loop_, {.origin = url, .tls = nullptr}));
    }
  }
  void Publish() { delivery_->Published(until_ = ++source_.version); }
  void ExpectAllAlike() {
    std::shared_ptr<const Payload> payload = source_.Make(0);
    for (auto& server : servers_) EXPECT_EQ(server->gateway().configuration_hash(), payload->hash);
  }

  ShopSource source_{loop_};
  engine::Version until_ = 0;
  std::vector<std::unique_ptr<simulators::KongGatewayServer>> servers_;
  std::unique_ptr<Delivery> delivery_;
};

TEST_F(SimulatedDeliveryTest, ConfiguresTwoKongsAndRepairsTheOneThatRestarts) {
  Publish();
  RunUntilDone();
  ExpectAllAlike();
  EXPECT_EQ(servers_[0]->gateway().history().size(), 1u);

  servers_[1]->Restart(/*keep=*/false);
  RunUntilDone();
  ExpectAllAlike();
  EXPECT_EQ(servers_[0]->gateway().history().size(), 1u) << "nothing is sent where nothing differs";
}

TEST_F(SimulatedDeliveryTest, AServiceThatKongRefusesIsLeftOutAndTheRestGoesLive) {
  source_.bad_port = 70000;
  Publish();
  RunUntilDone();
  ExpectAllAlike();
  ASSERT_FALSE(source_.refused.empty());
  EXPECT_EQ(source_.refused[0].object.text(), "Service shop/bad");
  EXPECT_THAT(source_.refused[0].message, HasSubstr("port: value should be between 0 and 65535"));
}

}  // namespace
}  // namespace kong
