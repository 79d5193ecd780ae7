// Oracle: whatever the bytes, each kind's parser gives a row or an error; a row's fingerprint is
// that of the row that the same bytes give again; and a list of one object gives the row that the
// object alone gives. The first byte chooses the kind.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/assert.h"
#include "engine/row.h"
#include "engine/text.h"
#include "k8s/row_readers.h"

namespace {

const k8s::ParseOptions& Options() {
  static const auto& options = *new k8s::ParseOptions{{"konghq.com/"}, {"konghq.com/"}};
  return options;
}

template <class R>
void Parse(std::string_view json) {
  auto parsed = k8s::ParseObject<R>(json, Options());
  std::vector<R> rows;
  std::vector<k8s::BadObject> bad;
  auto page = k8s::ParseListPage<R>(json, Options(), rows, bad);
  (void)page.ok();
  (void)k8s::ParseWatchEvent<R>(json, Options()).ok();
  if (!parsed.ok()) return;
  auto again = k8s::ParseObject<R>(json, Options());
  CHECK(again.ok() && engine::EqualRows(parsed->row, again->row),
        "the same bytes give another row");
  CHECK(engine::FingerprintOf(parsed->row) == engine::FingerprintOf(again->row),
        "equal rows differ in print");
  rows.clear(), bad.clear();
  std::string list =
      engine::Cat("{\"metadata\":{\"resourceVersion\":\"1\"},\"items\":[", json, "]}");
  page = k8s::ParseListPage<R>(list, Options(), rows, bad);
  CHECK(page.ok(), engine::Cat("an object that parses alone breaks a list: ",
                               engine::MessageOf(page.status())));
  CHECK(rows.size() == 1 && engine::EqualRows(rows[0], parsed->row), "a list gives another row");
}

// '0' is the first kind, 'N' the last.
constexpr void (*kParsers[])(std::string_view json) = {
    Parse<k8s::Ingress>,
    Parse<k8s::Service>,
    Parse<k8s::EndpointSlice>,
    Parse<k8s::Secret>,
    Parse<k8s::IngressClass>,
    Parse<k8s::IngressClassParameters>,
    Parse<k8s::Namespace>,
    Parse<k8s::PartialObjectMetadata>,
    Parse<k8s::KongPlugin>,
    Parse<k8s::KongClusterPlugin>,
    Parse<k8s::KongConsumer>,
    Parse<k8s::KongConsumerGroup>,
    Parse<k8s::KongVault>,
    Parse<k8s::KongLicense>,
    Parse<k8s::KongCustomEntity>,
    Parse<k8s::GatewayClass>,
    Parse<k8s::Gateway>,
    Parse<k8s::ListenerSet>,
    Parse<k8s::ReferenceGrant>,
    Parse<k8s::HttpRoute>,
    Parse<k8s::GrpcRoute>,
    Parse<k8s::TcpRoute>,
    Parse<k8s::UdpRoute>,
    Parse<k8s::TlsRoute>,
    Parse<k8s::ConfigMap>,
    Parse<k8s::KongUpstreamPolicy>,
    Parse<k8s::KongIngress>,
    Parse<k8s::KongServiceFacade>,
    Parse<k8s::TcpIngress>,
    Parse<k8s::UdpIngress>,
    Parse<k8s::BackendTlsPolicy>,
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return -1;
  const std::string_view json(reinterpret_cast<const char*>(data) + 1, size - 1);
  kParsers[static_cast<uint8_t>(data[0] - '0') % std::size(kParsers)](json);
  return 0;
}
