#include "k8s/lease_candidate.h"

#include <utility>

#include "engine/text.h"
#include "io/log.h"
#include "k8s/parse.h"

namespace k8s {
namespace {

using engine::Cat;
using Ask = LeaseElection::Ask;

constexpr size_t kAnswerBytesMax = 1 << 20;

}  // namespace

LeaseCandidate::LeaseCandidate(ApiClient& api, io::Clock& clock, CandidateOptions options,
                               std::function<void(bool)> changed)
    : api_(api),
      clock_(clock),
      options_(std::move(options)),
      changed_(std::move(changed)),
      election_(options_.identity, options_.times, options_.seed) {}

void LeaseCandidate::Step() {
  Tell();
  if (asked_ != Ask::kNothing) return;
  timer_.Cancel();
  const LeaseElection::Do next = election_.Next(clock_.Uptime(), clock_.Now());
  if (next.ask != Ask::kNothing) return Send(next);
  if (election_.released()) {
    if (released_) std::exchange(released_, nullptr)();
    return;
  }
  timer_ = clock_.After(next.at - clock_.Uptime(), [this] { Step(); });
}

void LeaseCandidate::Tell() {
  const bool leads = this->leads();
  end_.Cancel();
  if (leads) {
    end_ = clock_.After(election_.leads_until() - clock_.Uptime(), [this] { Step(); });
  }
  if (std::exchange(told_, leads) == leads) return;
  io::Info(leads ? "this replica leads" : "this replica leads no more",
           {{"lease", options_.lease.Text()}, {"identity", options_.identity}});
  changed_(leads);
}

void LeaseCandidate::Send(const LeaseElection::Do& next) {
  asked_ = next.ask;
  election_.Asked(clock_.Uptime());
  http_status_ = 0;
  body_.clear();
  ApiRequest request;
  request.type = kLeaseType;
  request.ns = options_.lease.ns.text();
  if (next.ask != Ask::kCreate) request.name = options_.lease.name.text();
  // Twice within the time that a leader has.
  const absl::Duration patience = options_.times.renew_deadline / 2;
  const io::HttpDeadlines deadlines{.connect = patience, .head = patience, .idle = patience};
  io::HttpCallbacks callbacks{
      .on_head = [this](const io::HttpHead& head) { http_status_ = head.status; },
      .on_body =
          [this](std::string_view piece) {
            if (body_.size() < kAnswerBytesMax) body_ += piece;
          },
      .on_done = [this](absl::Status status) { Finish(status); }};
  if (next.ask == Ask::kRead) {
    call_ = api_.Get(request, deadlines, std::move(callbacks));
  } else if (next.ask == Ask::kCreate) {
    call_ = api_.Create(request, NewLeaseText(options_.lease, next.write), deadlines,
                        std::move(callbacks));
  } else {
    call_ = api_.MergePatch(request, LeasePatchText(next.write, next.resource_version), deadlines,
                            std::move(callbacks));
  }
}

void LeaseCandidate::Finish(const absl::Status& status) {
  const std::unique_ptr<io::HttpCall> call = std::move(call_);  // Lives until its callback returns.
  if (status.ok()) {
    Answer(http_status_, body_);
  } else {
    Fail(status);
  }
  asked_ = Ask::kNothing;
  Step();
}

void LeaseCandidate::Answer(int http_status, const std::string& body) {
  const absl::Duration uptime = clock_.Uptime();
  if (http_status == 409) return election_.OnConflict(uptime);
  if (http_status == 404 && asked_ == Ask::kUpdate) return election_.OnConflict(uptime);
  if (http_status == 404 && asked_ == Ask::kRead) return election_.OnAbsent(uptime);
  if (http_status == 403) {
    return Fail(absl::PermissionDeniedError(
        engine::ToAbsl(Cat("not allowed: grant the verbs get, create and patch on ",
                           kLeaseType.RbacName(), " in the namespace ", options_.lease.ns))));
  }
  if (http_status / 100 != 2) {
    const ApiStatus told = ParseApiStatus(http_status, body);
    return Fail(engine::Unavailable("answer ", http_status, ": ", told.message));
  }
  absl::StatusOr<Lease> lease = ParseLease(body);
  if (!lease.ok()) return Fail(lease.status());
  error_ = absl::OkStatus();
  asked_ == Ask::kRead ? election_.OnRead(*std::move(lease), uptime)
                       : election_.OnWritten(*std::move(lease), uptime);
}

void LeaseCandidate::Fail(absl::Status why) {
  const absl::Status annotated = engine::Annotate(why, Cat("the Lease ", options_.lease));
  if (error_ != annotated) {
    io::Warning("the Lease of the election cannot be used",
                {{"error", annotated}, {"leads", leads()}});
  }
  error_ = annotated;
  election_.OnFailure(clock_.Uptime());
}

void LeaseCandidate::Release(absl::AnyInvocable<void()> then) {
  released_ = std::move(then);
  call_.reset();
  asked_ = Ask::kNothing;
  election_.Release(clock_.Uptime());
  Tell();
  timer_ = clock_.After(absl::ZeroDuration(), [this] { Step(); });
}

}  // namespace k8s
