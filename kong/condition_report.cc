#include "kong/condition_report.h"

#include <iterator>
#include <map>
#include <tuple>

#include "io/json_writer.h"

namespace kong {
namespace {

// What a document is about.
struct Subject {
  ObjectRef object;
  Symbol listener;
  uint32_t parent = 0;
  friend auto operator<=>(const Subject&, const Subject&) = default;
};

void WriteMemberIf(io::JsonWriter& out, std::string_view name, std::string_view value) {
  if (!value.empty()) out.Member(name, value);
}

void WriteListener(io::JsonWriter& out, const AttachmentGraph& a, const Subject& subject) {
  out.Member("listener", subject.listener.text());
  const ListenerStatus* status = a.listener_statuses.Find({subject.object, subject.listener});
  if (!status) return;
  out.Member("attachedRoutes", static_cast<int64_t>(status->attached_routes));
  std::vector<std::string> kinds;
  for (size_t i = 0; i < std::size(kRouteKinds); ++i) {
    if (status->supported_kinds & (uint32_t{1} << i)) kinds.emplace_back(kRouteKinds[i]);
  }
  out.Member("supportedKinds", kinds);
}

void WriteParent(io::JsonWriter& out, const AttachmentGraph& a, const Subject& subject) {
  const ParentVerdict* verdict = a.parent_verdicts.Find({subject.object, subject.parent - 1});
  if (!verdict) return;
  const k8s::ParentRef& parent = verdict->parent;
  out.Key("parentRef").BeginObject();
  WriteMemberIf(out, "group", parent.GroupText());
  out.Member("kind", parent.KindText());
  WriteMemberIf(out, "namespace", parent.ns.text());
  out.Member("name", parent.name.text());
  WriteMemberIf(out, "sectionName", parent.section_name.text());
  if (parent.port != 0) out.Member("port", static_cast<int64_t>(parent.port));
  out.EndObject();
}

}  // namespace

std::vector<std::string> ConditionDocuments(const GatewayGraph& g) {
  const AttachmentGraph& a = g.attachment;
  std::map<Subject, std::map<Symbol, const Condition*>> subjects;
  a.conditions.ForEach([&](const Condition& condition) {
    const Condition::Key& id = condition.id;
    subjects[{id.object, id.listener, id.parent}][id.type] = &condition;
  });
  std::vector<std::string> documents;
  for (const auto& [subject, conditions] : subjects) {
    io::JsonWriter out(documents.emplace_back());
    out.BeginObject().Member("kind", subject.object.kind.text());
    WriteMemberIf(out, "namespace", subject.object.ns.text());
    out.Member("name", subject.object.name.text());
    if (subject.listener) WriteListener(out, a, subject);
    if (subject.parent != 0) WriteParent(out, a, subject);
    out.Key("conditions").BeginArray();
    for (const auto& [type, condition] : conditions) {
      out.BeginObject()
          .Member("type", type.text())
          .Member("status", NameOf(condition->status))
          .Member("reason", condition->reason.text())
          .Member("message", condition->message)
          .Member("observedGeneration", condition->observed_generation)
          .EndObject();
    }
    out.EndArray().EndObject();
  }
  return documents;
}

}  // namespace kong
