#include "tools/kdelta/demo_shop.h"

#include "absl/strings/escaping.h"
#include "absl/strings/str_replace.h"
#include "engine/assert.h"
#include "engine/text.h"
#include "io/yaml.h"
#include "tools/simulators/certificate_maker.h"

namespace kdelta {
namespace {

using engine::Cat;
using simulators::Json;

constexpr std::string_view kAround = R"(
apiVersion: networking.k8s.io/v1
kind: IngressClass
metadata: {name: kong}
spec: {controller: ingress-controllers.konghq.com/kong}
---
apiVersion: v1
kind: Namespace
metadata: {name: shop}
)";

constexpr std::string_view kPart = R"(
apiVersion: v1
kind: Service
metadata: {name: $NAME, namespace: shop}
spec: {clusterIP: 10.96.0.$N, ports: [{name: http, port: 80, targetPort: 8080}]}
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: $NAME-1, namespace: shop, labels: {kubernetes.io/service-name: $NAME}}
addressType: IPv4
ports: [{name: http, port: 8080}]
endpoints:
- {addresses: [10.1.$N.1], conditions: {ready: true}}
- {addresses: [10.1.$N.2], conditions: {ready: true}}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: $NAME, namespace: shop}
spec:
  ingressClassName: kong
  rules:
  - host: $HOST
    http:
      paths:
      - {path: $PATH, pathType: Prefix, backend: {service: {name: $NAME, port: {number: 80}}}}
)";

struct Part {
  const char *name, *host, *path;
  bool tls = false;
};
constexpr Part kParts[] = {
    {"storefront", "shop.example", "/"},          {"cart", "shop.example", "/cart"},
    {"catalog", "shop.example", "/catalog"},      {"search", "shop.example", "/search"},
    {"checkout", "pay.shop.example", "/", true},  {"invoices", "pay.shop.example", "/invoices"},
    {"accounts", "id.shop.example", "/"},         {"sessions", "id.shop.example", "/sessions"},
    {"images", "static.shop.example", "/images"}, {"reviews", "shop.example", "/reviews"},
    {"orders", "api.shop.example", "/orders"},    {"stock", "api.shop.example", "/stock"},
};

std::string Filled(const Part& part, size_t n) {
  return absl::StrReplaceAll(engine::ToAbsl(kPart), {{"$NAME", part.name},
                                                     {"$HOST", part.host},
                                                     {"$PATH", part.path},
                                                     {"$N", std::to_string(n)}});
}

void Read(std::string_view yaml, std::vector<Json>& objects) {
  auto documents = io::YamlToJson(yaml, "the shop", {});
  CHECK(documents.ok(), engine::MessageOf(documents.status()));
  for (const io::YamlDocument& document : *documents) {
    auto object = simulators::ParseJson(document.json);
    CHECK(object.has_value(), "the shop is JSON");
    objects.push_back(*std::move(object));
  }
}

std::string Base64(const std::string& bytes) { return absl::Base64Escape(bytes); }

}  // namespace

Json TlsSecretFor(const std::string& ns, const std::string& name, const std::string& host,
                  const std::string& seed) {
  const simulators::PemPair pair = simulators::MakeCertificate({host, seed, /*authority=*/false});
  return {{"apiVersion", "v1"},
          {"kind", "Secret"},
          {"type", "kubernetes.io/tls"},
          {"metadata", {{"name", name}, {"namespace", ns}}},
          {"data", {{"tls.crt", Base64(pair.certificate)}, {"tls.key", Base64(pair.key)}}}};
}

std::vector<Json> ShopObjects() {
  std::vector<Json> objects;
  Read(kAround, objects);
  size_t n = 0;
  for (const Part& part : kParts) {
    if (part.tls)
      objects.push_back(TlsSecretFor("shop", Cat(part.name, "-tls"), part.host, "first"));
    Read(Filled(part, ++n), objects);
    if (part.tls) {
      objects.back()["spec"]["tls"] = {
          {{"hosts", {part.host}}, {"secretName", Cat(part.name, "-tls")}}};
    }
  }
  return objects;
}

}  // namespace kdelta
