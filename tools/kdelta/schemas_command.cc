// `kdelta schemas`: the facts of a Kong's schemas, as the bundle that completes entities.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <string>

#include "engine/status_macros.h"
#include "engine/text.h"
#include "io/read_file.h"
#include "kong/json_tree.h"
#include "kong/schema_bundle.h"
#include "tools/kdelta/admin_reader.h"
#include "tools/kdelta/commands.h"

namespace kdelta {
namespace {

namespace fs = std::filesystem;
using engine::Cat;
using kong::At;
using kong::Json;

// What a declarative configuration may hold; a Kong without an edition's entities answers 404.
constexpr std::string_view kEntities[] = {"acls",
                                          "basicauth_credentials",
                                          "ca_certificates",
                                          "certificates",
                                          "consumer_group_consumers",
                                          "consumer_groups",
                                          "consumers",
                                          "filter_chains",
                                          "hmacauth_credentials",
                                          "jwt_secrets",
                                          "key_sets",
                                          "keyauth_credentials",
                                          "keys",
                                          "licenses",
                                          "mtls_auth_credentials",
                                          "oauth2_credentials",
                                          "plugins",
                                          "routes",
                                          "services",
                                          "snis",
                                          "targets",
                                          "upstreams",
                                          "vaults"};

struct SchemasFlags {
  std::string from, output;
  std::vector<std::string> entities;
};

void SetRelease(const std::string& root, kong::SchemaSources& sources) {
  const std::optional<Json> tree = kong::ParseJson(root, 100);
  if (!tree) return;
  sources.version = kong::TextAt(*tree, "version");
  sources.edition = kong::TextAt(*tree, "edition");
}

bool Wanted(std::string_view name, const SchemasFlags& flags) {
  return std::find(std::begin(kEntities), std::end(kEntities), name) != std::end(kEntities) ||
         std::find(flags.entities.begin(), flags.entities.end(), name) != flags.entities.end();
}

// Files as Kong's endpoints answer: ENTITY.json, plugins/NAME.json, and root.json of its root.
absl::StatusOr<kong::SchemaSources> FromFolder(const SchemasFlags& flags) {
  kong::SchemaSources sources;
  const fs::path folder(flags.from);
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    const std::string name = entry.path().stem().string();
    if (entry.path().extension() != ".json") continue;
    ASSIGN_OR_RETURN(std::string text, io::ReadFile(entry.path().string()));
    if (name == "root") SetRelease(text, sources);
    if (Wanted(name, flags)) sources.entities.emplace(name, std::move(text));
  }
  if (error) return engine::NotFound(flags.from, ": ", error.message());
  for (const auto& entry : fs::directory_iterator(folder / "plugins", error)) {
    if (entry.path().extension() != ".json") continue;
    ASSIGN_OR_RETURN(std::string text, io::ReadFile(entry.path().string()));
    sources.plugins.emplace(entry.path().stem().string(), std::move(text));
  }
  return sources;
}

absl::StatusOr<kong::SchemaSources> FromGateway(const SchemasFlags& flags,
                                                const CLI::App& command) {
  kong::SchemaSources sources;
  ASSIGN_OR_RETURN(const Flags access, ReadFlags(command));
  ASSIGN_OR_RETURN(std::unique_ptr<AdminReader> admin, AdminReader::Open(flags.from, access));
  ASSIGN_OR_RETURN(const std::string root, admin->GetOfAll("/"));
  SetRelease(root, sources);
  std::vector<std::string> names(std::begin(kEntities), std::end(kEntities));
  names.insert(names.end(), flags.entities.begin(), flags.entities.end());
  for (const std::string& name : names) {
    absl::StatusOr<std::string> schema = admin->GetOfAll("/schemas/" + name);
    if (absl::IsNotFound(schema.status())) continue;
    RETURN_IF_ERROR(schema.status());
    sources.entities.emplace(name, *std::move(schema));
  }
  const Json tree = kong::ParseJson(root, 100).value_or(Json());
  const Json& plugins = kong::AtPath(tree, "plugins.available_on_server");
  for (const auto& [name, release] : plugins.items()) {
    absl::StatusOr<std::string> schema = admin->GetOfAll("/schemas/plugins/" + name);
    if (absl::IsNotFound(schema.status())) continue;  // Available, and not enabled.
    RETURN_IF_ERROR(schema.status());
    sources.plugins.emplace(name, *std::move(schema));
  }
  return sources;
}

absl::Status Run(const SchemasFlags& flags, const CLI::App& command) {
  ASSIGN_OR_RETURN(kong::SchemaSources sources,
                   IsUrl(flags.from) ? FromGateway(flags, command) : FromFolder(flags));
  if (!sources.entities.contains("plugins") || !sources.entities.contains("routes"))
    return engine::NotFound(flags.from, ": no schemas of Kong here (routes, plugins, …)");
  ASSIGN_OR_RETURN(std::string bundle, kong::WriteSchemaBundle(sources));
  // A source file of this program holds the bundle as one literal.
  if (flags.output.ends_with(".inc")) bundle = Cat("R\"bundle(", bundle, ")bundle\"\n");
  if (flags.output.empty()) {
    std::cout << bundle;
    return absl::OkStatus();
  }
  std::ofstream out(flags.output, std::ios::binary | std::ios::trunc);
  out << bundle;
  out.close();
  return out ? absl::OkStatus() : engine::InvalidArgument(flags.output, ": cannot be written");
}

}  // namespace

void AddSchemasCommand(CLI::App& app, ExitStatus& status) {
  auto flags = std::make_shared<SchemasFlags>();
  CLI::App* command = app.add_subcommand(
      "schemas", "Write the facts of a Kong's schemas, by which entities are completed");
  command
      ->add_option("--from", flags->from,
                   "URL of an Admin API, or a folder of what its /schemas endpoints answered")
      ->required();
  command->add_option("--output", flags->output,
                      "File for the bundle; *.inc gets it as a C++ literal");
  command->add_option("--entity", flags->entities,
                      "A further entity, which a plugin of your own brings along");
  DeclareAdminFlags(*command);
  command->callback([flags, command, &status] {
    const absl::Status end = Run(*flags, *command);
    if (!end.ok()) std::cerr << "error: " << engine::MessageOf(end) << '\n';
    status = end.ok() ? kDone : kFailed;
  });
}

}  // namespace kdelta
