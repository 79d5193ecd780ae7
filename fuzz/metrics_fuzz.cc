// Oracle: whatever gateways, kinds and the instance are called, the metrics are lines of
// Prometheus' text format whose labels are what was said; and a gateway that is forgotten is in
// none. Input: a line for the gateway, one for the reason, one for the kind, then the instance.
#include <cctype>
#include <map>
#include <optional>
#include <string>

#include "engine/assert.h"
#include "engine/text.h"
#include "fuzz/bytes.h"
#include "kong/metrics.h"

namespace {

using Labels = std::map<std::string, std::string>;

// A name, which is eaten; empty if there is none.
std::string_view EatName(std::string_view& line) {
  size_t end = 0;
  while (end < line.size() && (std::isalnum(static_cast<unsigned char>(line[end])) ||
                               line[end] == '_' || line[end] == ':'))
    ++end;
  const std::string_view name = line.substr(0, end);
  line.remove_prefix(end);
  return name.empty() || std::isdigit(static_cast<unsigned char>(name[0])) ? "" : name;
}

bool Eat(std::string_view& line, char c) {
  if (line.empty() || line.front() != c) return false;
  line.remove_prefix(1);
  return true;
}

// What stands in quotes behind a label's equals sign.
std::optional<std::string> EatValue(std::string_view& line) {
  if (!Eat(line, '"')) return std::nullopt;
  std::string value;
  while (!Eat(line, '"')) {
    if (line.empty()) return std::nullopt;
    if (!Eat(line, '\\')) {
      value += line.front();
    } else if (line.empty() || std::string_view("\\\"n").find(line.front()) == line.npos) {
      return std::nullopt;
    } else {
      value += line.front() == 'n' ? '\n' : line.front();
    }
    line.remove_prefix(1);
  }
  return value;
}

// The labels of a sample; nothing if the line is none.
std::optional<Labels> ReadSample(std::string_view line) {
  Labels labels;
  if (EatName(line).empty()) return std::nullopt;
  if (Eat(line, '{')) {
    do {
      const std::string name(EatName(line));
      if (name.empty() || !Eat(line, '=')) return std::nullopt;
      const std::optional<std::string> value = EatValue(line);
      if (!value || !labels.emplace(name, *value).second) return std::nullopt;
    } while (Eat(line, ','));
    if (!Eat(line, '}')) return std::nullopt;
  }
  if (!Eat(line, ' ')) return std::nullopt;
  const bool number = line.find_first_not_of("0123456789+-.eInfNa") == line.npos;
  return number && !line.empty() ? std::optional(labels) : std::nullopt;
}

void CheckLine(std::string_view line, const Labels& said) {
  const bool comment = line.starts_with("# HELP ") || line.starts_with("# TYPE ");
  if (comment || line.empty()) return;
  const std::optional<Labels> labels = ReadSample(line);
  CHECK(labels.has_value(), engine::Cat("no line of Prometheus': ", line));
  for (const auto& [name, value] : said) {
    const auto found = labels->find(name);
    CHECK(found == labels->end() || found->second == value, engine::Cat("another ", name));
  }
}

void CheckText(const std::string& text, const Labels& said) {
  CHECK(text.ends_with('\n'), "the last line has no end");
  for (const std::string_view line : engine::Split(text, '\n')) CheckLine(line, said);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  fuzz::Bytes bytes(data, size);
  const std::string gateway(bytes.Line()), reason(bytes.Line()), kind(bytes.Line());
  kong::Metrics metrics{std::string(bytes.rest())};
  Labels said = {{"dataplane", gateway}, {"failure_reason", reason}, {"kind", kind}};
  said.emplace("instance_id", bytes.rest());
  metrics.Pushed({.gateway = gateway, .failure_reason = reason, .bytes = size});
  metrics.InSync(gateway, size % 2 == 0);
  metrics.Drifted(gateway);
  metrics.Propagated(kind, gateway, absl::Milliseconds(size));
  metrics.Objects(kind, size, size);
  CheckText(metrics.Text(), said);
  metrics.Forget(gateway);
  const std::string after = metrics.Text();
  CHECK(after.find("dataplane=") == after.npos || gateway.find("dataplane=") != gateway.npos ||
            kind.find("dataplane=") != kind.npos || bytes.rest().find("dataplane=") != after.npos,
        "a gateway that is forgotten is shown");
  CheckText(after, said);
  return 0;
}
