// A small world of entities of many kinds that random edits change: what the random tests of all
// sinks play with.
//
// Routes move between services, keys between credentials, names between services, and SNIs between
// certificates; services have stream routes too. What refers to something that is not there is not
// there either. Deterministic by the random numbers; one thread.
#pragma once

#include <array>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "engine/text.h"
#include "kong/entity.h"
#include "kong/json_tree.h"
#include "tests/kong/versioned_rows.h"
#include "tools/simulators/certificate_maker.h"

namespace kong {

inline const simulators::PemPair& SinkPem(size_t which) {
  static const std::vector<simulators::PemPair> pems = [] {
    std::vector<simulators::PemPair> all;
    for (int i = 0; i < 3; ++i) {
      all.push_back(simulators::MakeCertificate(
          {engine::Cat("c", i, ".test"), engine::Cat("seed", i), false}));
    }
    return all;
  }();
  return pems[which % pems.size()];
}

// Dials that edits turn; 0 means: not there. Rows follow from the dials, references included.
class SinkWorld {
 public:
  static constexpr size_t kNames = 4;
  explicit SinkWorld(std::mt19937_64& random) : random_(random) {
    for (int i = 0; i < 20; ++i) Edit();
  }
  void Edit() { dials_[random_() % kNames][random_() % kDials] = random_() % 4; }

  Rows Make() const {
    rows_.clear();
    // Never without anything: nobody is emptied by accident.
    Add(EntityKind::kUpstream, UpstreamId("always"), {{"name", "always"}}, "always");
    for (size_t i = 0; i < kNames; ++i) AddParents(i);
    for (size_t i = 0; i < kNames; ++i) AddChildren(i);
    return rows_;
  }

 private:
  enum Dial {
    kService,
    kRoute,
    kPlugin,
    kUpstream,
    kTarget,
    kOther,
    kConsumer,
    kKey,
    kAcl,
    kCert,
    kSni,
    kStream,
    kSwap,
    kDials
  };
  void Add(EntityKind kind, const EntityId& id, Json json, std::string_view object) const {
    Entity entity = MakeEntity(kind, id, std::move(json), object);
    EntityKey key = entity.key();
    rows_.emplace(key, std::move(entity));
  }
  bool Has(EntityKind kind, const EntityId& id) const { return rows_.contains({kind, id}); }
  static EntityId ServiceOf(size_t i) { return ServiceId(engine::Cat("s", i)); }
  static EntityId CertId(size_t i) { return DeriveId("certificates", engine::Cat("cert", i)); }

  void AddParents(size_t i) const {
    const auto& dial = dials_[i];
    if (dial[kCert] > 0) {
      const simulators::PemPair& pem = SinkPem(dial[kCert]);
      Add(EntityKind::kCertificate, CertId(i), {{"cert", pem.certificate}, {"key", pem.key}},
          engine::Cat("cert", i));
    }
    // One dial moves the names of all services round.
    const std::string service = engine::Cat("s", (i + dials_[0][kSwap]) % kNames);
    std::string upstream = engine::Cat("u", i), consumer = engine::Cat("c", i);
    if (dial[kService] > 0) {
      Json json = {{"name", service}, {"host", upstream}, {"retries", dial[kService]}};
      if (dial[kService] == 3 && Has(EntityKind::kCertificate, CertId(i))) {
        json["protocol"] = "https";
        json["client_certificate"] = CertId(i).text();
      }
      Add(EntityKind::kService, ServiceOf(i), json, service);
    }
    if (dial[kUpstream] > 0) {
      Add(EntityKind::kUpstream, UpstreamId(upstream),
          {{"name", upstream}, {"slots", 100 * dial[kUpstream]}}, upstream);
    }
    if (dial[kConsumer] > 0) {
      Add(EntityKind::kConsumer, ConsumerId(consumer),
          {{"username", consumer}, {"custom_id", engine::Cat(consumer, dial[kConsumer])}},
          consumer);
    }
  }
  void AddChildren(size_t i) const {
    const auto& dial = dials_[i];
    size_t other = dial[kRoute] % kNames;
    EntityId service = ServiceOf(other), route = RouteId(engine::Cat("r", i));
    if (dial[kRoute] > 0 && Has(EntityKind::kService, service)) {
      Add(EntityKind::kRoute, route,
          {{"name", engine::Cat("r", i)}, {"paths", {"/"}}, {"service", service.text()}}, "r");
      if (dial[kPlugin] > 0) {
        Add(EntityKind::kPlugin, RoutePluginId("cors", route),
            {{"name", "cors"}, {"route", route.text()}, {"config", {{"max_age", dial[kPlugin]}}}},
            "cors");
      }
    }
    if (dial[kStream] > 0 && Has(EntityKind::kService, ServiceOf(i))) AddStreamRoute(i);
    for (Dial each : {kTarget, kOther}) {
      EntityId upstream = UpstreamId(engine::Cat("u", i));
      std::string address = engine::Cat("10.0.", i, ".", dial[each], ":8", static_cast<int>(each));
      if (dial[each] == 0 || !Has(EntityKind::kUpstream, upstream)) continue;
      Add(EntityKind::kTarget, TargetId(upstream, address),
          {{"upstream", upstream.text()}, {"target", address}, {"weight", dial[kOther] + 1}}, "t");
    }
    EntityId consumer = ConsumerId(engine::Cat("c", i));
    if (Has(EntityKind::kConsumer, consumer)) AddCredentials(i, consumer);
    size_t cert = dial[kSni] % kNames;
    if (dial[kSni] > 0 && Has(EntityKind::kCertificate, CertId(cert))) {
      std::string name = engine::Cat("n", i, ".test");
      Add(EntityKind::kSni, SniId(name), {{"name", name}, {"certificate", CertId(cert).text()}},
          name);
    }
  }
  void AddStreamRoute(size_t i) const {
    const std::string name = engine::Cat("t", i);
    const Json port = {{"port", 9000 + dials_[i][kStream]}};
    Add(EntityKind::kRoute, RouteId(name),
        {{"name", name},
         {"protocols", {"tcp"}},
         {"destinations", Json::array({port})},
         {"service", ServiceOf(i).text()}},
        name);
  }
  // Keys wander between credentials: the second has what the first of another consumer had.
  void AddCredentials(size_t i, const EntityId& consumer) const {
    const auto& dial = dials_[i];
    if (dial[kKey] > 0) {
      size_t shift = dials_[0][kKey];  // One dial moves all keys round.
      Add(EntityKind::kKeyAuth, DeriveId("keyauth_credentials", engine::Cat("k", i)),
          {{"consumer", consumer.text()}, {"key", engine::Cat("key", (i + shift) % kNames)}}, "k");
    }
    if (dial[kAcl] > 0) {
      std::string group = engine::Cat("g", dial[kAcl]);
      Add(EntityKind::kAcl, DeriveId("acls", engine::Cat(i, group)),
          {{"consumer", consumer.text()}, {"group", group}}, "a");
    }
  }

  std::mt19937_64& random_;
  std::array<std::array<size_t, kDials>, kNames> dials_{};
  mutable Rows rows_;
};

}  // namespace kong
