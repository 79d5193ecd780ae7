#include "tools/simulators/cluster.h"

#include <algorithm>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/time/time.h"
#include "engine/assert.h"
#include "engine/text.h"
#include "tools/simulators/certificate_maker.h"
#include "tools/simulators/digest.h"

namespace simulators {
namespace {

using engine::Cat;

constexpr std::string_view kUidSpace = "6ba7b811-9dad-11d1-80b4-00c04fd430c8";
constexpr int64_t kFirstBirth = 1'704'067'200;

std::string Digits(uint64_t number, size_t width) {
  std::string text = Cat(number);
  return text.size() < width ? Cat(std::string(width - text.size(), '0'), text) : text;
}

// Octets of three digits each: a million addresses of one length.
std::string Address(uint32_t pod) {
  return Cat("10.", 100 + pod / 10'000 % 100, ".", 100 + pod / 100 % 100, ".", 100 + pod % 100);
}

std::string TimeText(int64_t seconds) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", absl::FromUnixSeconds(seconds),
                          absl::UTCTimeZone());
}

std::string NameOf(std::string_view stem, size_t index) { return Cat(stem, "-", Digits(index, 6)); }

std::string HostOf(size_t ingress) { return Cat("host-", Digits(ingress, 6), ".example.com"); }

std::string Base64(std::string_view bytes) { return absl::Base64Escape(engine::ToAbsl(bytes)); }

Json PathOf(std::string path, size_t service) {
  Json port = {{"number", 80}};
  Json backend = {{"service", {{"name", NameOf("svc", service)}, {"port", port}}}};
  return {{"path", std::move(path)}, {"pathType", "Prefix"}, {"backend", backend}};
}

// Revisions of one fleet never collide: kinds and edits have digits of their own.
std::string Revision(std::string_view kind, size_t index, uint32_t edits) {
  uint64_t lane = kind == "Ingress" ? 1 : kind == "Service" ? 2 : kind == "EndpointSlice" ? 3 : 4;
  return Cat(lane * 100'000'000 + index + uint64_t{edits} * 1'000'000'000);
}

}  // namespace

Cluster::Cluster(ClusterOptions options) : options_(std::move(options)), random_(options_.seed) {
  size_t services = options_.services == 0 ? options_.ingresses : options_.services;
  options_.namespaces = std::max<size_t>(1, std::min(options_.namespaces, services));
  services_.resize(services);
  for (ServiceState& service : services_) {
    for (size_t at = 0; at < options_.endpoints; ++at) service.pods.push_back(pods_++);
  }
}

std::string Cluster::SpaceOf(size_t index) const {
  return Cat("team-", Digits(index % options_.namespaces, 3));
}

// Services of an Ingress's own namespace: their indexes are equal to its own modulo the namespaces.
size_t Cluster::FirstService(size_t ingress) const {
  size_t whole = services_.size() / options_.namespaces * options_.namespaces;
  return ingress < services_.size() ? ingress : ingress % whole;
}

size_t Cluster::SecondService(size_t ingress) const {
  size_t next = FirstService(ingress) + options_.namespaces;
  return next < services_.size() ? next : next % options_.namespaces;
}

std::vector<std::string> Cluster::Addresses(size_t service) const {
  std::vector<std::string> addresses;
  for (uint32_t pod : services_.at(service).pods) addresses.push_back(Address(pod));
  return addresses;
}

bool Cluster::HasTls(size_t ingress) const {
  return options_.tls_every != 0 && ingress % options_.tls_every == 0;
}

Cluster::IngressState Cluster::StateOf(size_t ingress) const {
  auto found = edited_.find(ingress);
  return found == edited_.end() ? IngressState() : found->second;
}

Json Cluster::Metadata(std::string_view kind, size_t index, std::string_view space,
                       uint32_t edits) const {
  std::string_view stem = kind == "Ingress"         ? "ing"
                          : kind == "Service"       ? "svc"
                          : kind == "EndpointSlice" ? "eps"
                                                    : "tls";
  uint32_t births = kind == "Ingress" ? StateOf(index).births : 0;
  std::string name = NameOf(stem, index);
  return {{"name", name},
          {"namespace", space},
          {"uid", UuidV5(kUidSpace, Cat(options_.seed, "/", name, "/", births))},
          {"resourceVersion", Revision(kind, index, edits)},
          {"creationTimestamp", TimeText(kFirstBirth + static_cast<int64_t>(index + births))}};
}

Json Cluster::Namespace(size_t index) const {
  return {{"apiVersion", "v1"}, {"kind", "Namespace"}, {"metadata", {{"name", SpaceOf(index)}}}};
}

Json Cluster::IngressClass() const {
  return {{"apiVersion", "networking.k8s.io/v1"},
          {"kind", "IngressClass"},
          {"metadata", {{"name", options_.ingress_class}}},
          {"spec", {{"controller", "ingress-controllers.konghq.com/kong"}}}};
}

Json Cluster::Rule(size_t ingress) const {
  IngressState state = StateOf(ingress);
  Json first = PathOf(Cat("/api-", Digits(state.paths, 6)), FirstService(ingress));
  if (state.broken) {  // A regex that does not end.
    first["path"] = "/~/broken(";
    first["pathType"] = "ImplementationSpecific";
  }
  Json paths = Json::array({std::move(first), PathOf("/web", SecondService(ingress))});
  return {{"host", HostOf(ingress)}, {"http", {{"paths", std::move(paths)}}}};
}

Json Cluster::Ingress(size_t index) const {
  Json metadata = Metadata("Ingress", index, SpaceOf(index), StateOf(index).edits);
  metadata["generation"] = 1 + StateOf(index).edits;
  metadata["annotations"] = {{"konghq.com/strip-path", "true"}};
  Json spec = {{"ingressClassName", options_.ingress_class}, {"rules", {Rule(index)}}};
  if (HasTls(index)) {
    spec["tls"] = {{{"hosts", {HostOf(index)}}, {"secretName", NameOf("tls", index)}}};
  }
  return {{"apiVersion", "networking.k8s.io/v1"},
          {"kind", "Ingress"},
          {"metadata", std::move(metadata)},
          {"spec", std::move(spec)}};
}

Json Cluster::Service(size_t index) const {
  const ServiceState& state = services_.at(index);
  Json metadata = Metadata("Service", index, SpaceOf(index), state.edits);
  if (state.retries >= 0) metadata["annotations"] = {{"konghq.com/retries", Cat(state.retries)}};
  Json port = {{"name", "http"}, {"port", 80}, {"protocol", "TCP"}, {"targetPort", 8080}};
  return {{"apiVersion", "v1"},
          {"kind", "Service"},
          {"metadata", std::move(metadata)},
          {"spec",
           {{"type", "ClusterIP"},
            {"clusterIP", Address(static_cast<uint32_t>(index) + 500'000)},
            {"selector", {{"app", NameOf("svc", index)}}},
            {"ports", {std::move(port)}}}}};
}

Json Cluster::EndpointSlice(size_t service) const {
  const ServiceState& state = services_.at(service);
  Json metadata = Metadata("EndpointSlice", service, SpaceOf(service), state.edits);
  metadata["labels"] = {{"kubernetes.io/service-name", NameOf("svc", service)}};
  Json endpoints = Json::array();
  for (uint32_t pod : state.pods) {
    endpoints.push_back(
        {{"addresses", {Address(pod)}},
         {"conditions", {{"ready", true}, {"serving", true}, {"terminating", false}}}});
  }
  return {{"apiVersion", "discovery.k8s.io/v1"},
          {"kind", "EndpointSlice"},
          {"metadata", std::move(metadata)},
          {"addressType", "IPv4"},
          {"endpoints", std::move(endpoints)},
          {"ports", {{{"name", "http"}, {"port", 8080}, {"protocol", "TCP"}}}}};
}

Json Cluster::TlsSecret(size_t ingress) const {
  CHECK(HasTls(ingress), "this Ingress has no certificate");
  uint32_t certificates = StateOf(ingress).certificates;
  PemPair pair = MakeCertificate(
      {HostOf(ingress), Cat(options_.seed, "/", ingress, "/", certificates), /*authority=*/false});
  return {{"apiVersion", "v1"},
          {"kind", "Secret"},
          {"type", "kubernetes.io/tls"},
          {"metadata", Metadata("Secret", ingress, SpaceOf(ingress), certificates)},
          {"data", {{"tls.crt", Base64(pair.certificate)}, {"tls.key", Base64(pair.key)}}}};
}

void Cluster::ForEach(absl::FunctionRef<void(Json)> see) const {
  for (size_t at = 0; at < options_.namespaces; ++at) see(Namespace(at));
  see(IngressClass());
  for (size_t at = 0; at < services_.size(); ++at) {
    see(Service(at));
    see(EndpointSlice(at));
  }
  for (size_t at = 0; at < options_.ingresses; ++at) {
    if (HasTls(at)) see(TlsSecret(at));
    see(Ingress(at));
  }
}

std::string Cluster::ListText(std::string_view kind) const {
  std::string items;
  std::string version;
  ForEach([&](Json object) {
    if (TextAt(object, "kind") != kind) return;
    version = TextAt(object, "apiVersion");
    object.erase("kind");
    object.erase("apiVersion");
    items += Cat(items.empty() ? "" : ",", DumpJson(object));
  });
  return Cat("{\"kind\":\"", kind, "List\",\"apiVersion\":\"", version,
             "\",\"metadata\":{\"resourceVersion\":\"900000000\"},\"items\":[", items, "]}");
}

ClusterChange Cluster::ScaleOut(size_t service) {
  services_.at(service).pods.push_back(pods_++);
  ++services_.at(service).edits;
  return {ClusterChange::What::kApply, EndpointSlice(service)};
}

ClusterChange Cluster::ReplaceEndpoint(size_t service) {
  ServiceState& state = services_.at(service);
  CHECK(!state.pods.empty(), "a Service without endpoints has none to replace");
  state.pods.erase(state.pods.begin());
  return ScaleOut(service);
}

ClusterChange Cluster::ScaleToZero(size_t service) {
  services_.at(service).pods.clear();
  ++services_.at(service).edits;
  return {ClusterChange::What::kApply, EndpointSlice(service)};
}

ClusterChanges Cluster::RollOut(size_t service) {
  ClusterChanges steps;
  size_t count = services_.at(service).pods.size();
  for (size_t at = 0; at < count; ++at) steps.push_back(ReplaceEndpoint(service));
  return steps;
}

ClusterChange Cluster::SetRetries(size_t service, int retries) {
  services_.at(service).retries = retries;
  ++services_.at(service).edits;
  return {ClusterChange::What::kApply, Service(service)};
}

ClusterChange Cluster::ChangePath(size_t ingress) {
  IngressState& state = edited_[ingress];
  ++state.paths;
  ++state.edits;
  state.broken = false;
  return {ClusterChange::What::kApply, Ingress(ingress)};
}

ClusterChange Cluster::BreakPath(size_t ingress) {
  IngressState& state = edited_[ingress];
  state.broken = true;
  ++state.edits;
  return {ClusterChange::What::kApply, Ingress(ingress)};
}

ClusterChange Cluster::RotateCertificate(size_t ingress) {
  ++edited_[ingress].certificates;
  return {ClusterChange::What::kApply, TlsSecret(ingress)};
}

ClusterChanges Cluster::Recreate(size_t ingress) {
  ClusterChange gone{ClusterChange::What::kDelete, Ingress(ingress)};
  IngressState& state = edited_[ingress];
  ++state.births;
  ++state.edits;
  return {std::move(gone), {ClusterChange::What::kApply, Ingress(ingress)}};
}

size_t Cluster::Pick(size_t count) { return static_cast<size_t>(random_() % count); }

ClusterChanges Cluster::RandomEdit() {
  size_t service = Pick(services_.size());
  size_t ingress = Pick(options_.ingresses);
  switch (Pick(7)) {
    case 0:
      return {ScaleOut(service)};
    case 1:
      return {ReplaceEndpoint(service)};
    case 2:
      return RollOut(service);
    case 3:
      return {SetRetries(service, static_cast<int>(Pick(10)))};
    case 4:
      return Recreate(ingress);
    case 5:
      if (HasTls(ingress)) return {RotateCertificate(ingress)};
      [[fallthrough]];
    default:
      return {ChangePath(ingress)};
  }
}

}  // namespace simulators
