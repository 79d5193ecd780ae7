#include "bench/mixed_json.h"

#include "absl/strings/escaping.h"
#include "bench/fleet.h"
#include "engine/text.h"

namespace bench {
namespace {

using engine::Cat;

// Objects of a namespace that counts hundreds of Services, as in fleet.h.
struct Named {
  Named(std::string_view kind, size_t i, size_t service)
      : id(NameOf("service", service)),
        ns(id.ns.text()),
        service_name(id.name.text()),
        name(Cat(kind, "-", NameOf("x", i).name.text())),
        uid(Cat("0a1b2c3d-0000-4000-8000-", NameOf(kind.substr(0, 5), i).name.text())) {}
  k8s::NamespacedName id;
  std::string_view ns, service_name;
  std::string name, uid;
  MetaText meta(std::string labels = {}, std::string annotations = {}) const {
    return {ns, name, uid, "2024-01-01T00:00:00Z", std::move(labels), std::move(annotations)};
  }
};

}  // namespace

void WriteMixedIngress(io::JsonWriter& out, size_t i) {
  const size_t service = i * 2;
  Named named("ingress", i, service);
  std::string annotations;
  if (i % 4 == 0)
    annotations = Cat(R"("konghq.com/plugins":")", Named("plugin", i / 4, service).name, '"');
  WriteMeta(out, named.meta({}, annotations));
  out.Key("spec").Raw(Cat(
      R"({"ingressClassName":"kong","rules":[{"host":")", named.name,
      R"(.example.com","http":{"paths":[{"path":"/shop","pathType":"Prefix","backend":{"service":)",
      R"({"name":")", named.service_name, R"(","port":{"number":80}}}},{"path":"/cart",)",
      R"("pathType":"Exact","backend":{"service":{"name":")", named.service_name,
      R"(","port":{"name":"http"}}}}]}}]})"));
}

void WritePlugin(io::JsonWriter& out, size_t i, size_t round) {
  WriteMeta(out, Named("plugin", i, i * 8).meta());
  out.Member("plugin", "rate-limiting").Key("config");
  out.BeginObject().Member("minute", 10 + (i + round) % 90).Member("policy", "local").EndObject();
}

void WriteRoute(io::JsonWriter& out, size_t i, size_t round) {
  Named named("route", i, i * 2 + 1);
  WriteMeta(out, named.meta());
  const std::string gateway = Named("gateway", i / 40, 0).name;
  out.Key("spec").Raw(
      Cat(R"({"parentRefs":[{"name":")", gateway, R"(","namespace":"team-000000"}],"hostnames":[")",
          named.name, ".", gateway,
          R"(.example.com"],"rules":[{"matches":[{"path":{"type":"PathPrefix","value":"/sho)",
          round % 2 ? "w" : "p", R"("}},)",
          R"({"path":{"type":"Exact","value":"/cart"},"method":"GET"}],"backendRefs":[{"name":")",
          named.service_name, R"(","port":80}]}]})"));
}

void WriteGateway(io::JsonWriter& out, size_t i, size_t round) {
  Named named("gateway", i, 0);
  WriteMeta(out, named.meta());
  auto listener = [&](std::string_view name, int port, std::string_view host) {
    return Cat(R"({"name":")", name, R"(","protocol":"HTTP","port":)", port, R"(,"hostname":")",
               host, named.name, R"(.example.com","allowedRoutes":{"namespaces":{"from":"All"}}})");
  };
  out.Key("spec").Raw(Cat(R"({"gatewayClassName":"kong","listeners":[)", listener("all", 80, "*."),
                          ",", listener("admin", round % 2 ? 8081 : 8080, "admin."), "]}"));
}

void WriteConsumer(io::JsonWriter& out, size_t i, size_t round) {
  Named named("consumer", i, i * 5);
  WriteMeta(out, named.meta({}, R"("kubernetes.io/ingress.class":"kong")"));
  out.Member("username", named.name)
      .Member("custom_id", Cat(named.name, "-", round % 2))
      .Key("credentials")
      .BeginArray();
  out.String(Named("key", i, i * 5).name).EndArray();
}

void WriteCredentialMeta(io::JsonWriter& out, size_t i) {
  WriteMeta(out, Named("key", i, i * 5).meta(R"(,"konghq.com/credential":"key-auth")"));
}

void WriteCredential(io::JsonWriter& out, size_t i, size_t round) {
  WriteCredentialMeta(out, i);
  const std::string key = Cat(Named("key", i, i * 5).name, "-", round % 2);
  out.Member("type", "Opaque").Key("data");
  out.BeginObject().Member("key", absl::Base64Escape(key)).EndObject();
}

MixedPages MakeMixedPages(size_t thousandths) {
  MixedPages pages;
  auto of = [](size_t n, auto write) {
    return Pages(n, [write](io::JsonWriter& out, size_t i) { write(out, i); });
  };
  auto first = [](auto write) {
    return [write](io::JsonWriter& out, size_t i) { write(out, i, 0); };
  };
  pages.fleet = MakePages(50 * thousandths);
  pages.ingresses = of(20 * thousandths, WriteMixedIngress);
  pages.routes = of(20 * thousandths, first(WriteRoute));
  pages.plugins = of(5 * thousandths, first(WritePlugin));
  pages.consumers = of(10 * thousandths, first(WriteConsumer));
  pages.secrets = of(10 * thousandths, first(WriteCredential));
  pages.metadata = of(10 * thousandths, WriteCredentialMeta);
  pages.gateways = of((thousandths + 1) / 2, first(WriteGateway));
  pages.classes = Pages(1, [](io::JsonWriter& out, size_t) {
    WriteMeta(out, {"", "kong", "0a1b2c3d-0000-4000-8000-00123456789a"});
    out.Key("spec").BeginObject();
    out.Member("controllerName", "konghq.com/kic-gateway-controller").EndObject();
  });
  return pages;
}

}  // namespace bench
