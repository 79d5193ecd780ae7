// `kdelta explain`: which objects made an entity of Kong, and what an object became, or why it did
// not.
#include <iostream>
#include <memory>
#include <string>

#include "engine/executor.h"
#include "engine/status_macros.h"
#include "engine/text.h"
#include "kong/explanation.h"
#include "tools/kdelta/commands.h"
#include "tools/kdelta/inputs.h"
#include "tools/kdelta/translation_flags.h"

namespace kdelta {
namespace {

struct Flags : TranslationFlags {
  std::string subject;
};

// False if nothing of that name is there.
absl::StatusOr<bool> Run(const Flags& flags) {
  ASSIGN_OR_RETURN(kong::TranslateRequest request, RequestOf(flags));
  ASSIGN_OR_RETURN(const Inputs inputs, ReadInputs(flags.inputs));
  TellBad(inputs);
  AllowUnseenGateways(inputs.objects, request);
  engine::Graph graph(engine::NewSerialExecutor());
  kong::GatewayGraph g(graph, request.options);
  std::vector<kong::Problem> unreadable;
  kong::Feed(graph, g, inputs.objects, request, unreadable);
  for (const kong::Problem& problem : unreadable) {
    std::cerr << problem.object.text() << ": " << problem.text << '\n';
  }
  std::string entity = kong::ExplainEntity(graph, g, flags.subject);
  if (!entity.empty()) {
    std::cout << entity;
    return true;
  }
  absl::StatusOr<kong::ObjectRef> object = ParseObjectRef(flags.subject);
  if (!object.ok() || kong::ApiVersionOf(object->kind.text()).empty()) {
    std::cerr << "no entity has the name or id \"" << flags.subject
              << "\"; an object is named KIND/[NAMESPACE/]NAME, like Ingress/shop/web\n";
    return false;
  }
  std::cout << kong::ExplainObject(graph, g, *object);
  return true;
}

}  // namespace

void AddExplainCommand(CLI::App& app, ExitStatus& status) {
  auto flags = std::make_shared<Flags>();
  CLI::App* command = app.add_subcommand(
      "explain",
      "Say what an object of some manifests becomes in Kong, or where an entity is from");
  AddTranslationFlags(*command, *flags);
  command
      ->add_option("subject", flags->subject,
                   "KIND/[NAMESPACE/]NAME of an object, or the name or id of an entity")
      ->required();
  command->callback([flags, &status] {
    absl::StatusOr<bool> found = Run(*flags);
    if (!found.ok()) std::cerr << "error: " << engine::MessageOf(found.status()) << '\n';
    status = !found.ok() ? kWrongUse : *found ? kDone : kFailed;
  });
}

}  // namespace kdelta
