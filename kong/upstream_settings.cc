#include "kong/upstream_settings.h"

#include <algorithm>
#include <array>
#include <span>

#include "engine/text.h"
#include "io/json_writer.h"
#include "kong/health_fragment.h"
#include "kong/upstream_checks.h"

namespace kong {
namespace {

using engine::Cat;
using Text = std::optional<std::string>;
using TextMember = Text UpstreamSettings::*;
using S = UpstreamSettings;

constexpr std::array<std::string_view, 5> kAlgorithms = {
    "consistent-hashing", "latency", "least-connections", "round-robin", "sticky-sessions"};
constexpr std::array<std::string_view, 8> kHashInputs = {
    "consumer", "cookie", "header", "ip", "none", "path", "query_arg", "uri_capture"};
constexpr int64_t kSlotsLeast = 10, kSlotsMost = 65536;

// Every member that is a text and is laid over by itself.
constexpr TextMember kTexts[] = {&S::algorithm,
                                 &S::hash_on,
                                 &S::hash_fallback,
                                 &S::host_header,
                                 &S::hash_on_header,
                                 &S::hash_on_cookie,
                                 &S::hash_on_cookie_path,
                                 &S::hash_on_query_arg,
                                 &S::hash_on_uri_capture,
                                 &S::hash_fallback_header,
                                 &S::hash_fallback_query_arg,
                                 &S::hash_fallback_uri_capture,
                                 &S::sticky_sessions_cookie,
                                 &S::sticky_sessions_cookie_path};

// What a hash input needs beside its name.
struct Companion {
  std::string_view input;
  TextMember on, fallback;
};
constexpr Companion kCompanions[] = {
    {"header", &S::hash_on_header, &S::hash_fallback_header},
    {"cookie", &S::hash_on_cookie, &S::hash_on_cookie},
    {"query_arg", &S::hash_on_query_arg, &S::hash_fallback_query_arg},
    {"uri_capture", &S::hash_on_uri_capture, &S::hash_fallback_uri_capture}};
const Companion* CompanionOf(std::string_view input) {
  const auto* found = std::find_if(std::begin(kCompanions), std::end(kCompanions),
                                   [&](const Companion& each) { return each.input == input; });
  return found == std::end(kCompanions) ? nullptr : found;
}

// Leaves out what Kong would not take; `where` is the path of the object's field.
class Picker {
 public:
  explicit Picker(Findings& findings) : findings_(findings) {}

  Text OneOf(std::string_view where, const Text& value, std::span<const std::string_view> words) {
    if (!value || std::find(words.begin(), words.end(), *value) != words.end()) return value;
    return Ignored(where, *value, Cat("one of ", Joined(words)));
  }
  Text Token(std::string_view where, const Text& value) {
    if (!value || IsToken(*value)) return value;
    return Ignored(where, *value, "letters, digits, '-' and '_'");
  }
  Text Path(std::string_view where, const Text& value) {
    if (!value || IsPlainPath(*value)) return value;
    return Ignored(where, *value, "a path that begins with / and has no empty segment");
  }
  Text NotEmpty(std::string_view where, const Text& value) {
    if (!value || !value->empty()) return value;
    return Ignored(where, "", "a name");
  }
  std::optional<int64_t> Slots(std::string_view where, const std::optional<int64_t>& value) {
    if (!value || (*value >= kSlotsLeast && *value <= kSlotsMost)) return value;
    Ignored(where, Cat(*value), Cat("an integer from ", kSlotsLeast, " to ", kSlotsMost));
    return std::nullopt;
  }

 private:
  static std::string Joined(std::span<const std::string_view> words) {
    std::string out;
    for (std::string_view word : words) out += out.empty() ? Cat(word) : Cat(", ", word);
    return out;
  }
  Text Ignored(std::string_view where, std::string_view value, std::string_view expected) {
    Warn(findings_, Cat(where, ": \"", value, "\" is ignored, expected ", expected));
    return std::nullopt;
  }

  Findings& findings_;
};

// The input that a hash of a policy stands for, which the API lets say one thing only.
Text InputOf(const k8s::UpstreamHash& hash) {
  if (hash.input) return hash.input;
  if (hash.header) return "header";
  if (hash.cookie) return "cookie";
  if (hash.query_arg) return "query_arg";
  if (hash.uri_capture) return "uri_capture";
  return std::nullopt;
}

// A hash whose companion cannot be used says nothing.
void DropIncomplete(Text S::* input, TextMember Companion::* companion, S& settings) {
  Text& word = settings.*input;
  const Companion* of = word ? CompanionOf(*word) : nullptr;
  if (of && !(settings.*(of->*companion))) word.reset();
}

// Kong takes no header, argument or capture twice, whether it is used or not.
void DropRepeated(S& settings) {
  for (const Companion& each : kCompanions) {
    const bool repeated = each.on != each.fallback && settings.*each.on &&
                          settings.*each.on == settings.*each.fallback;
    if (repeated) (settings.*(settings.hash_on == each.input ? each.fallback : each.on)).reset();
  }
}

}  // namespace

UpstreamSettings SettingsOfPolicy(const k8s::KongUpstreamPolicy& policy, Findings& findings) {
  Picker pick(findings);
  S out;
  out.algorithm = pick.OneOf("spec.algorithm", policy.algorithm, kAlgorithms);
  out.slots = pick.Slots("spec.slots", policy.slots);
  if (policy.hash_on) {
    const k8s::UpstreamHash& hash = *policy.hash_on;
    out.hash_on = pick.OneOf("spec.hashOn.input", InputOf(hash), kHashInputs);
    out.hash_on_header = pick.Token("spec.hashOn.header", hash.header);
    out.hash_on_cookie = pick.Token("spec.hashOn.cookie", hash.cookie);
    out.hash_on_cookie_path = pick.Path("spec.hashOn.cookiePath", hash.cookie_path);
    out.hash_on_query_arg = pick.NotEmpty("spec.hashOn.queryArg", hash.query_arg);
    out.hash_on_uri_capture = pick.NotEmpty("spec.hashOn.uriCapture", hash.uri_capture);
  }
  if (policy.hash_on_fallback) {
    const k8s::UpstreamHash& hash = *policy.hash_on_fallback;
    out.hash_fallback = pick.OneOf("spec.hashOnFallback.input", InputOf(hash), kHashInputs);
    out.hash_fallback_header = pick.Token("spec.hashOnFallback.header", hash.header);
    if (!out.hash_on_cookie)
      out.hash_on_cookie = pick.Token("spec.hashOnFallback.cookie", hash.cookie);
    if (!out.hash_on_cookie_path)
      out.hash_on_cookie_path = pick.Path("spec.hashOnFallback.cookiePath", hash.cookie_path);
    out.hash_fallback_query_arg = pick.NotEmpty("spec.hashOnFallback.queryArg", hash.query_arg);
    out.hash_fallback_uri_capture =
        pick.NotEmpty("spec.hashOnFallback.uriCapture", hash.uri_capture);
  }
  if (policy.health) {
    out.healthchecks =
        HealthFragment(*policy.health, {"spec.healthchecks", k8s::Spelling::kCamel}, findings);
  }
  if (policy.sticky_sessions && out.sticky()) {
    out.sticky_sessions_cookie =
        pick.Token("spec.stickySessions.cookie", policy.sticky_sessions->cookie);
    out.sticky_sessions_cookie_path =
        pick.Path("spec.stickySessions.cookiePath", policy.sticky_sessions->cookie_path);
  }
  SettleHashing(out, findings);
  return out;
}

UpstreamSettings SettingsOfKongIngress(const k8s::KongIngress& ingress, Findings& findings) {
  Picker pick(findings);
  S out;
  constexpr std::span kWithoutSticky = std::span(kAlgorithms).first(kAlgorithms.size() - 1);
  out.algorithm = pick.OneOf("upstream.algorithm", ingress.algorithm, kWithoutSticky);
  out.slots = pick.Slots("upstream.slots", ingress.slots);
  out.host_header = pick.NotEmpty("upstream.host_header", ingress.host_header);
  out.hash_on = pick.OneOf("upstream.hash_on", ingress.hash_on, kHashInputs);
  out.hash_fallback = pick.OneOf("upstream.hash_fallback", ingress.hash_fallback, kHashInputs);
  out.hash_on_header = pick.Token("upstream.hash_on_header", ingress.hash_on_header);
  out.hash_fallback_header =
      pick.Token("upstream.hash_fallback_header", ingress.hash_fallback_header);
  out.hash_on_cookie = pick.Token("upstream.hash_on_cookie", ingress.hash_on_cookie);
  out.hash_on_cookie_path = pick.Path("upstream.hash_on_cookie_path", ingress.hash_on_cookie_path);
  out.hash_on_query_arg = pick.NotEmpty("upstream.hash_on_query_arg", ingress.hash_on_query_arg);
  out.hash_fallback_query_arg =
      pick.NotEmpty("upstream.hash_fallback_query_arg", ingress.hash_fallback_query_arg);
  out.hash_on_uri_capture =
      pick.NotEmpty("upstream.hash_on_uri_capture", ingress.hash_on_uri_capture);
  out.hash_fallback_uri_capture =
      pick.NotEmpty("upstream.hash_fallback_uri_capture", ingress.hash_fallback_uri_capture);
  if (ingress.health) {
    out.healthchecks =
        HealthFragment(*ingress.health, {"upstream.healthchecks", k8s::Spelling::kSnake}, findings);
  }
  SettleHashing(out, findings);
  return out;
}

void LayOver(UpstreamSettings& base, const UpstreamSettings& over) {
  for (TextMember member : kTexts) {
    if (over.*member) base.*member = over.*member;
  }
  if (over.slots) base.slots = over.slots;
  if (!over.healthchecks.empty()) base.healthchecks = over.healthchecks;
}

void SettleHashing(UpstreamSettings& settings, Findings& findings) {
  DropIncomplete(&S::hash_on, &Companion::on, settings);
  DropIncomplete(&S::hash_fallback, &Companion::fallback, settings);
  const std::string_view on = settings.hash_on ? std::string_view(*settings.hash_on) : "none";
  std::string_view fallback =
      settings.hash_fallback ? std::string_view(*settings.hash_fallback) : "none";
  if (fallback == "none") return DropRepeated(settings);
  const Companion* same = on == fallback ? CompanionOf(on) : nullptr;
  std::string why;
  if (on == "none")
    why = "requests are hashed by nothing in the first place";
  else if (on == "cookie")
    why = "a cookie is set where there is none, so there is nothing to fall back from";
  else if (on == fallback && (!same || settings.*(same->on) == settings.*(same->fallback)))
    why = "it is what requests are hashed by in the first place";
  if (why.empty()) return DropRepeated(settings);
  Warn(findings, Cat("the hash fallback \"", fallback, "\" is ignored: ", why));
  settings.hash_fallback.reset();
  settings.hash_fallback_header.reset();
  settings.hash_fallback_query_arg.reset();
  settings.hash_fallback_uri_capture.reset();
}

std::string UpstreamFragment(std::string_view name, const std::vector<std::string>& tags,
                             const UpstreamSettings& settings) {
  std::string json;
  io::JsonWriter out(json);
  auto text = [&](std::string_view member, const Text& value) {
    if (value) out.Member(member, *value);
  };
  out.BeginObject().Member("algorithm", settings.algorithm.value_or("round-robin"));
  text("hash_fallback", settings.hash_fallback);
  text("hash_fallback_header", settings.hash_fallback_header);
  text("hash_fallback_query_arg", settings.hash_fallback_query_arg);
  text("hash_fallback_uri_capture", settings.hash_fallback_uri_capture);
  text("hash_on", settings.hash_on);
  text("hash_on_cookie", settings.hash_on_cookie);
  text("hash_on_cookie_path", settings.hash_on_cookie_path);
  text("hash_on_header", settings.hash_on_header);
  text("hash_on_query_arg", settings.hash_on_query_arg);
  text("hash_on_uri_capture", settings.hash_on_uri_capture);
  if (!settings.healthchecks.empty()) out.Key("healthchecks").Raw(settings.healthchecks);
  text("host_header", settings.host_header);
  out.Member("id", UpstreamId(name).text()).Member("name", name);
  if (settings.slots) out.Member("slots", *settings.slots);
  text("sticky_sessions_cookie", settings.sticky_sessions_cookie);
  text("sticky_sessions_cookie_path", settings.sticky_sessions_cookie_path);
  if (!tags.empty()) out.Member("tags", tags);
  out.EndObject();
  return json;
}

}  // namespace kong
