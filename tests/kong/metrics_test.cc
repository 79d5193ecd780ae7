#include "kong/metrics.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace kong {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(MetricsTest, CountPushesUnderTheNamesAndLabelsOfKic) {
  Metrics metrics("one");
  metrics.Pushed({.gateway = "http://g:1",
                  .bytes = 5,
                  .took = absl::Milliseconds(120),
                  .ended = absl::FromUnixSeconds(1700000000)});
  metrics.Pushed({.gateway = "http://g:1", .failure_reason = "network"});
  const std::string text = metrics.Text();
  EXPECT_THAT(
      text,
      HasSubstr(
          "ingress_controller_configuration_push_count{dataplane=\"http://g:1\","
          "failure_reason=\"\",instance_id=\"one\",protocol=\"db-less\",success=\"true\"} 1"));
  EXPECT_THAT(text, HasSubstr("failure_reason=\"network\",instance_id=\"one\",protocol=\"db-less\","
                              "success=\"false\"} 1"));
  EXPECT_THAT(
      text,
      HasSubstr("ingress_controller_configuration_push_last_successful{dataplane=\"http://g:1\","
                "instance_id=\"one\"} 1700000000"));
}

TEST(MetricsTest, TakeACounterForwardToWhatAReflectorSays) {
  Metrics metrics("one");
  metrics.Relists("Ingress", "expired", 2);
  metrics.Relists("Ingress", "expired", 3);
  EXPECT_THAT(
      metrics.Text(),
      HasSubstr("kdelta_relists_total{instance_id=\"one\",kind=\"Ingress\",reason=\"expired\"} 3"));
}

TEST(MetricsTest, MeasurePropagationAKindAndAGateway) {
  Metrics metrics("one");
  metrics.Propagated("Service", "http://g:1", absl::Milliseconds(2));
  EXPECT_THAT(
      metrics.Text(),
      HasSubstr("kdelta_propagation_seconds_bucket{dataplane=\"http://g:1\",instance_id=\"one\","
                "kind=\"Service\",le=\"0.003\"} 1"));
}

TEST(MetricsTest, ForgetAGatewayAndNoOther) {
  Metrics metrics("one");
  for (const char* gateway : {"https://g1", "https://g2"}) {
    metrics.Pushed({.gateway = gateway});
    metrics.Pushed({.gateway = gateway, .failure_reason = "network"});
    metrics.InSync(gateway, true);
    metrics.Drifted(gateway);
    metrics.Propagated("Ingress", gateway, absl::Seconds(1));
  }
  metrics.Forget("https://g1");
  metrics.Forget("https://never");
  EXPECT_THAT(metrics.Text(), Not(HasSubstr("https://g1")));
  EXPECT_THAT(metrics.Text(), HasSubstr("https://g2"));
  metrics.Drifted("https://g1");
  EXPECT_THAT(metrics.Text(), HasSubstr("kdelta_gateway_drift_total{dataplane=\"https://g1\","
                                        "instance_id=\"one\"} 1"));
}

}  // namespace
}  // namespace kong
