// Oracle: whatever the bytes, each kind's parser gives a row or an error; a row's fingerprint is
// that of the row that the same bytes give again; and a list of one object gives the row that the
// object alone gives.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/assert.h"
#include "engine/row.h"
#include "engine/text.h"
#include "k8s/endpoint_slice.h"
#include "k8s/ingress.h"
#include "k8s/ingress_class.h"
#include "k8s/ingress_class_parameters.h"
#include "k8s/namespace.h"
#include "k8s/parse.h"
#include "k8s/partial_object_metadata.h"
#include "k8s/secret.h"
#include "k8s/service.h"

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

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return -1;
  std::string_view json(reinterpret_cast<const char*>(data) + 1, size - 1);
  switch (data[0] % 8) {
    case 0:
      Parse<k8s::Ingress>(json);
      break;
    case 1:
      Parse<k8s::Service>(json);
      break;
    case 2:
      Parse<k8s::EndpointSlice>(json);
      break;
    case 3:
      Parse<k8s::Secret>(json);
      break;
    case 4:
      Parse<k8s::IngressClass>(json);
      break;
    case 5:
      Parse<k8s::IngressClassParameters>(json);
      break;
    case 6:
      Parse<k8s::Namespace>(json);
      break;
    default:
      Parse<k8s::PartialObjectMetadata>(json);
  }
  return 0;
}
