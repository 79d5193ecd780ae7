// Carries out a plan: up to so many calls at a time, each as soon as what it waits for has ended.
//
// A call that fails takes with it only what needs it. What became of each step is told as it ends,
// so that the holdings are right at once and later steps speak of what is there. A call without an
// answer may have been carried out: nothing is concluded from it. Loop thread only.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "kong/database/admin_calls.h"
#include "kong/database/plan.h"

namespace kong {

enum class StepEnd {
  kDone,
  kRefused,   // The same body will be refused again.
  kConflict,  // The database is not as we think.
  kGone,      // What was to be changed is not there.
  kRetry,     // No answer, or one that says later.
};

struct StepReport {
  StepEnd end = StepEnd::kRetry;
  int status = 0;      // 0: no answer.
  std::string reason;  // For an operator or an author, unless it is done.
  std::string row;     // As Kong shows it now, after a write.
};

// What an answer means for a step.
StepReport ReadStepAnswer(Step::Verb verb, const absl::StatusOr<io::HttpResponse>& response);
// The call that carries out a step.
AdminCall CallOf(const Step& step, const Holdings& holdings, const std::vector<std::string>& tags);

class PlanRunner {
 public:
  struct Options {
    std::vector<std::string> tags;
    size_t concurrency = 10;
  };
  struct Listener {
    absl::AnyInvocable<void(const Step&, const StepReport&)> ended;  // Not for what was dropped.
    absl::AnyInvocable<void()> finished;  // Once, last; may destroy the runner.
  };
  PlanRunner(AdminCalls& calls, const Holdings& holdings, Plan plan, Options options,
             Listener listener);
  // Nothing is called back from within.
  void Start();
  size_t calls() const { return calls_made_; }
  size_t bytes() const { return bytes_; }
  size_t dropped() const { return dropped_; }  // Steps whose needs failed.

 private:
  struct State {
    size_t waiting = 0;
    bool lost = false;  // Something that it needs failed.
  };
  void Issue();
  void Ended(size_t step, bool success);
  void Send(size_t step);
  void FinishIfDone();

  AdminCalls& calls_;
  const Holdings& holdings_;
  const Plan plan_;
  const Options options_;
  Listener listener_;
  std::vector<State> states_;
  std::vector<std::vector<Step::Wait>> waiters_;  // By step: who waits for it.
  std::vector<size_t> ready_;                     // A heap, the first of the plan on top.
  size_t under_way_ = 0, left_ = 0, calls_made_ = 0, bytes_ = 0, dropped_ = 0;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace kong
