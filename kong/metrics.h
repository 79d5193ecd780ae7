// Every metric of the controller, declared once.
//
// What KIC measures too has KIC's name and labels (`ingress_controller_…`), so that its dashboards
// go on to work; what only we know is called `kdelta_…`. Counters and histograms are written where
// things happen, on any thread; gauges of the engine are refreshed just before a scrape, by whoever
// serves it. A call costs a hash look-up under a mutex; nothing here is called per row.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "absl/time/time.h"
#include "engine/graph.h"
#include "kong/entity.h"
#include "prometheus/counter.h"
#include "prometheus/family.h"
#include "prometheus/gauge.h"
#include "prometheus/histogram.h"
#include "prometheus/registry.h"

namespace kong {

class Metrics {
 public:
  // `instance` distinguishes controllers that report to one Prometheus.
  explicit Metrics(std::string instance);
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;

  // Of one POST /config.
  struct Push {
    std::string gateway;           // Its URL.
    std::string failure_reason{};  // Empty: it succeeded. Else conflict, network or other.
    size_t bytes = 0;
    absl::Duration took{};
    absl::Time ended{};
    size_t broken_objects = 0;  // Left out because of what this gateway's class refused.
  };
  void Pushed(const Push& push);
  void InSync(const std::string& gateway, bool in_sync);
  void Drifted(const std::string& gateway);
  void Forget(const std::string& gateway);  // It is gone: its series end.

  // As client-go calls it; `lease` is the Lease's name.
  void Leads(std::string_view lease, bool leads);

  // Of one epoch.
  void Stepped(const engine::EpochStats& stats, absl::Duration took);
  // An object of `kind` was received this long ago, and `gateway` has acknowledged what came of it.
  void Propagated(std::string_view kind, const std::string& gateway, absl::Duration took);

  // Of the data planes of one protocol.
  struct DataPlaneTraffic {
    size_t connections = 0;
    uint64_t encodings = 0, messages = 0, bytes = 0;  // So far.
  };

  // Refreshed before a scrape.
  void DataPlanes(const std::string& protocol, const DataPlaneTraffic& traffic);
  void BrokenObjects(size_t count);
  void InboxDepth(size_t keys);
  void Relists(std::string_view kind, std::string_view reason, uint64_t so_far);
  void Entities(EntityKind kind, size_t count, size_t bytes);
  void Objects(std::string_view kind, size_t count, size_t bytes);

  std::string Text() const;  // The Prometheus exposition format, 0.0.4.

 private:
  using Labels = prometheus::Labels;
  using Counters = prometheus::Family<prometheus::Counter>;
  using Gauges = prometheus::Family<prometheus::Gauge>;
  using Histograms = prometheus::Family<prometheus::Histogram>;
  Labels With(Labels labels) const;  // And the instance.
  Counters& AddCounters(const char* name, const char* help);
  Gauges& AddGauges(const char* name, const char* help);
  Histograms& AddHistograms(const char* name, const char* help);
  // The series of a gateway, which Forget finds again.
  template <class T, class... Args>
  T& SeriesOf(const std::string& gateway, prometheus::Family<T>& family, const Labels& labels,
              Args&&... args);

  const std::string instance_;
  prometheus::Registry registry_;
  std::mutex mutex_;  // Guards the next, and that no series is written after its end.
  std::map<std::string, std::map<const void*, std::function<void()>>> ends_;  // By gateway, series.

  Counters& push_count_;
  Gauges& push_broken_;
  Gauges& push_last_successful_;
  Gauges& push_size_;
  Histograms& push_duration_ms_;
  Counters& translation_count_;
  Gauges& translation_broken_;
  Histograms& translation_duration_ms_;

  Histograms& propagation_s_;
  Gauges& in_sync_;
  Counters& drift_;
  Gauges& leads_;
  Gauges& data_plane_connections_;
  Counters& data_plane_encodings_;
  Counters& data_plane_messages_;
  Counters& data_plane_bytes_;
  Histograms& epoch_s_;
  Counters& evaluations_;
  Counters& cutoffs_;
  Counters& changes_;
  Gauges& inbox_depth_;
  Counters& relists_;
  Gauges& entities_;
  Gauges& entity_bytes_;
  Gauges& objects_;
  Gauges& object_bytes_;
};

}  // namespace kong
