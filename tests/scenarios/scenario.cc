#include "tests/scenarios/scenario.h"

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <vector>

#include "absl/strings/escaping.h"
#include "engine/status_macros.h"
#include "engine/text.h"
#include "io/yaml.h"
#include "kong/gateway_graph.h"
#include "kong/manifest.h"
#include "nlohmann/json.hpp"
#include "tests/kong/test_certificates.h"

namespace kong {
namespace {

using engine::Cat;
using engine::InvalidArgument;
using nlohmann::json;

// What is compared between two epochs.
struct Snapshot {
  std::map<EntityKey, Entity> entities;
  std::set<std::string> problems;
  std::map<std::string, std::string> conditions;  // "Gateway infra/gw Accepted": "True Accepted".
  std::map<std::string, std::pair<uint64_t, uint64_t>> work;  // Evaluations and cut-offs by rule.
};

// A value as people read it; long ones are only told apart.
std::string Short(const json& value) {
  std::string text = value.is_string() ? value.get<std::string>() : value.dump();
  if (text.size() <= 80 && text.find('\n') == std::string::npos) return text;
  return value.is_array() ? Cat('[', value.size(), " values]")
                          : "(long)";  // A PEM's size is chance.
}

std::string LabelOf(const Entity& entity) {
  std::string name = entity.name;
  if (name.empty()) name = entity.origins.front().text();
  return Cat(NameOf(entity.kind), ' ', name);
}

// "retries 5 -> 3, path / -> -"
std::string ChangesBetween(const json& before, const json& after) {
  std::set<std::string> members;
  for (const json* each : {&before, &after}) {
    for (const auto& [member, value] : each->items()) members.insert(member);
  }
  std::string out;
  auto show = [](const json& entity, const std::string& member) {
    return entity.contains(member) ? Short(entity[member]) : "-";
  };
  for (const std::string& member : members) {
    if (before.contains(member) && after.contains(member) && before[member] == after[member])
      continue;
    out += Cat(out.empty() ? "  " : ", ", member, ' ', show(before, member), " -> ",
               show(after, member));
  }
  return out;
}

class Scenario {
 public:
  absl::StatusOr<std::string> Run(std::string_view text) {
    std::vector<std::string> paragraph;
    size_t number = 0;
    for (std::string_view line : engine::Split(text, '\n')) {
      ++number;
      if (!engine::Trim(line).empty()) {
        paragraph.emplace_back(line);
        continue;
      }
      RETURN_IF_ERROR(RunParagraph(paragraph, number));
      paragraph.clear();
    }
    RETURN_IF_ERROR(RunParagraph(paragraph, number));
    return out_;
  }

 private:
  absl::Status RunParagraph(const std::vector<std::string>& lines, size_t end) {
    if (lines.empty()) return absl::OkStatus();
    if (!out_.empty()) out_ += '\n';
    bool commands = false;
    bool generated = false;
    std::string verb;
    for (size_t i = 0; i < lines.size(); ++i) {
      const std::string& line = lines[i];
      bool indented = line.starts_with(' ');
      if (!indented) verb = line;
      generated = indented ? generated
                           : line == "expect" || line == "evaluated" || line == "problems" ||
                                 line == "conditions";
      if (generated) continue;
      out_ += line + '\n';
      if (line.starts_with('#')) continue;
      absl::Status status = indented ? Obey(verb, std::string(engine::Trim(line))) : Begin(line);
      if (!status.ok()) return engine::Annotate(status, Cat("line ", end - lines.size() + i));
      commands |= !line.starts_with("options");
    }
    if (!commands) return absl::OkStatus();
    Declare();
    graph_->Step();
    RETURN_IF_ERROR(graph_->Check([this](engine::Graph& fresh) {
      checked_.push_back(std::make_unique<GatewayGraph>(fresh, options_));
    }));
    checked_.clear();
    Tell();
    return absl::OkStatus();
  }

  void Declare() {
    if (g_) return;
    graph_ = std::make_unique<engine::Graph>(engine::NewSerialExecutor());
    g_ = std::make_unique<GatewayGraph>(*graph_, options_);
  }

  // A line that is not indented: the verb of those that follow, or a whole command.
  absl::Status Begin(const std::string& line) {
    std::vector<std::string_view> words = engine::Split(line, ' ');
    if (words[0] == "options") return SetOptions(words);
    Declare();
    if (words[0] == "now" && words.size() == 2) {
      std::optional<int64_t> seconds = engine::ParseInt(words[1]);
      if (!seconds) return InvalidArgument("now wants seconds");
      g_->now.Set({*seconds});
      return absl::OkStatus();
    }
    static const std::set<std::string_view> kVerbs = {"apply", "announce", "delete", "quarantine",
                                                      "release"};
    return kVerbs.contains(line) ? absl::OkStatus() : InvalidArgument("unknown command ", line);
  }

  absl::Status SetOptions(const std::vector<std::string_view>& words) {
    for (std::string_view word : words) {
      if (word == "expressions")
        options_.expressions = true;
      else if (word == "rewrite_uris")
        options_.rewrite_uris = true;
      else if (word == "drain_support")
        options_.drain_support = true;
      else if (word == "kong_service_facade")
        options_.kong_service_facade = true;
      else if (word.starts_with("cluster_domain="))
        options_.cluster_domain = word.substr(15);
      else if (word != "options")
        return InvalidArgument("unknown option ", word);
    }
    return g_ ? InvalidArgument("options come first") : absl::OkStatus();
  }

  absl::Status Obey(const std::string& verb, const std::string& line) {
    if (verb == "apply" || verb == "announce") return Apply(line, verb == "announce");
    ASSIGN_OR_RETURN(ObjectRef object, RefOf(line));
    if (verb == "quarantine") {
      g_->quarantine.Set({object, "refused"});
    } else if (verb == "release") {
      g_->quarantine.Erase(object);
    } else {
      std::string kind(object.kind.text());
      EraseObject(*g_, {ApiVersionOf(kind), kind, "", std::string(object.ns.text()),
                        std::string(object.name.text())});
    }
    return absl::OkStatus();
  }

  static absl::StatusOr<ObjectRef> RefOf(std::string_view line) {
    size_t space = line.find(' ');
    if (space == std::string_view::npos) return InvalidArgument("expected KIND NAMESPACE/NAME");
    std::string_view name = line.substr(space + 1);
    size_t slash = name.find('/');
    bool namespaced = slash != std::string_view::npos;
    return ObjectRef{Symbol(line.substr(0, space)),
                     namespaced ? Symbol(name.substr(0, slash)) : Symbol(),
                     Symbol(namespaced ? name.substr(slash + 1) : name)};
  }

  absl::Status Apply(const std::string& line, bool announce) {
    ASSIGN_OR_RETURN(std::vector<io::YamlDocument> documents,
                     io::YamlToJson(WithPems(line), "scenario"));
    for (const io::YamlDocument& document : documents) {
      json object = json::parse(document.json, nullptr, false);
      if (!object.is_object() || !object.contains("kind"))
        return InvalidArgument("expected an object with a kind");
      object["apiVersion"] = ApiVersionOf(object["kind"].get<std::string>());
      ASSIGN_OR_RETURN(std::vector<ManifestObject> objects, ObjectsOf(object.dump()));
      for (const ManifestObject& each : objects) {
        ASSIGN_OR_RETURN(bool known, SetObject(*g_, each));
        if (!known) return InvalidArgument("no source for ", each.kind);
        if (announce) g_->secrets.Erase({Symbol(each.ns), Symbol(each.name)});
      }
    }
    return absl::OkStatus();
  }

  std::string WithPems(std::string line) {
    for (const char* what : {"cert", "ca", "key"}) {
      ReplaceAll(line, Cat('$', what, '('),
                 [&](const std::string& name) { return Base64(Pem(what, name)); });
    }
    ReplaceAll(line, "$ca_text(", [&](const std::string& name) { return Quoted(Pem("ca", name)); });
    return line;
  }
  template <class Make>
  static void ReplaceAll(std::string& line, const std::string& opening, Make make) {
    for (size_t at; (at = line.find(opening)) != std::string::npos;) {
      size_t name = at + opening.size();
      size_t close = line.find(')', name);
      if (close == std::string::npos) return;
      line.replace(at, close - at + 1, make(line.substr(name, close - name)));
    }
  }
  const std::string& Pem(const std::string& what, const std::string& name) {
    bool ca = what == "ca";
    auto [it, fresh] = pairs_.try_emplace(Cat(name, ca ? " ca" : ""));
    if (fresh) it->second = MakeTestPair(name, {.ca = ca});
    return what == "key" ? it->second.key : it->second.cert;
  }
  static std::string Quoted(std::string_view text) { return json(std::string(text)).dump(); }
  static std::string Base64(std::string_view text) {
    std::string out;
    absl::Base64Escape(engine::ToAbsl(text), &out);
    return out;
  }

  // Appends what has changed since the last epoch.
  void Tell() {
    Snapshot now;
    g_->entities.ForEach([&](const Entity& entity) { now.entities.emplace(entity.key(), entity); });
    g_->problems.ForEach([&](const Problem& problem) {
      const char* severity = problem.severity == Severity::kFailure ? "failure " : "warning ";
      now.problems.insert(Cat(severity, problem.object.text(), ": ", problem.text));
    });
    for (const auto& rule : graph_->rules())
      now.work[rule->name()] = {rule->evaluations(), rule->cutoffs()};
    TellBlock("expect", EntityChanges(now));
    TellBlock("evaluated", Work(now));
    TellBlock("problems", ProblemChanges(now));
    AddConditions(now);
    TellBlock("conditions", ConditionChanges(now));
    last_ = std::move(now);
  }
  void TellBlock(std::string_view title, const std::vector<std::string>& lines) {
    if (lines.empty() && title != "expect") return;
    out_ += Cat(title, '\n');
    for (const std::string& line : lines) out_ += Cat("  ", line, '\n');
    if (lines.empty()) out_ += "  nothing\n";
  }

  std::vector<std::string> EntityChanges(const Snapshot& now) const {
    std::vector<std::string> lines;
    std::set<EntityKey> keys;
    for (const auto& [key, entity] : last_.entities) keys.insert(key);
    for (const auto& [key, entity] : now.entities) keys.insert(key);
    std::map<std::pair<uint32_t, std::string>, std::string>
        sorted;  // By kind and name, as a reader wants them.
    for (const EntityKey& key : keys) {
      auto before = last_.entities.find(key);
      auto after = now.entities.find(key);
      bool gone = after == now.entities.end();
      const Entity& shown = gone ? before->second : after->second;
      std::string line = Cat(gone                             ? '-'
                             : before == last_.entities.end() ? '+'
                                                              : '~',
                             ' ', LabelOf(shown));
      if (!gone && before != last_.entities.end()) {
        if (before->second.json == after->second.json) continue;
        line += ChangesBetween(json::parse(before->second.json), json::parse(after->second.json));
      }
      sorted[{static_cast<uint32_t>(key.kind), Cat(LabelOf(shown), key.id.text())}] = line;
    }
    for (auto& [key, line] : sorted) lines.push_back(std::move(line));
    return lines;
  }

  std::vector<std::string> Work(const Snapshot& now) const {
    std::vector<std::string> lines;
    for (const auto& rule : graph_->rules()) {
      auto [evaluations, cutoffs] = now.work.at(rule->name());
      if (auto before = last_.work.find(rule->name()); before != last_.work.end()) {
        evaluations -= before->second.first;
        cutoffs -= before->second.second;
      }
      if (evaluations == 0) continue;
      lines.push_back(
          Cat(rule->name(), ' ', evaluations, cutoffs ? Cat(" (", cutoffs, " cut off)") : ""));
    }
    return lines;
  }

  void AddConditions(Snapshot& now) const {
    const AttachmentGraph& a = g_->attachment;
    a.conditions.ForEach([&](const Condition& condition) {
      std::string about = condition.id.object.text();
      if (condition.id.listener) about += Cat(" listener ", condition.id.listener);
      if (condition.id.parent) about += Cat(" parent ", condition.id.parent);
      now.conditions[Cat(about, ' ', condition.id.type)] =
          Cat(NameOf(condition.status), ' ', condition.reason,
              condition.message.empty() ? "" : ": ", condition.message);
    });
    a.listener_statuses.ForEach([&](const ListenerStatus& status) {
      now.conditions[Cat(status.id.parent.text(), " listener ", status.id.name,
                         " attachedRoutes")] = Cat(status.attached_routes);
    });
  }

  std::vector<std::string> ConditionChanges(const Snapshot& now) const {
    std::vector<std::string> lines;
    for (const auto& [about, verdict] : last_.conditions) {
      if (!now.conditions.contains(about)) lines.push_back(Cat("- ", about));
    }
    for (const auto& [about, verdict] : now.conditions) {
      auto before = last_.conditions.find(about);
      if (before == last_.conditions.end()) {
        lines.push_back(Cat("+ ", about, "  ", verdict));
      } else if (before->second != verdict) {
        lines.push_back(Cat("~ ", about, "  ", verdict));
      }
    }
    return lines;
  }

  std::vector<std::string> ProblemChanges(const Snapshot& now) const {
    std::vector<std::string> lines;
    for (const std::string& problem : last_.problems) {
      if (!now.problems.contains(problem)) lines.push_back(Cat("- ", problem));
    }
    for (const std::string& problem : now.problems) {
      if (!last_.problems.contains(problem)) lines.push_back(Cat("+ ", problem));
    }
    return lines;
  }

  Options options_;
  std::unique_ptr<engine::Graph> graph_;
  std::unique_ptr<GatewayGraph> g_;
  std::vector<std::unique_ptr<GatewayGraph>> checked_;
  std::map<std::string, TestPair> pairs_;
  Snapshot last_;
  std::string out_;
};

}  // namespace

absl::StatusOr<std::string> RunScenario(std::string_view text) { return Scenario().Run(text); }

}  // namespace kong
