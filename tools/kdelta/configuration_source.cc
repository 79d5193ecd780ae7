#include "tools/kdelta/configuration_source.h"

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>

#include "absl/strings/str_join.h"
#include "engine/executor.h"
#include "engine/status_macros.h"
#include "engine/text.h"
#include "io/yaml.h"
#include "kong/fragment.h"
#include "kong/json_tree.h"
#include "tools/kdelta/admin_reader.h"
#include "tools/kdelta/inputs.h"

namespace kdelta {
namespace {

using engine::Cat;
using kong::At;
using kong::Configuration;
using kong::Json;
using kong::TextAt;

constexpr std::string_view kPageSize = "1000";
// The documents of large gateways are larger than a manifest may be.
constexpr io::YamlLimits kDocumentLimits{.max_bytes = size_t{1} << 30, .max_nodes = 200'000'000};

// What Kong lists, and where. Targets and members of groups are listed below their parents.
struct AdminList {
  std::string_view array, path;
};
constexpr AdminList kLists[] = {
    {"services", "services"},
    {"routes", "routes"},
    {"upstreams", "upstreams"},
    {"plugins", "plugins"},
    {"consumers", "consumers"},
    {"consumer_groups", "consumer_groups"},
    {"keyauth_credentials", "key-auths"},
    {"basicauth_credentials", "basic-auths"},
    {"hmacauth_credentials", "hmac-auths"},
    {"jwt_secrets", "jwts"},
    {"oauth2_credentials", "oauth2"},
    {"acls", "acls"},
    {"mtls_auth_credentials", "mtls-auths"},
    {"certificates", "certificates"},
    {"snis", "snis"},
    {"ca_certificates", "ca_certificates"},
    {"vaults", "vaults"},
    {"key_sets", "key-sets"},
    {"keys", "keys"},
};

std::string Escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool plain = std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '_';
    out += plain ? std::string(1, c) : Cat('%', engine::Hex(std::string_view(&c, 1)));
  }
  return out;
}

// Kong does not promise to filter what is listed below a parent.
bool HasTags(const Json& row, const std::vector<std::string>& tags) {
  const Json& all = At(row, "tags");
  return std::all_of(tags.begin(), tags.end(), [&](const std::string& tag) {
    return all.is_array() && std::find(all.begin(), all.end(), Json(tag)) != all.end();
  });
}

// All rows of a list, added as rows of `array`. A Kong that has no such list has no such rows.
absl::Status ReadList(AdminReader& admin, std::string_view array, const std::string& path,
                      Configuration& out) {
  std::string offset;
  do {
    std::string target = Cat('/', path, "?size=", kPageSize);
    if (!admin.tags().empty()) target += Cat("&tags=", Escaped(absl::StrJoin(admin.tags(), ",")));
    if (!offset.empty()) target += Cat("&offset=", Escaped(offset));
    absl::StatusOr<std::string> answer = admin.Get(target);
    if (absl::IsNotFound(answer.status()) && offset.empty()) return absl::OkStatus();
    RETURN_IF_ERROR(answer.status());
    const auto page = kong::ParseJson(*answer, kong::kFragmentDepthMax + 5);
    if (!page || !page->is_object())
      return engine::Unavailable(admin.Text(), target, ": not what an Admin API answers");
    for (const Json& row : At(*page, "data")) {
      if (!TextAt(row, "id").empty() && HasTags(row, admin.tags()))
        out.rows.push_back(
            {std::string(array), std::string(TextAt(row, "id")), kong::DumpJson(row), "", false});
    }
    const Json& next = At(*page, "offset");  // A token, or for targets a number.
    offset = next.is_null()     ? ""
             : next.is_string() ? next.get<std::string>()
                                : kong::DumpJson(next);
  } while (!offset.empty());
  return absl::OkStatus();
}

absl::StatusOr<Configuration> ReadDatabase(AdminReader& admin) {
  Configuration out;
  out.stored = true;
  for (const AdminList& list : kLists)
    RETURN_IF_ERROR(ReadList(admin, list.array, std::string(list.path), out));
  const std::vector<kong::ConfigurationRow> rows = out.rows;
  for (const kong::ConfigurationRow& row : rows) {
    if (row.array == "upstreams")
      RETURN_IF_ERROR(ReadList(admin, "targets", Cat("upstreams/", row.id, "/targets"), out));
  }
  return out;
}

absl::StatusOr<Configuration> ReadDocument(std::string_view text, std::string_view name) {
  ASSIGN_OR_RETURN(const std::vector<io::YamlDocument> documents,
                   io::YamlToJson(text, name, kDocumentLimits));
  if (documents.size() != 1)
    return engine::InvalidArgument(name, ": expected one document, found ", documents.size());
  absl::StatusOr<Configuration> read = kong::ReadConfiguration(documents[0].json);
  if (!read.ok()) return engine::Annotate(read.status(), name);
  return read;
}

absl::StatusOr<Configuration> ReadManifests(const std::string& where,
                                            const TranslationFlags& flags) {
  ASSIGN_OR_RETURN(kong::TranslateRequest request, RequestOf(flags));
  ASSIGN_OR_RETURN(const Inputs inputs, ReadInputs({where}));
  if (!TellBad(inputs)) return engine::InvalidArgument(where, ": not all of it can be read");
  AllowUnseenGateways(inputs.objects, request);
  engine::Graph graph(engine::NewSerialExecutor());
  kong::GatewayGraph g(graph, request.options);
  std::vector<kong::Problem> problems;
  kong::Feed(graph, g, inputs.objects, request, problems);
  g.problems.ForEach([&](const kong::Problem& problem) { problems.push_back(problem); });
  for (const kong::Problem& problem : problems)
    std::cerr << "warning: " << problem.object.text() << ": " << problem.text << '\n';
  Configuration out;
  g.entities.ForEach([&](const kong::Entity& entity) {
    if (!kong::Fits(entity.needs, request.offers)) return;
    out.rows.push_back({std::string(kong::ArrayOf(entity)), entity.id.text(), entity.json,
                        entity.origins.empty() ? "" : entity.origins.front().text(),
                        entity.secret});
  });
  return out;
}

// Whether the text begins as a declarative document, of either form.
bool SaysFormat(std::string_view text) {
  return text.substr(0, 4096).find("_format_version") != std::string_view::npos;
}

}  // namespace

absl::StatusOr<Configuration> ReadGateway(AdminReader& admin) {
  ASSIGN_OR_RETURN(const std::string root, admin.GetOfAll("/"));
  const Json tree = kong::ParseJson(root, kong::kFragmentDepthMax).value_or(Json());
  if (kong::Text(kong::AtPath(tree, "configuration.database")) != "off") return ReadDatabase(admin);
  ASSIGN_OR_RETURN(const std::string answer, admin.Get("/config"));
  const Json config = kong::ParseJson(answer).value_or(Json());
  return ReadDocument(TextAt(config, "config"), Cat(admin.Text(), "/config"));
}

absl::StatusOr<Configuration> ReadSource(const std::string& where, const TranslationFlags& flags,
                                         const Flags& access) {
  if (IsUrl(where)) {
    ASSIGN_OR_RETURN(std::unique_ptr<AdminReader> admin, AdminReader::Open(where, access));
    return ReadGateway(*admin);
  }
  std::error_code ignored;
  if (std::filesystem::is_regular_file(where, ignored)) {
    std::ifstream in(where, std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    const size_t sections = text.find("apiVersion:");
    if (in && SaysFormat(text) && (sections == std::string::npos || sections > 4096))
      return ReadDocument(text, where);
  }
  return ReadManifests(where, flags);
}

}  // namespace kdelta
