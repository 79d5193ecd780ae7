#include "tools/capacity/marks.h"

#include "absl/strings/escaping.h"
#include "engine/text.h"

namespace capacity {

using engine::Cat;
using simulators::At;
using simulators::AtPath;
using simulators::Json;
using simulators::Text;
using simulators::TextAt;

namespace {

const Json& First(const Json& list) {
  static const Json nothing;
  return list.is_array() && !list.empty() ? list.front() : nothing;
}

std::vector<std::string> MarksOfIngress(const Json& object) {
  const Json& rule = First(AtPath(object, "spec.rules"));
  const Json& path = First(AtPath(rule, "http.paths"));
  if (path.is_null()) return {};
  return {MarkOfPath(TextAt(rule, "host"), TextAt(path, "path"))};
}

std::vector<std::string> MarksOfSlice(const Json& object) {
  const Json& endpoints = At(object, "endpoints");
  const Json& port = At(First(At(object, "ports")), "port");
  if (!endpoints.is_array() || endpoints.empty() || !port.is_number()) return {};
  return {MarkOfEndpoint(Text(First(At(endpoints.back(), "addresses"))), port.get<int>())};
}

std::vector<std::string> MarksOfService(const Json& object) {
  const Json& metadata = At(object, "metadata");
  const auto retries = engine::ParseInt(TextAt(At(metadata, "annotations"), "konghq.com/retries"));
  const Json& port = At(First(AtPath(object, "spec.ports")), "port");
  if (!retries || !port.is_number()) return {};
  const std::string name = Cat(TextAt(metadata, "namespace"), ".", TextAt(metadata, "name"), ".",
                               port.get<int64_t>());
  return {MarkOfRetries(name, *retries)};
}

std::vector<std::string> MarksOfSecret(const Json& object) {
  std::string pem;
  absl::Base64Unescape(engine::ToAbsl(TextAt(At(object, "data"), "tls.crt")), &pem);
  if (pem.empty()) return {};
  return {MarkOfCertificate(pem)};
}

}  // namespace

std::string MarkOfEndpoint(std::string_view address, int port) {
  return Cat("target ", address, ":", port);
}

std::string MarkOfPath(std::string_view host, std::string_view path) {
  return Cat("path ", host, " ~", path, "$");
}

std::string MarkOfRetries(std::string_view service, int64_t retries) {
  return Cat("retries ", service, " ", retries);
}

std::string MarkOfCertificate(std::string_view pem) {
  return Cat("certificate ", engine::Trim(pem));
}

std::vector<std::string> MarksOfEntity(std::string_view section, const Json& entity) {
  if (section == "targets") return {Cat("target ", TextAt(entity, "target"))};
  if (section == "certificates") return {MarkOfCertificate(TextAt(entity, "cert"))};
  if (section == "services") {
    const Json& retries = At(entity, "retries");
    if (!retries.is_number()) return {};
    return {MarkOfRetries(TextAt(entity, "name"), retries.get<int64_t>())};
  }
  if (section != "routes") return {};
  std::vector<std::string> marks;
  const std::string_view host = Text(First(At(entity, "hosts")));
  for (const Json& path : At(entity, "paths")) marks.push_back(Cat("path ", host, " ", Text(path)));
  return marks;
}

std::vector<std::string> MarksOfObject(const Json& object) {
  const std::string_view kind = TextAt(object, "kind");
  if (kind == "EndpointSlice") return MarksOfSlice(object);
  if (kind == "Ingress") return MarksOfIngress(object);
  if (kind == "Service") return MarksOfService(object);
  if (kind == "Secret") return MarksOfSecret(object);
  return {};
}

}  // namespace capacity
