#include "tools/capacity/scenarios.h"

#include <signal.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <random>

#include "engine/status_macros.h"
#include "engine/text.h"
#include "tools/capacity/marks.h"

namespace capacity {
namespace {

using engine::Cat;
using simulators::Cluster;
using simulators::ClusterChange;

constexpr size_t kRepeats = 30;  // Of one change, one after another.

double Megabytes(size_t bytes) { return static_cast<double>(bytes) / 1e6; }

// Numbers below `count` in an order that the seed decides, over and over: no two changes of one
// object follow each other closely, so none hides another.
class Shuffled {
 public:
  Shuffled(size_t count, uint64_t seed) : order_(count) {
    for (size_t n = 0; n < count; ++n) order_[n] = n;
    std::mt19937_64 random(seed);
    std::shuffle(order_.begin(), order_.end(), random);
  }
  size_t Next() { return order_[at_++ % order_.size()]; }

 private:
  std::vector<size_t> order_;
  size_t at_ = 0;
};

Shuffled Services(Rig& rig) { return {rig.cluster().services(), rig.options().fleet.seed}; }
Shuffled Ingresses(Rig& rig) { return {rig.cluster().ingresses(), rig.options().fleet.seed}; }

// What the gateways and the engine were given to do.
void AddWork(Report& report, const Spent& spent, double per, bool exact) {
  const auto each = [per](uint64_t count) { return static_cast<double>(count) / per; };
  report.Add("evaluations", "count", each(spent.evaluations), exact);
  report.Add("rows_changed", "count", each(spent.changes), exact);
  report.Add("entities_sent", "count", each(spent.taken.entities), exact);
  report.Add("bytes_sent", "bytes", each(spent.taken.bytes), exact);
}

// One change after another, each only after every gateway has the last one.
absl::Status Repeat(const ScenarioRun& run, absl::FunctionRef<ClusterChange()> change) {
  Rig& rig = run.rig;
  rig.TakePropagation();
  RETURN_IF_ERROR(rig.BeginSpending());
  for (size_t n = 0; n < kRepeats; ++n) {
    RETURN_IF_ERROR(rig.Make(change()));
    RETURN_IF_ERROR(rig.Settle());
  }
  ASSIGN_OR_RETURN(const Spent spent, rig.EndSpending());
  run.report.AddQuantiles("propagation", rig.TakePropagation());
  run.report.Add("cpu_per_change", "ms", spent.cpu_seconds * 1e3 / kRepeats);
  AddWork(run.report, spent, kRepeats, true);
  return absl::OkStatus();
}

absl::Status OneEndpoint(const ScenarioRun& run) {
  Shuffled services = Services(run.rig);
  return Repeat(run, [&] { return run.rig.cluster().ReplaceEndpoint(services.Next()); });
}

absl::Status OnePath(const ScenarioRun& run) {
  Shuffled ingresses = Ingresses(run.rig);
  return Repeat(run, [&] { return run.rig.cluster().ChangePath(ingresses.Next()); });
}

absl::Status OneService(const ScenarioRun& run) {
  Shuffled services = Services(run.rig);
  int retries = 10;
  return Repeat(run, [&] { return run.rig.cluster().SetRetries(services.Next(), ++retries); });
}

absl::Status OneCertificate(const ScenarioRun& run) {
  Cluster& cluster = run.rig.cluster();
  Shuffled ingresses = Ingresses(run.rig);
  return Repeat(run, [&] {
    size_t ingress = ingresses.Next();
    while (!cluster.HasTls(ingress)) ingress = ingresses.Next();
    return cluster.RotateCertificate(ingress);
  });
}

// Many writes, and how long until all gateways have everything.
absl::Status AllAtOnce(const ScenarioRun& run, size_t changes,
                       absl::FunctionRef<absl::Status()> make) {
  Rig& rig = run.rig;
  rig.TakePropagation();
  RETURN_IF_ERROR(rig.BeginSpending());
  RETURN_IF_ERROR(make());
  RETURN_IF_ERROR(rig.Settle());
  ASSIGN_OR_RETURN(const Spent spent, rig.EndSpending());
  const double count = static_cast<double>(std::max<size_t>(changes, 1));
  run.report.Add("changes", "count", static_cast<double>(changes), true);
  run.report.AddQuantiles("propagation", rig.TakePropagation());
  run.report.Add("until_all", "s", spent.wall_seconds);
  run.report.Add("cpu_per_change", "ms", spent.cpu_seconds * 1e3 / count);
  run.report.Add("deliveries", "count", static_cast<double>(spent.taken.deliveries));
  run.report.Add("peak_memory", "MB", Megabytes(rig.controller().peak_resident_bytes()));
  return absl::OkStatus();
}

absl::Status RotateAll(const ScenarioRun& run) {
  Rig& rig = run.rig;
  size_t count = 0;
  for (size_t n = 0; n < rig.cluster().ingresses(); ++n) count += rig.cluster().HasTls(n) ? 1 : 0;
  return AllAtOnce(run, count, [&] {
    for (size_t n = 0; n < rig.cluster().ingresses(); ++n) {
      if (rig.cluster().HasTls(n)) RETURN_IF_ERROR(rig.Make(rig.cluster().RotateCertificate(n)));
    }
    return absl::OkStatus();
  });
}

// Every pod of as many Services as it takes to be `number` pods, replaced one by one.
absl::Status RollingRestart(const ScenarioRun& run) {
  Rig& rig = run.rig;
  const size_t each = std::max<size_t>(rig.options().fleet.endpoints, 1);
  const size_t services =
      std::clamp<size_t>(static_cast<size_t>(run.number) / each, 1, rig.cluster().services());
  return AllAtOnce(run, services * each, [&] {
    for (size_t round = 0; round < each; ++round) {
      for (size_t n = 0; n < services; ++n)
        RETURN_IF_ERROR(rig.Make(rig.cluster().ReplaceEndpoint(n)));
      RETURN_IF_ERROR(rig.Settle());
    }
    return absl::OkStatus();
  });
}

absl::Status DeletePods(const ScenarioRun& run) {
  Rig& rig = run.rig;
  const size_t each = std::max<size_t>(rig.options().fleet.endpoints, 1);
  const size_t services =
      std::clamp<size_t>(static_cast<size_t>(run.number) / each, 1, rig.cluster().services() / 2);
  RETURN_IF_ERROR(AllAtOnce(run, services, [&] {
    for (size_t n = 0; n < services; ++n) {
      const std::string last = rig.cluster().Addresses(n).back();
      RETURN_IF_ERROR(
          rig.MakeAndAwaitGone(rig.cluster().ScaleToZero(n), MarkOfEndpoint(last, 8080)));
    }
    return absl::OkStatus();
  }));
  for (size_t n = 0; n < services; ++n) {  // They come back, unmeasured.
    for (size_t pod = 0; pod < each; ++pod) RETURN_IF_ERROR(rig.Make(rig.cluster().ScaleOut(n)));
  }
  return rig.Settle();
}

// A change every 1/number seconds for a while, whatever the gateways do meanwhile.
absl::Status Churn(const ScenarioRun& run) {
  Rig& rig = run.rig;
  Shuffled services = Services(rig);
  rig.TakePropagation();
  RETURN_IF_ERROR(rig.BeginSpending());
  const absl::Duration began = rig.now();
  const size_t total = std::max<size_t>(static_cast<size_t>(run.number * run.seconds), 1);
  size_t made = 0, backlog = 0;
  absl::Status written;
  RETURN_IF_ERROR(rig.RunUntil(
      [&] {
        const double due = absl::ToDoubleSeconds(rig.now() - began) * run.number;
        while (written.ok() && made < total && static_cast<double>(made) <= due) {
          written = rig.Make(rig.cluster().ReplaceEndpoint(services.Next()));
          ++made;
        }
        backlog = std::max(backlog, rig.awaited());
        return made == total || !written.ok();
      },
      absl::Seconds(run.seconds) + absl::Minutes(5)));
  RETURN_IF_ERROR(written);
  const double writing = absl::ToDoubleSeconds(rig.now() - began);
  RETURN_IF_ERROR(rig.Settle());
  ASSIGN_OR_RETURN(const Spent spent, rig.EndSpending());
  run.report.Add("rate", "1/s", static_cast<double>(total) / writing);
  run.report.AddQuantiles("propagation", rig.TakePropagation());
  run.report.Add("cpu", "cores", spent.cpu_seconds / spent.wall_seconds);
  run.report.Add("cpu_per_change", "ms", spent.cpu_seconds * 1e3 / static_cast<double>(total));
  run.report.Add("coalescing", "count",
                 static_cast<double>(total * rig.gateways().count()) /
                     static_cast<double>(std::max<uint64_t>(spent.taken.deliveries, 1)));
  run.report.Add("backlog_max", "count", static_cast<double>(backlog));
  run.report.Add("memory", "MB", Megabytes(rig.controller().resident_bytes()));
  return absl::OkStatus();
}

absl::Status Idle(const ScenarioRun& run) {
  RETURN_IF_ERROR(run.rig.BeginSpending());
  RETURN_IF_ERROR(run.rig.RunFor(absl::Seconds(run.seconds)));
  ASSIGN_OR_RETURN(const Spent spent, run.rig.EndSpending());
  run.report.Add("cpu", "cores", spent.cpu_seconds / spent.wall_seconds);
  run.report.Add("memory", "MB", Megabytes(run.rig.controller().resident_bytes()));
  AddWork(run.report, spent, 1, true);
  return absl::OkStatus();
}

// What is wrong stays out, and the change after it is as fast as ever.
absl::Status Poisoned(const ScenarioRun& run) {
  Rig& rig = run.rig;
  Shuffled ingresses = Ingresses(rig);
  const size_t bad = ingresses.Next();
  rig.TakePropagation();
  RETURN_IF_ERROR(rig.BeginSpending());
  const ClusterChange poison = rig.cluster().BreakPath(bad);
  rig.api().Apply(poison.object);
  RETURN_IF_ERROR(rig.Make(rig.cluster().ChangePath(ingresses.Next())));
  RETURN_IF_ERROR(rig.Settle());
  ASSIGN_OR_RETURN(const Spent spent, rig.EndSpending());
  run.report.Add("next_change", "ms", rig.TakePropagation().Max());
  run.report.Add("cpu", "ms", spent.cpu_seconds * 1e3);
  RETURN_IF_ERROR(rig.Make(rig.cluster().ChangePath(bad)));
  RETURN_IF_ERROR(rig.Settle());
  run.report.Add("mended", "ms", rig.TakePropagation().Max());
  return absl::OkStatus();
}

// Every watch ends with 410, so every kind is listed again; a change comes in the midst of it.
absl::Status ApiServerRestart(const ScenarioRun& run) {
  Rig& rig = run.rig;
  Shuffled services = Services(rig);
  rig.TakePropagation();
  RETURN_IF_ERROR(rig.BeginSpending());
  rig.api().Compact(rig.api().store().revision());
  rig.api().CutWatches(simulators::WatchCut::kGone);
  RETURN_IF_ERROR(rig.Make(rig.cluster().ReplaceEndpoint(services.Next())));
  RETURN_IF_ERROR(rig.Settle());
  RETURN_IF_ERROR(rig.RunFor(absl::Seconds(3)));  // What is listed after that kind.
  ASSIGN_OR_RETURN(const Spent spent, rig.EndSpending());
  run.report.Add("next_change", "ms", rig.TakePropagation().Max());
  run.report.Add("cpu", "s", spent.cpu_seconds);
  run.report.Add("relists", "count", static_cast<double>(spent.relists));
  run.report.Add("entities_sent", "count", static_cast<double>(spent.taken.entities));
  run.report.Add("peak_memory", "MB", Megabytes(rig.controller().peak_resident_bytes()));
  return absl::OkStatus();
}

absl::Status GatewayRestart(const ScenarioRun& run) {
  Rig& rig = run.rig;
  RETURN_IF_ERROR(rig.BeginSpending());
  rig.gateways().Restart();
  RETURN_IF_ERROR(rig.RunUntil([&] { return rig.gateways().configured() == rig.gateways().count(); },
                               absl::Minutes(5)));
  ASSIGN_OR_RETURN(const Spent spent, rig.EndSpending());
  run.report.Add("until_configured", "s", spent.wall_seconds);
  run.report.Add("cpu", "s", spent.cpu_seconds);
  run.report.Add("entities_sent", "count", static_cast<double>(spent.taken.entities), true);
  run.report.Add("bytes_sent", "bytes", static_cast<double>(spent.taken.bytes), true);
  return absl::OkStatus();
}

// The process is killed, as by the kernel, and another one starts; a change waits for it.
absl::Status ControllerRestart(const ScenarioRun& run) {
  Rig& rig = run.rig;
  Shuffled services = Services(rig);
  rig.TakePropagation();
  rig.StopController(SIGKILL);
  RETURN_IF_ERROR(rig.Make(rig.cluster().ReplaceEndpoint(services.Next())));
  RETURN_IF_ERROR(rig.StartController());
  RETURN_IF_ERROR(rig.Settle());
  run.report.Add("next_change", "s", rig.TakePropagation().Max() / 1e3);
  run.report.Add("cpu", "s", rig.controller().CpuSeconds());
  run.report.Add("peak_memory", "MB", Megabytes(rig.controller().peak_resident_bytes()));
  return absl::OkStatus();
}

// Every Ingress goes and comes back. What the controller holds in between should be little.
absl::Status MassDelete(const ScenarioRun& run) {
  Rig& rig = run.rig;
  Cluster& cluster = rig.cluster();
  run.report.Add("memory_before", "MB", Megabytes(rig.controller().resident_bytes()));
  std::vector<size_t> targets;
  for (size_t n = 0; n < rig.gateways().count(); ++n) targets.push_back(rig.gateways().targets(n));
  const auto each_has = [&](absl::FunctionRef<size_t(size_t)> wanted) {
    for (size_t n = 0; n < rig.gateways().count(); ++n) {
      if (rig.gateways().targets(n) != wanted(n)) return false;
    }
    return true;
  };
  RETURN_IF_ERROR(rig.BeginSpending());
  for (size_t n = 0; n < cluster.ingresses(); ++n)
    RETURN_IF_ERROR(rig.Make({ClusterChange::What::kDelete, cluster.Ingress(n)}));
  RETURN_IF_ERROR(
      rig.RunUntil([&] { return each_has([](size_t) { return size_t{0}; }); }, absl::Minutes(5)));
  ASSIGN_OR_RETURN(const Spent spent, rig.EndSpending());
  run.report.Add("until_all", "s", spent.wall_seconds);
  run.report.Add("cpu", "s", spent.cpu_seconds);
  RETURN_IF_ERROR(rig.RunFor(absl::Seconds(2)));
  run.report.Add("memory_after", "MB", Megabytes(rig.controller().resident_bytes()));
  for (size_t n = 0; n < cluster.ingresses(); ++n)
    RETURN_IF_ERROR(rig.Make({ClusterChange::What::kApply, cluster.Ingress(n)}));
  RETURN_IF_ERROR(rig.Settle());
  RETURN_IF_ERROR(rig.RunUntil([&] { return each_has([&](size_t n) { return targets[n]; }); },
                               absl::Minutes(5)));
  run.report.Add("memory_again", "MB", Megabytes(rig.controller().resident_bytes()));
  return absl::OkStatus();
}

constexpr auto kScenarios = std::to_array<Scenario>({
    {"endpoint", "one endpoint replaced, 30 times, one after another", 0, OneEndpoint},
    {"path", "one Ingress's path changed, likewise", 0, OnePath},
    {"service", "one Service's retries changed, likewise", 0, OneService},
    {"certificate", "one TLS Secret replaced, likewise", 0, OneCertificate},
    {"churn", "that many endpoints replaced a second, for --seconds", 1000, Churn},
    {"rolling-restart", "that many pods replaced, a pod of each Service at a time", 10'000,
     RollingRestart},
    {"delete-pods", "that many pods gone at once", 10'000, DeletePods},
    {"rotate-all", "every certificate replaced at once", 0, RotateAll},
    {"poisoned", "an Ingress that no gateway takes, and the change after it", 0, Poisoned},
    {"api-restart", "all watches end with 410: everything is listed again", 0, ApiServerRestart},
    {"gateway-restart", "all gateways start anew with empty disks", 0, GatewayRestart},
    {"restart", "the controller is killed, and started again", 0, ControllerRestart},
    {"mass-delete", "every Ingress deleted, and made again", 0, MassDelete},
    {"idle", "nothing happens, for --seconds", 0, Idle},
});

}  // namespace

std::span<const Scenario> Scenarios() { return kScenarios; }

absl::StatusOr<Chosen> Choose(std::string_view text) {
  const size_t equals = text.find('=');
  const std::string_view name = text.substr(0, equals);
  std::string known;
  for (const Scenario& scenario : kScenarios) {
    known += Cat(known.empty() ? "" : ", ", scenario.name);
    if (scenario.name != name) continue;
    Chosen chosen{&scenario, std::string(name), scenario.number};
    if (equals != text.npos) {
      const auto number = engine::ParseInt(text.substr(equals + 1));
      if (scenario.number == 0) return engine::InvalidArgument(name, " takes no number");
      if (!number || *number <= 0)
        return engine::InvalidArgument("what follows = in ", text, " is no positive number");
      chosen.number = static_cast<double>(*number);
    }
    if (scenario.number != 0) chosen.name += Cat("=", static_cast<int64_t>(chosen.number));
    return chosen;
  }
  return engine::InvalidArgument("there is no scenario ", name, "; there are ", known);
}

}  // namespace capacity
