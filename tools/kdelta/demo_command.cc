// `kdelta demo`: the whole thing on one machine, without a cluster and without a Kong.

#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "engine/status_macros.h"
#include "engine/text.h"
#include "io/log.h"
#include "tools/kdelta/commands.h"
#include "tools/kdelta/demo.h"
#include "tools/kdelta/demo_shop.h"
#include "tools/kdelta/inputs.h"
#include "tools/simulators/api_store.h"
#include "tools/simulators/cluster.h"

namespace kdelta {
namespace {

using simulators::Json;

struct DemoLine {
  size_t ingresses = 0;
  std::string manifests;
  bool keep = false;
  bool verbose = false;
};

// What the simulated API server does not take, such as Deployments, is told and left out.
std::vector<Json> TakenByTheServer(std::vector<Json> objects) {
  simulators::ApiStore store({.check_namespaces = false});
  std::erase_if(objects, [&](const Json& object) {
    const simulators::ApiResult result = store.Apply(object, absl::UnixEpoch());
    const auto* error = std::get_if<simulators::ApiError>(&result);
    if (error == nullptr) return false;
    const Json& metadata = simulators::At(object, "metadata");
    std::fprintf(stderr, "kdelta demo: %s %s is left out: %s\n",
                 std::string(simulators::TextAt(object, "kind")).c_str(),
                 std::string(simulators::TextAt(metadata, "name")).c_str(), error->message.c_str());
    return true;
  });
  return objects;
}

absl::StatusOr<std::vector<Json>> ObjectsOf(const DemoLine& line) {
  if (line.ingresses > 0) {
    std::vector<Json> objects;
    simulators::Cluster({.ingresses = line.ingresses}).ForEach([&](Json object) {
      objects.push_back(std::move(object));
    });
    return objects;
  }
  if (line.manifests.empty()) return ShopObjects();
  ASSIGN_OR_RETURN(const Inputs read, ReadInputs({line.manifests}));
  TellBad(read);
  std::vector<Json> objects;
  for (const kong::ManifestObject& object : read.objects) {
    auto json = simulators::ParseJson(object.json);
    if (!json) return engine::InvalidArgument(object.kind, " ", object.name, " cannot be read");
    if (!object.ns.empty()) (*json)["metadata"]["namespace"] = object.ns;
    objects.push_back(*std::move(json));
  }
  objects = TakenByTheServer(std::move(objects));
  if (objects.empty()) return engine::NotFound(line.manifests, ": no object that can be shown");
  return objects;
}

absl::Status RunDemo(const DemoLine& line) {
  io::SetLog(line.verbose ? io::LogLevel::kInfo : io::LogLevel::kError, io::LogFormat::kText);
  DemoOptions options;
  ASSIGN_OR_RETURN(options.objects, ObjectsOf(line));
  options.keep = line.keep;
  options.colour = isatty(STDOUT_FILENO) == 1 && std::getenv("NO_COLOR") == nullptr;
  Demo demo(std::move(options));
  RETURN_IF_ERROR(demo.Start());
  return demo.Run();
}

}  // namespace

void AddDemoCommand(CLI::App& program, ExitStatus& status) {
  auto line = std::make_shared<DemoLine>();
  CLI::App* command = program.add_subcommand(
      "demo", "Show a small shop configured and changed, with simulated Kubernetes and gateways.");
  auto* ingresses = command->add_option("--ingresses", line->ingresses,
                                        "A fleet of that many Ingresses instead.");
  command
      ->add_option("--manifests", line->manifests,
                   "Your own manifests instead: a file or a folder.")
      ->excludes(ingresses);
  command->add_flag("--keep", line->keep, "Leave everything running after the story.");
  command->add_flag("--verbose", line->verbose, "Show the controller's log as well.");
  command->footer(
      "Exits with 0 if in the end every gateway holds exactly the expected configuration.");
  command->callback([line, &status] {
    const absl::Status result = RunDemo(*line);
    if (!result.ok())
      std::fprintf(stderr, "kdelta demo: %s\n", std::string(engine::MessageOf(result)).c_str());
    status = result.ok() ? kDone : kFailed;
  });
}

}  // namespace kdelta
