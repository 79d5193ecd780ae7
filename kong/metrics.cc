#include "kong/metrics.h"

#include <cmath>
#include <utility>

#include "engine/text.h"
#include "prometheus/text_serializer.h"

namespace kong {
namespace {

using Boundaries = prometheus::Histogram::BucketBoundaries;

// The boundaries that KIC's dashboards know: 100 ms times 1.33 to the n.
Boundaries PushMilliseconds() {
  Boundaries all;
  for (int n = 0; n < 30; ++n) all.push_back(100 * std::pow(1.33, n));
  return all;
}

Boundaries Exponential(double first, double last, int count) {
  Boundaries all;
  const double factor = std::pow(last / first, 1.0 / (count - 1));
  for (int n = 0; n < count; ++n) all.push_back(first * std::pow(factor, n));
  return all;
}

// Two a decade, from `first`.
Boundaries Decades(double first, int decades) {
  Boundaries all;
  for (int n = 0; n < decades; ++n, first *= 10) {
    all.push_back(first);
    all.push_back(first * 3);
  }
  return all;
}

std::string Truth(bool value) { return value ? "true" : "false"; }

constexpr const char* kProtocol = "db-less";

}  // namespace

Metrics::Counters& Metrics::AddCounters(const char* name, const char* help) {
  return prometheus::BuildCounter().Name(name).Help(help).Register(registry_);
}
Metrics::Gauges& Metrics::AddGauges(const char* name, const char* help) {
  return prometheus::BuildGauge().Name(name).Help(help).Register(registry_);
}
Metrics::Histograms& Metrics::AddHistograms(const char* name, const char* help) {
  return prometheus::BuildHistogram().Name(name).Help(help).Register(registry_);
}

Metrics::Metrics(std::string instance)
    : instance_(std::move(instance)),
      push_count_(AddCounters("ingress_controller_configuration_push_count",
                              "Pushes of a configuration to a gateway, by their outcome.")),
      push_broken_(AddGauges("ingress_controller_configuration_push_broken_resource_count",
                             "Objects that are left out because the gateway refused them.")),
      push_last_successful_(
          AddGauges("ingress_controller_configuration_push_last_successful",
                    "When a gateway last accepted a configuration, in Unix seconds.")),
      push_size_(AddGauges("ingress_controller_configuration_push_size",
                           "Bytes of the last configuration that was pushed.")),
      push_duration_ms_(AddHistograms("ingress_controller_configuration_push_duration_milliseconds",
                                      "How long pushes took.")),
      translation_count_(
          AddCounters("ingress_controller_translation_count",
                      "Translations of Kubernetes objects; here, epochs of the engine.")),
      translation_broken_(AddGauges("ingress_controller_translation_broken_resource_count",
                                    "Objects of which some part could not be translated.")),
      translation_duration_ms_(AddHistograms("ingress_controller_translation_duration_milliseconds",
                                             "How long translations took.")),
      propagation_s_(
          AddHistograms("kdelta_propagation_seconds",
                        "From an event of Kubernetes to its acknowledgement by a gateway.")),
      in_sync_(
          AddGauges("kdelta_gateway_in_sync", "1 if the gateway has the newest configuration.")),
      drift_(
          AddCounters("kdelta_gateway_drift_total",
                      "How often a gateway showed the hash of a configuration that is not ours.")),
      leads_(AddGauges("leader_election_master_status",
                       "1 if this replica leads, and so configures gateways.")),
      data_plane_connections_(
          AddGauges("kdelta_data_plane_connections", "Sockets of data planes that are open.")),
      data_plane_encodings_(AddCounters(
          "kdelta_data_plane_encodings_total",
          "Configurations and changes that were written; data planes share what they can.")),
      data_plane_messages_(AddCounters("kdelta_data_plane_messages_total",
                                       "Configurations and changes that were sent.")),
      data_plane_bytes_(
          AddCounters("kdelta_data_plane_sent_bytes_total", "Their compressed bytes.")),
      epoch_s_(AddHistograms("kdelta_epoch_seconds", "How long epochs of the engine took.")),
      evaluations_(AddCounters("kdelta_evaluations_total", "Evaluations of rules.")),
      cutoffs_(AddCounters("kdelta_cutoffs_total", "Evaluations that changed nothing.")),
      changes_(AddCounters("kdelta_changes_total", "Derived rows that appeared, changed or went.")),
      inbox_depth_(AddGauges("kdelta_inbox_depth",
                             "Objects with news that the engine has not taken in yet.")),
      relists_(AddCounters("kdelta_relists_total", "Lists of a kind that began, by their reason.")),
      entities_(AddGauges("kdelta_entities", "Entities of Kong's configuration.")),
      entity_bytes_(AddGauges("kdelta_entity_bytes", "Bytes of their JSON.")),
      objects_(AddGauges("kdelta_objects", "Kubernetes objects that are held.")),
      object_bytes_(AddGauges("kdelta_object_bytes", "Bytes that they take in memory.")) {}

Metrics::Labels Metrics::With(Labels labels) const {
  labels.emplace("instance_id", instance_);
  return labels;
}

template <class T, class... Args>
T& Metrics::SeriesOf(const std::string& gateway, prometheus::Family<T>& family,
                     const Labels& labels, Args&&... args) {
  T& series = family.Add(labels, std::forward<Args>(args)...);
  ends_[gateway].try_emplace(&series, [&family, &series] { family.Remove(&series); });
  return series;
}

void Metrics::Forget(const std::string& gateway) {
  std::lock_guard lock(mutex_);
  for (auto& [series, end] : ends_[gateway]) end();
  ends_.erase(gateway);
}

void Metrics::Pushed(const Push& push) {
  std::lock_guard lock(mutex_);
  const bool success = push.failure_reason.empty();
  const Labels whole =
      With({{"dataplane", push.gateway}, {"protocol", kProtocol}, {"success", Truth(success)}});
  Labels counted = whole;
  counted.emplace("failure_reason", push.failure_reason);
  static const Boundaries kBoundaries = PushMilliseconds();
  SeriesOf(push.gateway, push_count_, counted).Increment();
  SeriesOf(push.gateway, push_size_, whole).Set(static_cast<double>(push.bytes));
  SeriesOf(push.gateway, push_duration_ms_, whole, kBoundaries)
      .Observe(absl::ToDoubleMilliseconds(push.took));
  const Labels gateway = With({{"dataplane", push.gateway}});
  SeriesOf(push.gateway, push_broken_, gateway).Set(static_cast<double>(push.broken_objects));
  if (!success) return;
  SeriesOf(push.gateway, push_last_successful_, gateway)
      .Set(static_cast<double>(absl::ToUnixSeconds(push.ended)));
}

void Metrics::InSync(const std::string& gateway, bool in_sync) {
  std::lock_guard lock(mutex_);
  SeriesOf(gateway, in_sync_, With({{"dataplane", gateway}})).Set(in_sync ? 1 : 0);
}

void Metrics::Drifted(const std::string& gateway) {
  std::lock_guard lock(mutex_);
  SeriesOf(gateway, drift_, With({{"dataplane", gateway}})).Increment();
}

void Metrics::Leads(std::string_view lease, bool leads) {
  leads_.Add(With({{"name", std::string(lease)}})).Set(leads ? 1 : 0);
}

void Metrics::Stepped(const engine::EpochStats& stats, absl::Duration took) {
  static const Boundaries kTranslation = Exponential(1, 60'000, 30);
  static const Boundaries kEpoch = Decades(1e-5, 7);
  const Labels whole = With({{"success", "true"}});
  translation_count_.Add(whole).Increment();
  translation_duration_ms_.Add(whole, kTranslation).Observe(absl::ToDoubleMilliseconds(took));
  const Labels own = With({});
  epoch_s_.Add(own, kEpoch).Observe(absl::ToDoubleSeconds(took));
  evaluations_.Add(own).Increment(static_cast<double>(stats.evaluations));
  cutoffs_.Add(own).Increment(static_cast<double>(stats.cutoffs));
  changes_.Add(own).Increment(static_cast<double>(stats.changes));
}

void Metrics::Propagated(std::string_view kind, const std::string& gateway, absl::Duration took) {
  static const Boundaries kBoundaries = Decades(1e-3, 6);
  std::lock_guard lock(mutex_);
  const Labels labels = With({{"kind", std::string(kind)}, {"dataplane", gateway}});
  SeriesOf(gateway, propagation_s_, labels, kBoundaries).Observe(absl::ToDoubleSeconds(took));
}

void Metrics::DataPlanes(const std::string& protocol, const DataPlaneTraffic& traffic) {
  const Labels labels = With({{"protocol", protocol}});
  data_plane_connections_.Add(labels).Set(static_cast<double>(traffic.connections));
  auto raise = [&](Counters& family, uint64_t so_far) {
    auto& counter = family.Add(labels);
    counter.Increment(static_cast<double>(so_far) - counter.Value());
  };
  raise(data_plane_encodings_, traffic.encodings);
  raise(data_plane_messages_, traffic.messages);
  raise(data_plane_bytes_, traffic.bytes);
}

void Metrics::BrokenObjects(size_t count) {
  translation_broken_.Add(With({})).Set(static_cast<double>(count));
}

void Metrics::InboxDepth(size_t keys) { inbox_depth_.Add(With({})).Set(static_cast<double>(keys)); }

void Metrics::Relists(std::string_view kind, std::string_view reason, uint64_t so_far) {
  auto& counter =
      relists_.Add(With({{"kind", std::string(kind)}, {"reason", std::string(reason)}}));
  counter.Increment(static_cast<double>(so_far) - counter.Value());
}

void Metrics::Entities(EntityKind kind, size_t count, size_t bytes) {
  const Labels labels = With({{"kind", std::string(NameOf(kind))}});
  entities_.Add(labels).Set(static_cast<double>(count));
  entity_bytes_.Add(labels).Set(static_cast<double>(bytes));
}

void Metrics::Objects(std::string_view kind, size_t count, size_t bytes) {
  const Labels labels = With({{"kind", std::string(kind)}});
  objects_.Add(labels).Set(static_cast<double>(count));
  object_bytes_.Add(labels).Set(static_cast<double>(bytes));
}

std::string Metrics::Text() const {
  return prometheus::TextSerializer().Serialize(registry_.Collect());
}

}  // namespace kong
