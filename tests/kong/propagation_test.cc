#include "kong/propagation.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace kong {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr absl::Duration At(int seconds) { return absl::Seconds(seconds); }

void Publish(Propagation& propagation, engine::Version version, bool changed = true) {
  propagation.Draining();
  propagation.Published(version, changed);
}

TEST(PropagationTest, MeasuresFromTheEventToEachGatewaysAcknowledgement) {
  Propagation propagation;
  propagation.Acknowledged("a", 1, At(0));
  propagation.Acknowledged("b", 1, At(0));
  propagation.Received("Ingress", At(10));
  Publish(propagation, 2);
  const auto a = propagation.Acknowledged("a", 2, At(11));
  const auto b = propagation.Acknowledged("b", 2, At(14));
  ASSERT_THAT(a, SizeIs(1));
  EXPECT_EQ(a[0].kind, "Ingress");
  EXPECT_EQ(a[0].took, absl::Seconds(1));
  ASSERT_THAT(b, SizeIs(1));
  EXPECT_EQ(b[0].took, absl::Seconds(4));
}

TEST(PropagationTest, CountsAnEventOnceAGateway) {
  Propagation propagation;
  propagation.Acknowledged("a", 1, At(0));
  propagation.Received("Service", At(1));
  Publish(propagation, 2);
  EXPECT_THAT(propagation.Acknowledged("a", 2, At(2)), SizeIs(1));
  EXPECT_THAT(propagation.Acknowledged("a", 2, At(3)), IsEmpty());
}

TEST(PropagationTest, DoesNotWaitForAnEpochThatChangedNothing) {
  Propagation propagation;
  propagation.Acknowledged("a", 1, At(0));
  propagation.Received("Service", At(1));
  Publish(propagation, 2, false);
  EXPECT_THAT(propagation.Acknowledged("a", 2, At(9)), IsEmpty());
}

TEST(PropagationTest, MeasuresNothingOnAGatewaysFirstAcknowledgement) {
  Propagation propagation;
  propagation.Received("Service", At(1));
  Publish(propagation, 2);
  EXPECT_THAT(propagation.Acknowledged("a", 2, At(9)), IsEmpty());
}

TEST(PropagationTest, LetsALaterVersionStandForEarlierOnes) {
  Propagation propagation;
  propagation.Acknowledged("a", 1, At(0));
  propagation.Received("Service", At(1));
  Publish(propagation, 2);
  propagation.Received("Ingress", At(2));
  Publish(propagation, 3);
  EXPECT_THAT(propagation.Acknowledged("a", 3, At(4)), SizeIs(2));
}

TEST(PropagationTest, SamplesBursts) {
  Propagation propagation;
  propagation.Acknowledged("a", 1, At(0));
  for (int n = 0; n < 100'000; ++n) propagation.Received("EndpointSlice", At(1));
  Publish(propagation, 2);
  EXPECT_THAT(propagation.Acknowledged("a", 2, At(2)), SizeIs(Propagation::kSamples));
}

}  // namespace
}  // namespace kong
