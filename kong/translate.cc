#include "kong/translate.h"

#include <algorithm>
#include <map>
#include <set>

#include "engine/executor.h"
#include "engine/text.h"
#include "kong/condition_report.h"
#include "nlohmann/json.hpp"

namespace kong {
namespace {

using nlohmann::json;

// Where an entity goes in the nested form, and by which member its parent is named.
struct Nesting {
  EntityKind child, parent;
  const char* foreign_key;
};
constexpr Nesting kNestings[] = {
    {EntityKind::kSni, EntityKind::kCertificate, "certificate"},
    {EntityKind::kPlugin, EntityKind::kRoute, "route"},
    {EntityKind::kPlugin, EntityKind::kService, "service"},
    {EntityKind::kRoute, EntityKind::kService, "service"},
    {EntityKind::kTarget, EntityKind::kUpstream, "upstream"},
};

using ById = std::map<std::string, json>;  // Fragments by the text of their id.

// Of a section: by name where entities have one, else by id.
json SortedArray(ById by_id) {
  std::vector<json> all;
  for (auto& [id, entity] : by_id) all.push_back(std::move(entity));
  auto name = [](const json& entity) {
    for (const char* member : {"name", "target", "id"}) {
      auto found = entity.find(member);
      if (found != entity.end() && found->is_string()) return found->get<std::string>();
    }
    return std::string();
  };
  std::stable_sort(all.begin(), all.end(),
                   [&](const json& a, const json& b) { return name(a) < name(b); });
  return all;
}

// Children whose parent is not there stay in a section of their own, where a reader sees them.
void Nest(ById& children, ById& parents, const Nesting& nesting) {
  std::map<std::string, ById> families;
  for (auto it = children.begin(); it != children.end();) {
    auto foreign_key = it->second.find(nesting.foreign_key);
    bool has_parent =
        foreign_key != it->second.end() && parents.contains(foreign_key->get<std::string>());
    if (!has_parent) {
      ++it;
      continue;
    }
    std::string parent = foreign_key->get<std::string>();
    it->second.erase(nesting.foreign_key);
    families[parent].insert(children.extract(it++));
  }
  for (auto& [parent, family] : families) {
    parents[parent][std::string(ArrayName(nesting.child))] = SortedArray(std::move(family));
  }
}

using Sections = std::array<ById, kEntityKinds>;

// The controller writes plugins of Kong's objects flat, and what they are restricted to by name.
ById TakeFlatPlugins(Sections& sections) {
  constexpr std::pair<EntityKind, const char*> kScopes[] = {
      {EntityKind::kService, "service"},
      {EntityKind::kRoute, "route"},
      {EntityKind::kConsumer, "consumer"},
      {EntityKind::kConsumerGroup, "consumer_group"}};
  ById flat;
  ById& plugins = sections[static_cast<size_t>(EntityKind::kPlugin)];
  for (auto it = plugins.begin(); it != plugins.end();) {
    auto plugin = it++;
    const std::string tags = plugin->second.value("tags", json::array()).dump();
    if (tags.find("\"k8s-kind:Kong") == std::string::npos) continue;
    for (const auto& [kind, member] : kScopes) {
      auto scope = plugin->second.find(member);
      if (scope == plugin->second.end()) continue;
      const ById& parents = sections[static_cast<size_t>(kind)];
      auto parent = parents.find(scope->get<std::string>());
      if (parent == parents.end()) continue;
      const char* name = kind == EntityKind::kConsumer ? "username" : "name";
      if (parent->second.contains(name)) *scope = parent->second[name];
    }
    flat.insert(plugins.extract(plugin));
  }
  return flat;
}

// A namespace that the objects are in and that is not among them exists all the same; the API
// server has given it its name as a label, and no more is known of it.
void AddNamespaces(const std::vector<ManifestObject>& objects, GatewayGraph& g) {
  std::set<std::string_view> missing;
  for (const ManifestObject& object : objects) missing.insert(object.ns);
  for (const ManifestObject& object : objects) {
    if (object.kind == k8s::Namespace::kType.kind) missing.erase(object.name);
  }
  missing.erase("");
  for (std::string_view name : missing) {
    const json bare = {{"apiVersion", "v1"}, {"kind", "Namespace"}, {"metadata", {{"name", name}}}};
    (void)SetObject(g, {"v1", "Namespace", bare.dump(), "", std::string(name)});
  }
}

bool Before(const Problem& a, const Problem& b) {
  if (a.severity != b.severity) return a.severity > b.severity;
  return std::tie(a.object, a.text) < std::tie(b.object, b.text);
}

}  // namespace

std::string DocumentOf(const engine::Table<Entity>& entities, Needs offers) {
  Sections sections;
  std::map<std::string, ById, std::less<>> custom;  // By type.
  entities.ForEach([&](const Entity& entity) {
    if (!Fits(entity.needs, offers)) return;
    ById& section = entity.kind == EntityKind::kCustomEntity
                        ? custom[entity.name]
                        : sections[static_cast<size_t>(entity.kind)];
    section[entity.id.text()] = json::parse(entity.json, nullptr, false);
  });
  ById flat = TakeFlatPlugins(sections);
  // From the leaves up: a parent that moves takes its children along.
  for (const Nesting& nesting : kNestings) {
    Nest(sections[static_cast<size_t>(nesting.child)],
         sections[static_cast<size_t>(nesting.parent)], nesting);
  }
  sections[static_cast<size_t>(EntityKind::kPlugin)].merge(flat);
  json document = {{"_format_version", "3.0"}};
  for (size_t kind = 0; kind < kEntityKinds; ++kind) {
    if (sections[kind].empty()) continue;
    document[std::string(ArrayName(static_cast<EntityKind>(kind)))] =
        SortedArray(std::move(sections[kind]));
  }
  for (auto& [type, section] : custom) document[type] = SortedArray(std::move(section));
  if (document.size() == 1) document["upstreams"] = json::array({{{"name", "kong"}}});
  return document.dump(-1, ' ', false, json::error_handler_t::replace);
}

void Feed(engine::Graph& graph, GatewayGraph& g, const std::vector<ManifestObject>& objects,
          const TranslateRequest& request, std::vector<Problem>& problems) {
  for (const ManifestObject& object : objects) {
    absl::StatusOr<bool> set = SetObject(g, object);
    if (set.ok()) continue;
    problems.push_back({{Symbol(object.kind), Symbol(object.ns), Symbol(object.name)},
                        Severity::kFailure,
                        std::string(engine::MessageOf(set.status()))});
  }
  AddNamespaces(objects, g);
  for (const ObjectRef& object : request.quarantine)
    g.quarantine.Set({object, "named on the command line"});
  g.now.Set({request.now_unix_s});
  graph.Step();
}

Translation Translate(const std::vector<ManifestObject>& objects, const TranslateRequest& request) {
  engine::Graph graph(engine::NewSerialExecutor());
  GatewayGraph g(graph, request.options);
  Translation translation;
  Feed(graph, g, objects, request, translation.problems);
  g.problems.ForEach([&](const Problem& problem) { translation.problems.push_back(problem); });
  std::sort(translation.problems.begin(), translation.problems.end(), Before);
  translation.entities = g.entities.size();
  translation.conditions = ConditionDocuments(g);
  translation.document = DocumentOf(g.entities, request.offers);
  return translation;
}

}  // namespace kong
