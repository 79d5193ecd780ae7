#include "bench/fleet_json.h"

#include <algorithm>
#include <functional>
#include <string_view>

#include "absl/time/time.h"
#include "bench/fleet.h"
#include "io/json_writer.h"

namespace bench {
namespace {

constexpr size_t kPage = 500;

// What every object of a cluster carries, and nobody reads.
constexpr std::string_view kManagedFields =
    R"([{"apiVersion":"v1","fieldsType":"FieldsV1","fieldsV1":{"f:metadata":{"f:annotations":{".":{},)"
    R"("f:kubectl.kubernetes.io/last-applied-configuration":{}},"f:labels":{".":{},"f:app":{}}},"f:spec":{)"
    R"("f:defaultBackend":{},"f:rules":{},"f:ports":{".":{},"k:{\"port\":80,\"protocol\":\"TCP\"}":{".":{},"f:name":{},)"
    R"("f:port":{},"f:protocol":{},"f:targetPort":{}}},"f:selector":{},"f:sessionAffinity":{},"f:type":{}}},)"
    R"("manager":"kubectl-client-side-apply","operation":"Update","time":"2024-01-01T00:00:00Z"}])";

void WriteMeta(io::JsonWriter& out, const k8s::ObjectMeta& meta, std::string_view service = {}) {
  std::string labels;
  if (!service.empty()) labels = engine::Cat(R"(,"kubernetes.io/service-name":")", service, '"');
  std::string created = absl::FormatTime(absl::RFC3339_sec, absl::FromUnixSeconds(meta.created_s),
                                         absl::UTCTimeZone());
  bench::WriteMeta(out, {meta.ns().text(), meta.name().text(), meta.uid, created, labels, {}});
}

void WriteIngress(io::JsonWriter& out, const k8s::Ingress& ingress) {
  WriteMeta(out, ingress.meta);
  out.Key("spec").BeginObject().Member("ingressClassName", ingress.class_name->text());
  out.Key("rules").BeginArray();
  for (const k8s::IngressRule& rule : ingress.rules) {
    out.BeginObject().Member("host", rule.host.text()).Key("http").BeginObject();
    out.Key("paths").BeginArray();
    for (const k8s::IngressPath& path : rule.paths) {
      out.BeginObject().Member("path", path.path).Member("pathType", "Prefix").Key("backend");
      out.BeginObject().Key("service").BeginObject().Member("name", path.backend.service.text());
      out.Key("port").BeginObject().Member("number", path.backend.port_number).EndObject();
      out.EndObject().EndObject().EndObject();
    }
    out.EndArray().EndObject().EndObject();
  }
  out.EndArray().EndObject();
}

void WriteService(io::JsonWriter& out, const k8s::Service& service) {
  WriteMeta(out, service.meta);
  out.Key("spec").BeginObject().Member("type", "ClusterIP").Member("clusterIP", service.cluster_ip);
  out.Key("selector").BeginObject().Member("app", service.meta.name().text()).EndObject();
  out.Key("ports").BeginArray();
  for (const k8s::ServicePort& port : service.ports) {
    out.BeginObject().Member("name", port.name.text()).Member("port", port.number);
    out.Member("protocol", "TCP").Member("targetPort", port.target_number).EndObject();
  }
  out.EndArray().EndObject();
}

void WriteSlice(io::JsonWriter& out, const k8s::EndpointSlice& slice) {
  WriteMeta(out, slice.meta, slice.service.text());
  out.Member("addressType", "IPv4").Key("endpoints").BeginArray();
  for (size_t i = 0; i < slice.endpoints.size(); ++i) {
    out.BeginObject().Key("addresses").BeginArray().String(slice.endpoints[i].address).EndArray();
    out.Key("conditions").BeginObject().Member("ready", true).Member("serving", true);
    out.Member("terminating", false).EndObject();
    out.Member("nodeName", "node-17").EndObject();
  }
  out.EndArray().Key("ports").BeginArray();
  for (const k8s::SlicePort& port : slice.ports) {
    out.BeginObject().Member("name", port.name.text()).Member("port", *port.number);
    out.Member("protocol", "TCP").EndObject();
  }
  out.EndArray();
}

}  // namespace

void WriteMeta(io::JsonWriter& out, const MetaText& meta) {
  out.Key("metadata").BeginObject().Member("name", meta.name);
  if (!meta.ns.empty()) out.Member("namespace", meta.ns);
  out.Member("uid", meta.uid).Member("resourceVersion", "123456789").Member("generation", 1);
  out.Member("creationTimestamp", meta.created);
  out.Key("labels").Raw(engine::Cat(R"({"app":")", meta.name, '"', meta.labels, '}'));
  if (!meta.annotations.empty())
    out.Key("annotations").Raw(engine::Cat('{', meta.annotations, '}'));
  out.Key("managedFields").Raw(kManagedFields).EndObject();
}

std::vector<std::string> Pages(size_t n,
                               const std::function<void(io::JsonWriter&, size_t)>& write) {
  std::vector<std::string> pages;
  for (size_t from = 0; from < n; from += kPage) {
    io::JsonWriter out(pages.emplace_back());
    out.BeginObject().Key("metadata").BeginObject().Member("resourceVersion", "987654321");
    out.EndObject().Key("items").BeginArray();
    for (size_t i = from; i < std::min(n, from + kPage); ++i) {
      out.BeginObject();
      write(out, i);
      out.EndObject();
    }
    out.EndArray().EndObject();
  }
  return pages;
}

FleetPages MakePages(size_t n) {
  FleetPages pages;
  pages.ingress_classes = Pages(1, [](io::JsonWriter& out, size_t) {
    k8s::ObjectMeta meta;
    meta.id.name = engine::Symbol("kong");
    WriteMeta(out, meta);
    out.Key("spec").BeginObject().Member("controller", "ingress-controllers.konghq.com/kong");
    out.EndObject();
  });
  pages.ingresses =
      Pages(n, [n](io::JsonWriter& out, size_t i) { WriteIngress(out, MakeIngress(i, n)); });
  pages.services =
      Pages(n, [](io::JsonWriter& out, size_t i) { WriteService(out, MakeService(i)); });
  pages.endpoint_slices =
      Pages(n, [](io::JsonWriter& out, size_t i) { WriteSlice(out, MakeSlice(i)); });
  return pages;
}

}  // namespace bench
