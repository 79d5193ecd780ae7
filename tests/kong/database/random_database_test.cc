// Random runs: a world that is edited, calls that fail in every way, others who meddle, and a sink
// that is restarted. In the end the database holds exactly what it should, nobody else's rows were
// touched, and nothing more is sent. The simulator's foreign keys prove that no reference ever
// dangled; in runs without faults every single call is accepted.
//
// KDELTA_RUNS sets how many runs there are.
#include <cstdlib>
#include <random>

#include "engine/text.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "io/log.h"
#include "kong/database/database_sink.h"
#include "kong/database/row_match.h"
#include "tests/kong/database/database_world.h"
#include "tools/simulators/certificate_maker.h"

namespace kong {
namespace {

using engine::Cat;

constexpr char kTag[] = "managed-by-ingress-controller";
constexpr int kEdits = 100, kFaults = 10;
constexpr size_t kNames = 4;

const simulators::PemPair& Pem(size_t which) {
  static const std::vector<simulators::PemPair> pems = [] {
    std::vector<simulators::PemPair> all;
    for (int i = 0; i < 3; ++i) {
      all.push_back(simulators::MakeCertificate({Cat("c", i, ".test"), Cat("seed", i), false}));
    }
    return all;
  }();
  return pems[which % pems.size()];
}

// Dials that edits turn; 0 means: not there. Rows follow from the dials, references included.
class World {
 public:
  explicit World(std::mt19937_64& random) : random_(random) {
    for (int i = 0; i < 20; ++i) Edit();
  }
  void Edit() { dials_[random_() % kNames][random_() % kDials] = random_() % 4; }

  Rows Make() const {
    rows_.clear();
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
    kDials
  };
  void Add(EntityKind kind, const EntityId& id, Json json, std::string_view object) const {
    Entity entity = MakeEntity(kind, id, std::move(json), object);
    EntityKey key = entity.key();
    rows_.emplace(key, std::move(entity));
  }
  bool Has(EntityKind kind, const EntityId& id) const { return rows_.contains({kind, id}); }
  static EntityId CertId(size_t i) { return DeriveId("certificates", Cat("cert", i)); }

  void AddParents(size_t i) const {
    const auto& dial = dials_[i];
    if (dial[kCert] > 0) {
      const simulators::PemPair& pem = Pem(dial[kCert]);
      Add(EntityKind::kCertificate, CertId(i), {{"cert", pem.certificate}, {"key", pem.key}},
          Cat("cert", i));
    }
    std::string service = Cat("s", i), upstream = Cat("u", i), consumer = Cat("c", i);
    if (dial[kService] > 0) {
      Json json = {{"name", service}, {"host", upstream}, {"retries", dial[kService]}};
      if (dial[kService] == 3 && Has(EntityKind::kCertificate, CertId(i))) {
        json["protocol"] = "https";
        json["client_certificate"] = CertId(i).text();
      }
      Add(EntityKind::kService, ServiceId(service), json, service);
    }
    if (dial[kUpstream] > 0) {
      Add(EntityKind::kUpstream, UpstreamId(upstream),
          {{"name", upstream}, {"slots", 100 * dial[kUpstream]}}, upstream);
    }
    if (dial[kConsumer] > 0) {
      Add(EntityKind::kConsumer, ConsumerId(consumer),
          {{"username", consumer}, {"custom_id", Cat(consumer, dial[kConsumer])}}, consumer);
    }
  }
  void AddChildren(size_t i) const {
    const auto& dial = dials_[i];
    size_t other = dial[kRoute] % kNames;
    EntityId service = ServiceId(Cat("s", other)), route = RouteId(Cat("r", i));
    if (dial[kRoute] > 0 && Has(EntityKind::kService, service)) {
      Add(EntityKind::kRoute, route,
          {{"name", Cat("r", i)}, {"paths", {"/"}}, {"service", service.text()}}, "r");
      if (dial[kPlugin] > 0) {
        Add(EntityKind::kPlugin, RoutePluginId("cors", route),
            {{"name", "cors"}, {"route", route.text()}, {"config", {{"max_age", dial[kPlugin]}}}},
            "p");
      }
    }
    for (Dial each : {kTarget, kOther}) {
      EntityId upstream = UpstreamId(Cat("u", i));
      std::string address = Cat("10.0.", i, ".", dial[each], ":8", static_cast<int>(each));
      if (dial[each] == 0 || !Has(EntityKind::kUpstream, upstream)) continue;
      Add(EntityKind::kTarget, TargetId(upstream, address),
          {{"upstream", upstream.text()}, {"target", address}, {"weight", dial[kOther] + 1}}, "t");
    }
    EntityId consumer = ConsumerId(Cat("c", i));
    if (Has(EntityKind::kConsumer, consumer)) AddCredentials(i, consumer);
    size_t cert = dial[kSni] % kNames;
    if (dial[kSni] > 0 && Has(EntityKind::kCertificate, CertId(cert))) {
      std::string name = Cat("n", i, ".test");
      Add(EntityKind::kSni, SniId(name), {{"name", name}, {"certificate", CertId(cert).text()}},
          name);
    }
  }
  // Keys wander between credentials: the second has what the first of another consumer had.
  void AddCredentials(size_t i, const EntityId& consumer) const {
    const auto& dial = dials_[i];
    if (dial[kKey] > 0) {
      size_t shift = dials_[0][kKey];  // One dial moves all keys round.
      Add(EntityKind::kKeyAuth, DeriveId("keyauth_credentials", Cat("k", i)),
          {{"consumer", consumer.text()}, {"key", Cat("key", (i + shift) % kNames)}}, "k");
    }
    if (dial[kAcl] > 0) {
      std::string group = Cat("g", dial[kAcl]);
      Add(EntityKind::kAcl, DeriveId("acls", Cat(i, group)),
          {{"consumer", consumer.text()}, {"group", group}}, "a");
    }
  }

  std::mt19937_64& random_;
  std::array<std::array<size_t, kDials>, kNames> dials_{};
  mutable Rows rows_;
};

class RandomRun {
 public:
  explicit RandomRun(uint64_t seed, bool faults)
      : random_(seed), kong_(clock_, seed), world_(random_), faults_(faults) {
    MakeForeign();
    StartSink();
  }

  void Play() {
    int faults_left = faults_ ? kFaults : 0;
    for (int edit = 0; edit < kEdits; ++edit) {
      world_.Edit();
      sink_->Published(published_ = source_.Publish(world_.Make()));
      if (faults_left > 0 && random_() % kEdits < kFaults * 2) --faults_left, Disturb();
      // Sometimes the next edit comes while the last is under way.
      clock_.Advance(absl::Milliseconds(random_() % 3 == 0 ? 0 : random_() % 2000));
    }
    kong_.gateway().ClearFaults();
    clock_.Advance(absl::Minutes(30));
  }

  void Judge() {
    EXPECT_EQ(sink_->trouble(), "");
    EXPECT_EQ(sink_->acknowledged(), published_);
    Rows expected = source_.now();
    size_t tagged = 0;
    for (const auto& [entity, rows] : kong_.rows().rows()) {
      for (const auto& [id, row] : rows) tagged += Allows(At(row, "tags"), kTag) ? 1 : 0;
    }
    EXPECT_EQ(tagged, expected.size());
    for (const auto& [key, entity] : expected) {
      const Json* row = RowOf(key);
      ASSERT_NE(row, nullptr) << entity.text();
      auto ours = [&](const EntityKey& one) { return sink_->holdings().OurIdOf(one); };
      EXPECT_TRUE(RowMatches(nullptr, key.kind, entity.json, PlainRow(DumpJson(*row), ours)))
          << entity.json << "\n"
          << *row;
    }
    for (const Json& row : foreign_) {
      const Json* now = kong_.rows().Find("services", TextAt(row, "id"));
      ASSERT_NE(now, nullptr);
      EXPECT_EQ(*now, row);
    }
    std::vector<std::string> calls = kong_.Calls();
    if (!faults_) EXPECT_THAT(calls, testing::Each(testing::Not(testing::HasSubstr(" 4"))));
    clock_.Advance(absl::Hours(1));
    EXPECT_THAT(kong_.Calls(), testing::IsEmpty()) << "nothing is sent once it converged";
    EXPECT_EQ(refused_, 0u);
  }

 private:
  void StartSink() {
    DatabaseCallbacks callbacks;
    callbacks.refused = [this](std::vector<RefusedEntity> rows) {
      for (const RefusedEntity& row : rows) ADD_FAILURE() << row.message;
      refused_ += rows.size();
    };
    DatabaseOptions options{.concurrency = 1 + random_() % 8,
                            .drift_check_interval = absl::Minutes(1)};
    options.admin.timeout = absl::Seconds(2);
    // The simulator knows fewer defaults than the schemas do, so this also proves that what looks
    // as it did after our write is left alone.
    if (random_() % 2 == 0) options.schemas = &SchemaTable::Bundled();
    sink_ =
        std::make_unique<DatabaseSink>(clock_, source_, std::move(options), std::move(callbacks));
    sink_->Add("http://kong", kong_.Client(),
               {.major = 3,
                .minor = 9,
                .patch = 3,
                .version = "3.9.3",
                .enterprise = true,
                .router_flavor = "traditional_compatible",
                .database = "postgres"});
    if (published_ > 0) sink_->Published(published_);
  }
  // What others made before us: with our names, under other ids, with our tag or in our way.
  void MakeForeign() {
    auto make = [&](const char* entity, Json row) {
      auto made = kong_.rows().Create(entity, std::move(row));
      EXPECT_TRUE(std::holds_alternative<Json>(made));
      return std::get<Json>(made);
    };
    foreign_.push_back(make("services", {{"name", "theirs"}, {"host", "x"}}));
    foreign_.push_back(make("services", {{"host", "nameless"}, {"tags", {"other"}}}));
    for (size_t i = 0; i < kNames; ++i) {
      if (random_() % 2 == 0) make("upstreams", {{"name", Cat("u", i)}, {"tags", {kTag}}});
      if (random_() % 2 == 0) {
        make("services", {{"name", Cat("s", i)}, {"host", "old"}, {"tags", {kTag, "old"}}});
      }
      if (random_() % 2 == 0) make("consumers", {{"username", Cat("c", i)}, {"tags", {kTag}}});
    }
  }
  void Disturb() {
    using What = simulators::KongFault::What;
    if (random_() % 10 == 0) return StartSink();
    if (random_() % 10 == 1) return Meddle();
    simulators::KongFault fault;
    fault.times = static_cast<int>(1 + random_() % 4);
    constexpr What kWhats[] = {What::kStatus,      What::kReset,    What::kHang, What::kLoseAnswer,
                               What::kNeverAnswer, What::kTruncate, What::kDelay};
    fault.what = kWhats[random_() % std::size(kWhats)];
    constexpr int kStatuses[] = {500, 502, 503, 429};
    fault.status = kStatuses[random_() % std::size(kStatuses)];
    fault.delay = absl::Milliseconds(random_() % 1500);
    kong_.gateway().Fault(fault);
  }
  // Somebody changes or removes rows of ours.
  void Meddle() {
    for (const auto& [key, entity] : source_.now()) {
      const Json* row = random_() % 4 == 0 ? RowOf(key) : nullptr;
      if (row == nullptr) continue;
      std::string id(TextAt(*row, "id"));
      if (random_() % 2 == 0) {
        kong_.rows().Remove(ArrayName(key.kind), id);
      } else if (key.kind == EntityKind::kService) {
        kong_.rows().Merge("services", id, {{"port", 4711}});
      }
    }
    kong_.Calls();
  }
  const Json* RowOf(const EntityKey& key) {
    const Held* held = sink_->holdings().Find(key);
    std::string id = held == nullptr ? key.id.text() : held->id.text();
    return kong_.rows().Find(ArrayName(key.kind), id);
  }

  io::FakeClock clock_;
  std::mt19937_64 random_;
  VersionedRows source_{clock_};
  DatabaseKong kong_;
  World world_;
  const bool faults_;
  engine::Version published_ = 0;
  std::vector<Json> foreign_;
  size_t refused_ = 0;
  std::unique_ptr<DatabaseSink> sink_;
};

uint64_t Runs() {
  const char* asked = std::getenv("KDELTA_RUNS");
  return engine::ParseInt(asked == nullptr ? "" : asked).value_or(6);
}

TEST(RandomDatabaseTest, ConvergesWithoutASingleRefusedCall) {
  io::SetLog(io::LogLevel::kError, io::LogFormat::kText);
  for (uint64_t seed = 1; seed <= Runs() && !testing::Test::HasFailure(); ++seed) {
    SCOPED_TRACE(Cat("seed ", seed));
    RandomRun run(seed, /*faults=*/false);
    run.Play();
    run.Judge();
  }
}

TEST(RandomDatabaseTest, ConvergesThroughFaultsMeddlersAndRestarts) {
  io::SetLog(io::LogLevel::kError, io::LogFormat::kText);
  for (uint64_t seed = 1; seed <= Runs() && !testing::Test::HasFailure(); ++seed) {
    SCOPED_TRACE(Cat("seed ", seed));
    RandomRun run(seed, /*faults=*/true);
    run.Play();
    run.Judge();
  }
}

}  // namespace
}  // namespace kong
