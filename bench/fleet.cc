#include "bench/fleet.h"

#include <cstdio>

namespace bench {
namespace {

using engine::Symbol;

std::string Digits(size_t i) {
  char text[16];
  std::snprintf(text, sizeof text, "%06zu", i % 1'000'000);
  return text;
}

k8s::ObjectMeta MetaOf(std::string_view prefix, size_t i) {
  k8s::ObjectMeta meta;
  meta.id = NameOf(prefix, i);
  char uid[40];
  std::snprintf(uid, sizeof uid, "%08zx-0000-4000-8000-%012zx", prefix.size(), i);
  meta.uid = uid;
  meta.created_s = 1'700'000'000 + static_cast<int64_t>(i);
  return meta;
}

k8s::IngressPath PathTo(std::string_view path, size_t service) {
  k8s::IngressPath to;
  to.path = path;
  to.type = k8s::PathType::kPrefix;
  to.backend.has_service = true;
  to.backend.service = NameOf("service", service).name;
  to.backend.port_number = 80;
  return to;
}

}  // namespace

k8s::NamespacedName NameOf(std::string_view prefix, size_t i) {
  return {Symbol(engine::Cat("team-", Digits(i / 100))),
          Symbol(engine::Cat(prefix, "-", Digits(i)))};
}

k8s::Ingress MakeIngress(size_t i, size_t of) {
  k8s::Ingress ingress;
  ingress.meta = MetaOf("ingress", i);
  ingress.class_name = Symbol("kong");
  size_t next =
      (i + 1) % of / 100 == i / 100 ? (i + 1) % of : i;  // A Service of the same namespace.
  k8s::IngressRule rule;
  rule.host = Symbol(engine::Cat("host-", Digits(i), ".example.com"));
  rule.paths = {PathTo("/shop", i), PathTo("/cart", next)};
  ingress.rules = {rule};
  return ingress;
}

k8s::Service MakeService(size_t i) {
  k8s::Service service;
  service.meta = MetaOf("service", i);
  service.cluster_ip = "10.0.0.1";
  k8s::ServicePort port;
  port.name = Symbol("http");
  port.number = 80;
  port.target_number = 8080;
  service.ports = {port};
  return service;
}

k8s::EndpointSlice MakeSlice(size_t i, uint32_t generation) {
  k8s::EndpointSlice slice;
  slice.meta = MetaOf("slice", i);
  slice.service = NameOf("service", i).name;
  for (size_t e = 0; e < 4; ++e) {
    size_t n = i * 4 + e;
    size_t first =
        e == 0 ? 10 + generation % 90 : 100;  // Two or three digits each time: equal lengths.
    std::string address = engine::Cat(first, ".", 100 + n / 10'000 % 100, ".", 100 + n / 100 % 100,
                                      ".", 100 + n % 100);
    slice.endpoints.Add({address, true, true, false});
  }
  k8s::SlicePort port;
  port.name = Symbol("http");
  port.number = 8080;
  slice.ports = {port};
  return slice;
}

void Fill(kong::GatewayGraph& graph, size_t n) {
  k8s::IngressClass ingress_class;
  ingress_class.meta.id.name = Symbol("kong");
  ingress_class.controller = "ingress-controllers.konghq.com/kong";
  graph.ingress_classes.Set(ingress_class);
  for (size_t i = 0; i < n; ++i) {
    graph.ingresses.Set(MakeIngress(i, n));
    graph.services.Set(MakeService(i));
    graph.endpoint_slices.Set(MakeSlice(i));
  }
}

}  // namespace bench
