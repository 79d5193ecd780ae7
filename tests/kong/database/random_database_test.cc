// Random runs: a world that is edited, calls that fail in every way, others who meddle, and a sink
// that is restarted. In the end the database holds exactly what it should, nobody else's rows were
// touched, and nothing more is sent. The simulator's foreign keys prove that no reference ever
// dangled; in runs without faults every single call is accepted.
//
// KDELTA_RUNS sets how many runs there are, KDELTA_SEED chooses one.
#include <random>

#include "engine/text.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "io/log.h"
#include "kong/database/database_sink.h"
#include "kong/database/row_match.h"
#include "tests/kong/database/database_world.h"
#include "tests/kong/random_runs.h"
#include "tests/kong/sink_world.h"

namespace kong {
namespace {

using engine::Cat;

constexpr char kTag[] = "managed-by-ingress-controller";
constexpr int kEdits = 100, kFaults = 10;

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
    for (size_t i = 0; i < SinkWorld::kNames; ++i) {
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
  SinkWorld world_;
  const bool faults_;
  engine::Version published_ = 0;
  std::vector<Json> foreign_;
  size_t refused_ = 0;
  std::unique_ptr<DatabaseSink> sink_;
};

TEST(RandomDatabaseTest, ConvergesWithoutASingleRefusedCall) {
  io::SetLog(io::LogLevel::kError, io::LogFormat::kText);
  ForEachSeed(6, [](uint64_t seed) {
    RandomRun run(seed, /*faults=*/false);
    run.Play();
    run.Judge();
  });
}

TEST(RandomDatabaseTest, ConvergesThroughFaultsMeddlersAndRestarts) {
  io::SetLog(io::LogLevel::kError, io::LogFormat::kText);
  ForEachSeed(6, [](uint64_t seed) {
    RandomRun run(seed, /*faults=*/true);
    run.Play();
    run.Judge();
  });
}

}  // namespace
}  // namespace kong
