// Oracle: a label selector selects what a model of the Kubernetes specification says, whatever the
// order of its requirements.
#include <algorithm>
#include <string>

#include "engine/assert.h"
#include "engine/text.h"
#include "fuzz/bytes.h"
#include "k8s/selector.h"

namespace {

using engine::Symbol;
using Is = k8s::LabelRequirement::Operator;

bool Meets(const k8s::LabelRequirement& requirement, const k8s::TextMap& labels) {
  const std::string* value = labels.Find(requirement.key);
  const auto& values = requirement.values;
  const bool in = value && std::find(values.begin(), values.end(), *value) != values.end();
  switch (requirement.is) {
    case Is::kIn:
      return in;
    case Is::kNotIn:
      return !in;
    case Is::kExists:
      return value != nullptr;
    default:
      return value == nullptr;
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  fuzz::Bytes bytes(data, size);
  k8s::TextMap labels;
  for (const char* key : {"a", "b", "c"}) {
    const uint8_t value = bytes.Next() % 4;
    if (value > 0) labels.all.emplace_back(Symbol(key), engine::Cat(value));
  }
  k8s::LabelSelector selector;
  bool expected = true;
  for (int left = 4; left > 0 && !bytes.empty(); --left) {
    k8s::LabelRequirement one;
    one.key = Symbol(std::string(1, static_cast<char>('a' + bytes.Next() % 3)));
    one.is = std::array{Is::kIn, Is::kNotIn, Is::kExists, Is::kDoesNotExist}[bytes.Next() % 4];
    const uint8_t values = one.is == Is::kIn || one.is == Is::kNotIn ? 1 + bytes.Next() % 3 : 0;
    for (uint8_t value = 1; value <= values; ++value) one.values.push_back(engine::Cat(value));
    expected = expected && Meets(one, labels);
    selector.requirements.push_back(std::move(one));
  }
  CHECK(selector.Selects(labels) == expected, selector.Text());
  std::reverse(selector.requirements.begin(), selector.requirements.end());
  CHECK(selector.Selects(labels) == expected, "the order of requirements matters");
  return 0;
}
