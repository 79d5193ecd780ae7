#include "kong/health_fragment.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "engine/text.h"
#include "io/json_writer.h"
#include "kong/annotations.h"
#include "kong/upstream_checks.h"

namespace kong {
namespace {

using engine::Cat;
using Text = std::optional<std::string>;
using Int = std::optional<int64_t>;

constexpr std::array<std::string_view, 5> kTypes = {"grpc", "grpcs", "http", "https", "tcp"};
constexpr int64_t kCountMost = 255, kSecondsMost = 65535, kConcurrencyMost = 2147483648;
constexpr double kThresholdMost = 100;

// Writes members in alphabetical order, and leaves out those whose value Kong would refuse.
class HealthWriter {
 public:
  HealthWriter(io::JsonWriter& out, k8s::Spelling names, Findings& findings)
      : out_(out), names_(names), findings_(findings) {}

  void Active(const std::string& path, const k8s::HealthCheck& check) {
    out_.Key("active").BeginObject();
    Number(path, "concurrency", check.concurrency, 1, kConcurrencyMost);
    Headers(path, check);
    if (check.healthy) Healthy(Cat(path, ".healthy"), *check.healthy, true);
    if (check.http_path && Good(path, "http_path", *check.http_path, IsPlainPath(*check.http_path),
                                "a path that begins with / and has no empty segment"))
      out_.Member("http_path", *check.http_path);
    if (check.https_sni &&
        Good(path, "https_sni", *check.https_sni, IsHostName(*check.https_sni), "a host name"))
      out_.Member("https_sni", *check.https_sni);
    if (check.https_verify_certificate)
      out_.Member("https_verify_certificate", *check.https_verify_certificate);
    Number(path, "timeout", check.timeout, 0, kSecondsMost);
    Type(path, check.type);
    if (check.unhealthy) Unhealthy(Cat(path, ".unhealthy"), *check.unhealthy, true);
    out_.EndObject();
  }

  void Passive(const std::string& path, const k8s::HealthCheck& check) {
    out_.Key("passive").BeginObject();
    if (check.healthy) Healthy(Cat(path, ".healthy"), *check.healthy, false);
    Type(path, check.type);
    if (check.unhealthy) Unhealthy(Cat(path, ".unhealthy"), *check.unhealthy, false);
    out_.EndObject();
  }

  void Threshold(const std::string& path, double threshold) {
    if (threshold >= 0 && threshold <= kThresholdMost)
      out_.Key("threshold").Double(threshold);
    else
      Warn(findings_, Cat(path, ".threshold is ignored, expected a number from 0 to 100"));
  }

 private:
  // "http_path" as the object spells it.
  std::string NameOf(std::string_view member) const {
    std::string out;
    bool upper = false;
    for (char c : member) {
      if (c == '_' && names_ == k8s::Spelling::kCamel) {
        upper = true;
        continue;
      }
      out += upper ? static_cast<char>(c - 'a' + 'A') : c;
      upper = false;
    }
    return out;
  }

  bool Good(const std::string& path, std::string_view member, std::string_view value, bool good,
            std::string_view expected) {
    if (!good) {
      Warn(findings_,
           Cat(path, '.', NameOf(member), ": \"", value, "\" is ignored, expected ", expected));
    }
    return good;
  }

  void Number(const std::string& path, std::string_view member, const Int& value, int64_t least,
              int64_t most) {
    if (value && Good(path, member, Cat(*value), *value >= least && *value <= most,
                      Cat("an integer from ", least, " to ", most)))
      out_.Member(member, *value);
  }

  void Type(const std::string& path, const Text& type) {
    if (type &&
        Good(path, "type", *type, std::find(kTypes.begin(), kTypes.end(), *type) != kTypes.end(),
             "http, https, tcp, grpc or grpcs"))
      out_.Member("type", *type);
  }

  void Headers(const std::string& path, const k8s::HealthCheck& check) {
    bool open = false;
    for (const auto& [name, values] : check.headers) {
      if (!Good(path, "headers", name, IsToken(name), "names of headers")) continue;
      if (!open) out_.Key("headers").BeginObject();
      open = true;
      out_.Member(name, values);
    }
    if (open) out_.EndObject();
  }

  void Statuses(const std::string& path, const std::optional<std::vector<int64_t>>& statuses) {
    bool open = false;
    for (int64_t status : statuses.value_or(std::vector<int64_t>())) {
      if (!Good(path, "http_statuses", Cat(status), status >= 100 && status <= 999,
                "statuses from 100 to 999"))
        continue;
      if (!open) out_.Key("http_statuses").BeginArray();
      open = true;
      out_.Int(status);
    }
    if (open) out_.EndArray();
  }

  // Passive checks have no interval.
  void Interval(const std::string& path, const Int& interval, bool active) {
    if (active)
      Number(path, "interval", interval, 0, kSecondsMost);
    else if (interval)
      Warn(findings_, Cat(path, ".interval is ignored: passive checks have none"));
  }

  void Healthy(const std::string& path, const k8s::HealthThresholds& thresholds, bool active) {
    out_.Key("healthy").BeginObject();
    Statuses(path, thresholds.http_statuses);
    Interval(path, thresholds.interval, active);
    Number(path, "successes", thresholds.successes, 0, kCountMost);
    out_.EndObject();
  }

  void Unhealthy(const std::string& path, const k8s::HealthThresholds& thresholds, bool active) {
    out_.Key("unhealthy").BeginObject();
    Number(path, "http_failures", thresholds.http_failures, 0, kCountMost);
    Statuses(path, thresholds.http_statuses);
    Interval(path, thresholds.interval, active);
    Number(path, "tcp_failures", thresholds.tcp_failures, 0, kCountMost);
    Number(path, "timeouts", thresholds.timeouts, 0, kCountMost);
    out_.EndObject();
  }

  io::JsonWriter& out_;
  const k8s::Spelling names_;
  Findings& findings_;
};

}  // namespace

std::string HealthFragment(const k8s::UpstreamHealth& health, const HealthPlace& place,
                           Findings& findings) {
  std::string json;
  io::JsonWriter out(json);
  HealthWriter writer(out, place.names, findings);
  out.BeginObject();
  if (health.active) writer.Active(Cat(place.path, ".active"), *health.active);
  if (health.passive) writer.Passive(Cat(place.path, ".passive"), *health.passive);
  if (health.threshold) writer.Threshold(std::string(place.path), *health.threshold);
  out.EndObject();
  return json;
}

}  // namespace kong
