// What several rules need: names of objects for reports and tags, and the reports themselves.
#pragma once

#include <string>
#include <vector>

#include "engine/emitter.h"
#include "k8s/object_meta.h"
#include "k8s/resource_type.h"
#include "kong/entity.h"
#include "kong/problem.h"
#include "kong/tables.h"

namespace kong {

inline ObjectRef IngressRef(const ObjectName& id) {
  static const Symbol kKind("Ingress");
  return {kKind, id.ns, id.name};
}
inline ObjectRef IngressClassRef(Symbol name) {
  static const Symbol kKind("IngressClass");
  return {kKind, {}, name};
}
inline ObjectRef ServiceRef(const ObjectName& id) {
  static const Symbol kKind("Service");
  return {kKind, id.ns, id.name};
}
inline ObjectRef SecretRef(const ObjectName& id) {
  static const Symbol kKind("Secret");
  return {kKind, id.ns, id.name};
}

inline ObjectRef ConfigMapRef(const ObjectName& id) {
  static const Symbol kKind("ConfigMap");
  return {kKind, id.ns, id.name};
}
inline ObjectRef FacadeRef(const ObjectName& id) {
  static const Symbol kKind("KongServiceFacade");
  return {kKind, id.ns, id.name};
}
inline ObjectRef BackendTlsPolicyRef(const ObjectName& id) {
  static const Symbol kKind("BackendTLSPolicy");
  return {kKind, id.ns, id.name};
}

// Older objects win; of one age, by namespace and name.
inline engine::Rank RankOf(const k8s::ObjectMeta& meta, uint32_t tier = 0, uint32_t nth = 0) {
  return {
      .created_s = meta.created_s, .tier = tier, .nth = nth, .ns = meta.ns(), .name = meta.name()};
}

inline std::vector<std::string> TagsOfObject(const k8s::ResourceType& type,
                                             const k8s::ObjectMeta& meta,
                                             const std::vector<std::string>& user_tags) {
  return TagsOf({.name = meta.name().text(),
                 .ns = meta.ns().text(),
                 .kind = type.kind,
                 .uid = meta.uid,
                 .group = type.group,
                 .version = type.version,
                 .user_tags = &user_tags});
}

// A report may quote what an author wrote, which may be megabytes.
inline std::string Brief(std::string text) {
  constexpr size_t kBytesMax = 1000;
  if (text.size() <= kBytesMax) return text;
  size_t end = kBytesMax;
  while ((static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  text.resize(end);
  return text + "…";
}

template <class Say>
void Report(Say& say, const ObjectRef& object, const Finding& finding) {
  say.Emit(Problem{object, finding.severity, Brief(finding.text)});
}
template <class Say>
void ReportAll(Say& say, const ObjectRef& object, const Findings& findings) {
  for (const Finding& finding : findings) Report(say, object, finding);
}
template <class Say>
void ReportFailure(Say& say, const ObjectRef& object, std::string text) {
  say.Emit(Problem{object, Severity::kFailure, Brief(std::move(text))});
}
template <class Say>
void ReportWarning(Say& say, const ObjectRef& object, std::string text) {
  say.Emit(Problem{object, Severity::kWarning, Brief(std::move(text))});
}

}  // namespace kong
