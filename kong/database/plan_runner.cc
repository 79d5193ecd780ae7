#include "kong/database/plan_runner.h"

#include <algorithm>
#include <functional>
#include <optional>
#include <utility>

#include "engine/text.h"
#include "kong/json_tree.h"
#include "kong/refusal.h"

namespace kong {
namespace {

using engine::Cat;

enum KongCode { kPrimaryKey = 3, kForeignKey = 4, kUnique = 5, kUnresolved = 13, kReferenced = 19 };

// "port: value should be between 0 and 65535"; values are never shown, they may be secrets.
void AddFields(const Json& fields, const std::string& path, std::string& out) {
  auto add = [&](const std::string& name, const Json& value) {
    if (value.is_null()) return;
    AddFields(value, name == "@entity" || path.empty() ? name : Cat(path, '.', name), out);
  };
  if (fields.is_object()) {
    for (const auto& [name, value] : fields.items()) add(name, value);
  } else if (fields.is_array()) {
    for (size_t at = 0; at < fields.size(); ++at) add(Cat(at + 1), fields[at]);
  } else if (fields.is_string()) {
    bool entity = path.starts_with("@entity");
    out += Cat(out.empty() ? "" : "; ", entity ? "" : Cat(path, ": "), Text(fields));
  }
}

StepEnd EndOfRefusal(int code) {
  switch (code) {
    case kPrimaryKey:
    case kForeignKey:
    case kUnique:
    case kUnresolved:
    case kReferenced:
      return StepEnd::kConflict;
    default:
      return StepEnd::kRefused;
  }
}

// Kong's words on a clash echo the key, which may be a secret; the name of its field says enough.
std::string ClashText(const Json& body, int status, const std::string& text) {
  std::string names;
  for (const auto& [name, value] : At(body, "fields").items()) {
    if (!value.is_null()) names += Cat(names.empty() ? "" : ", ", name);
  }
  std::string_view what = TextAt(body, "name");
  if (what.empty()) return ExplainStatus(status, text);
  return names.empty() ? std::string(what) : Cat(what, " (", names, ")");
}

}  // namespace

StepReport ReadStepAnswer(Step::Verb verb, const absl::StatusOr<io::HttpResponse>& response) {
  StepReport report;
  if (!response.ok()) {
    report.reason = engine::MessageOf(response.status());
    return report;
  }
  report.status = response->head.status;
  if (report.status >= 200 && report.status < 300) {
    report.end = StepEnd::kDone;
    if (verb != Step::Verb::kRemove) report.row = response->body;
    return report;
  }
  if (report.status == 404) {
    report.end = verb == Step::Verb::kRemove   ? StepEnd::kDone
                 : verb == Step::Verb::kCreate ? StepEnd::kConflict
                                               : StepEnd::kGone;
    report.reason = "not found";
    return report;
  }
  std::optional<Json> body = ParseJson(response->body);
  bool said = body && body->is_object();
  const Json& code = said ? At(*body, "code") : Json();
  if (report.status == 409 || report.status == 405) {
    report.end = StepEnd::kConflict;
  } else if (report.status == 400 && code.is_number_integer()) {
    report.end = EndOfRefusal(code.get<int>());
  } else if (report.status == 400 || report.status == 413) {
    report.end = StepEnd::kRefused;
  }
  if (report.end == StepEnd::kRefused && said) AddFields(At(*body, "fields"), "", report.reason);
  if (report.end == StepEnd::kConflict && said) {
    report.reason = ClashText(*body, report.status, response->body);
  }
  if (report.reason.empty()) report.reason = ExplainStatus(report.status, response->body);
  return report;
}

AdminCall CallOf(const Step& step, const Holdings& holdings, const std::vector<std::string>& tags) {
  RemoteRow row = holdings.RemoteRowOf(step.key, step.facts);
  auto remote = [&](const EntityKey& key) { return holdings.RemoteIdOf(key); };
  EntityKind kind = step.key.kind;
  switch (step.verb) {
    case Step::Verb::kRemove:
      return {"DELETE", RowPath(row), ""};
    case Step::Verb::kFree:
      return {"PATCH", RowPath(row),
              DumpJson({{RenamableField(kind), Cat("swap-", row.id.text())}})};
    case Step::Verb::kCreate:
      row.created_at = 0;
      return {"POST", ListPath(kind, row.parent), RowBody(row, step.entity->json, tags, remote)};
    case Step::Verb::kUpdate:
      bool merged = kind == EntityKind::kCertificate || kind == EntityKind::kTarget;
      return {merged ? "PATCH" : "PUT", RowPath(row),
              RowBody(row, step.entity->json, tags, remote)};
  }
  return {};
}

PlanRunner::PlanRunner(AdminCalls& calls, const Holdings& holdings, Plan plan, Options options,
                       Listener listener)
    : calls_(calls),
      holdings_(holdings),
      plan_(std::move(plan)),
      options_(std::move(options)),
      listener_(std::move(listener)),
      states_(plan_.size()),
      waiters_(plan_.size()),
      left_(plan_.size()) {}

void PlanRunner::Start() {
  for (size_t step = 0; step < plan_.size(); ++step) {
    states_[step].waiting = plan_[step].waits.size();
    for (const Step::Wait& wait : plan_[step].waits) {
      waiters_[wait.step].push_back({step, wait.needs});
    }
    if (states_[step].waiting == 0) ready_.push_back(step);
  }
  std::make_heap(ready_.begin(), ready_.end(), std::greater<>());
  Issue();
}

void PlanRunner::Issue() {
  while (!ready_.empty() && under_way_ < options_.concurrency) {
    std::pop_heap(ready_.begin(), ready_.end(), std::greater<>());
    size_t step = ready_.back();
    ready_.pop_back();
    Send(step);
  }
}

void PlanRunner::Send(size_t step) {
  AdminCall call = CallOf(plan_[step], holdings_, options_.tags);
  ++under_way_, ++calls_made_;
  bytes_ += call.body.size();
  auto answered = [this, step,
                   alive = std::weak_ptr<bool>(alive_)](absl::StatusOr<io::HttpResponse> response) {
    if (alive.expired()) return;
    --under_way_;
    StepReport report = ReadStepAnswer(plan_[step].verb, response);
    listener_.ended(plan_[step], report);
    Ended(step, report.end == StepEnd::kDone);
    Issue();
    FinishIfDone();
  };
  calls_.Send(std::move(call), std::move(answered));
}

// What needed it is dropped with it, and so on.
void PlanRunner::Ended(size_t first, bool success) {
  std::vector<std::pair<size_t, bool>> ended = {{first, success}};
  while (!ended.empty()) {
    auto [step, good] = ended.back();
    ended.pop_back();
    --left_;
    for (const Step::Wait& waiter : waiters_[step]) {
      State& state = states_[waiter.step];
      state.lost |= !good && waiter.needs;
      if (--state.waiting > 0) continue;
      if (state.lost) {
        ++dropped_;
        ended.emplace_back(waiter.step, false);
      } else {
        ready_.push_back(waiter.step);
        std::push_heap(ready_.begin(), ready_.end(), std::greater<>());
      }
    }
  }
}

void PlanRunner::FinishIfDone() {
  if (left_ > 0 && under_way_ + ready_.size() > 0) return;
  if (under_way_ > 0) return;
  if (auto finished = std::exchange(listener_.finished, nullptr)) finished();
}

}  // namespace kong
