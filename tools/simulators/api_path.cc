#include "tools/simulators/api_path.h"

#include <map>
#include <set>
#include <utility>
#include <vector>

#include "engine/text.h"

namespace simulators {
namespace {

using engine::Cat;

// The verbs of discovery, in the order in which a server lists them.
Json VerbsOf() { return {"create", "delete", "get", "list", "patch", "update", "watch"}; }

Json ResourceList(const ApiStore& store, std::string_view group, std::string_view version) {
  Json resources = Json::array();
  for (const auto& one : store.resources()) {
    if (one->group != group || one->version != version) continue;
    resources.push_back({{"name", one->plural},
                         {"singularName", engine::Lower(one->kind)},
                         {"namespaced", one->namespaced},
                         {"kind", one->kind},
                         {"verbs", VerbsOf()}});
    if (!one->has_status) continue;
    resources.push_back({{"name", Cat(one->plural, "/status")},
                         {"singularName", ""},
                         {"namespaced", one->namespaced},
                         {"kind", one->kind},
                         {"verbs", {"get", "patch", "update"}}});
  }
  std::string group_version = group.empty() ? std::string(version) : Cat(group, "/", version);
  return {{"kind", "APIResourceList"},
          {"apiVersion", "v1"},
          {"groupVersion", group_version},
          {"resources", resources}};
}

Json GroupList(const ApiStore& store) {
  std::map<std::string, std::set<std::string>> versions;
  for (const auto& one : store.resources()) {
    if (!one->group.empty()) versions[one->group].insert(one->version);
  }
  Json groups = Json::array();
  for (const auto& [group, all] : versions) {
    Json list = Json::array();
    for (const std::string& version : all) {
      list.push_back({{"groupVersion", Cat(group, "/", version)}, {"version", version}});
    }
    groups.push_back({{"name", group}, {"versions", list}, {"preferredVersion", list[0]}});
  }
  return {{"kind", "APIGroupList"}, {"apiVersion", "v1"}, {"groups", groups}};
}

Json VersionBody(std::string_view version) {
  std::vector<std::string_view> parts = engine::Split(version, '.');
  std::string_view major = parts[0];
  if (major.starts_with('v')) major.remove_prefix(1);
  return {{"major", major},          {"minor", parts.size() > 1 ? parts[1] : "0"},
          {"gitVersion", version},   {"gitCommit", "0000000000000000000000000000000000000000"},
          {"gitTreeState", "clean"}, {"buildDate", "1970-01-01T00:00:00Z"},
          {"goVersion", "none"},     {"compiler", "none"},
          {"platform", "simulator"}};
}

Answer PlainText(std::string body) {
  Answer answer;
  answer.headers.Add("Content-Type", "text/plain; charset=utf-8");
  answer.body = std::move(body);
  return answer;
}

}  // namespace

ApiForm FormOf(std::string_view accept) {
  if (accept.empty()) return ApiForm::kFull;
  for (std::string_view item : engine::Split(accept, ',')) {
    std::string_view type = engine::Trim(item.substr(0, item.find(';')));
    if (type != "application/json" && type != "*/*" && type != "application/*") continue;
    if (item.find("as=PartialObjectMetadata") != item.npos) return ApiForm::kMetadata;
    if (item.find("as=") == item.npos) return ApiForm::kFull;  // as=Table and the like: not ours.
  }
  return ApiForm::kNone;
}

bool IsPublic(std::string_view path) {
  return path == "/version" || path == "/healthz" || path == "/readyz" || path == "/livez";
}

std::optional<ApiPath> ParseApiPath(const ApiStore& store, std::string_view path) {
  std::vector<std::string> parts;
  for (std::string_view part : engine::Split(path, '/'))
    parts.push_back(DecodePercent(part, false));
  bool core = parts.size() >= 4 && parts[1] == "api";
  bool grouped = parts.size() >= 5 && parts[1] == "apis";
  if (!core && !grouped) return std::nullopt;
  std::string group = core ? "" : parts[2];
  std::string version = core ? parts[2] : parts[3];
  std::vector<std::string> rest(parts.begin() + (core ? 3 : 4), parts.end());

  ApiPath out;
  bool in_namespace =
      rest.size() >= 3 && rest[0] == "namespaces" && store.Find(group, version, rest[2]) != nullptr;
  if (in_namespace) {
    out.space = rest[1];
    rest.erase(rest.begin(), rest.begin() + 2);
  }
  out.resource = store.Find(group, version, rest[0]);
  if (out.resource == nullptr || rest.size() > 3) return std::nullopt;
  if (out.space.empty() == false && !out.resource->namespaced) return std::nullopt;
  if (rest.size() >= 2) out.name = rest[1];
  if (rest.size() == 3) {
    if (rest[2] != "status" || !out.resource->has_status) return std::nullopt;
    out.status = true;
  }
  bool homeless = !out.name.empty() && out.resource->namespaced && out.space.empty();
  if (homeless || (rest.size() >= 2 && out.name.empty())) return std::nullopt;
  return out;
}

std::optional<Answer> Discover(const ApiStore& store, std::string_view path,
                               std::string_view version) {
  if (path == "/version") return JsonAnswer(200, VersionBody(version));
  if (IsPublic(path)) return PlainText("ok");
  if (path == "/api") {
    return JsonAnswer(200, {{"kind", "APIVersions"}, {"versions", {"v1"}}});
  }
  if (path == "/apis") return JsonAnswer(200, GroupList(store));
  std::vector<std::string_view> parts = engine::Split(path, '/');
  bool core = parts.size() == 3 && parts[1] == "api";
  bool grouped = parts.size() == 4 && parts[1] == "apis";
  if (!core && !grouped) return std::nullopt;
  Json list = ResourceList(store, core ? "" : parts[2], parts.back());
  if (list["resources"].empty()) return std::nullopt;
  return JsonAnswer(200, list);
}

}  // namespace simulators
