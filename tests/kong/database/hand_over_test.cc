// A gateway that is found to have a database leaves Delivery for the database's sink.
#include "gtest/gtest.h"
#include "io/log.h"
#include "kong/database/database_sink.h"
#include "kong/delivery.h"
#include "tests/kong/database/database_world.h"

namespace kong {
namespace {

// Nothing has a payload here.
class NoPayloads final : public PayloadSource {
 public:
  void Build(Needs, absl::AnyInvocable<void(std::shared_ptr<const Payload>)>) override {}
};

class HandOverTest : public testing::Test {
 protected:
  HandOverTest() {
    io::SetLog(io::LogLevel::kError, io::LogFormat::kText);
    DeliveryCallbacks callbacks;
    callbacks.has_database = [this](std::string name, std::unique_ptr<io::HttpClient> client,
                                    GatewayIdentity identity) {
      sink_.Add(std::move(name), std::move(client), std::move(identity));
    };
    delivery_ =
        std::make_unique<Delivery>(clock_, payloads_, DeliveryOptions{}, std::move(callbacks));
  }
  void Publish(std::string_view service) {
    Entity entity = MakeEntity(EntityKind::kService, ServiceId(service),
                               {{"name", service}, {"host", "a"}}, service);
    EntityKey key = entity.key();
    published_ = source_.Publish({{key, entity}});
    sink_.Published(published_);
    clock_.Advance(absl::Seconds(1));
  }

  io::FakeClock clock_;
  DatabaseKong kong_{clock_};
  VersionedRows source_{clock_};
  NoPayloads payloads_;
  DatabaseSink sink_{clock_, source_, {}, {}};
  std::unique_ptr<Delivery> delivery_;
  engine::Version published_ = 0;
};

TEST_F(HandOverTest, AGatewayWithADatabaseGetsSingleCalls) {
  delivery_->Add("http://kong", kong_.Client());
  clock_.Advance(absl::Seconds(1));
  EXPECT_TRUE(delivery_->gateways().empty());
  EXPECT_EQ(delivery_->expressions(), false) << "it decides the router flavour as any other";
  ASSERT_TRUE(sink_.Has("http://kong"));
  Publish("cart");
  EXPECT_EQ(kong_.Calls(), std::vector<std::string>{"POST /services 201"});
  EXPECT_EQ(sink_.acknowledged(), published_);
  EXPECT_EQ(source_.held, published_) << "what comes after it must not be forgotten";
}

TEST_F(HandOverTest, AFollowerWritesNothingUntilItLeads) {
  sink_.Lead(false);
  delivery_->Add("http://kong", kong_.Client());
  clock_.Advance(absl::Seconds(1));
  Publish("cart");
  EXPECT_TRUE(kong_.Calls().empty());
  sink_.Lead(true);
  clock_.Advance(absl::Seconds(1));
  EXPECT_EQ(sink_.acknowledged(), published_);
}

TEST_F(HandOverTest, AGatewayThatGoesCanComeBack) {
  delivery_->Add("http://kong", kong_.Client());
  clock_.Advance(absl::Seconds(1));
  Publish("cart");
  sink_.Remove("http://kong");
  Publish("till");
  EXPECT_LT(sink_.acknowledged(), published_);
  delivery_->Add("http://kong", kong_.Client());
  clock_.Advance(absl::Seconds(1));
  EXPECT_EQ(sink_.acknowledged(), published_);
  EXPECT_EQ(kong_.rows().FindNamed("services", "cart"), nullptr);
}

}  // namespace
}  // namespace kong
