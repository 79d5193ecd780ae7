#include "kong/database/database_reader.h"

#include <algorithm>
#include <utility>

#include "engine/text.h"
#include "kong/refusal.h"

namespace kong {
namespace {

using engine::Cat;

constexpr int kTriesMax = 6;
constexpr absl::Duration kFirstPause = absl::Milliseconds(250);

}  // namespace

DatabaseReader::DatabaseReader(io::Clock& clock, AdminCalls& calls, Wish wish, Then then)
    : clock_(clock), calls_(calls), wish_(std::move(wish)), then_(std::move(then)) {}

void DatabaseReader::Start() {
  for (size_t at = 0; at < kEntityKinds; ++at) {
    const auto kind = static_cast<EntityKind>(at);
    if (HasAdminPath(kind) && !ListedBelow(kind)) pages_.push_back({kind, std::nullopt, ""});
  }
  Ask();
}

void DatabaseReader::Ask() {
  while (!pages_.empty() && under_way_ < wish_.concurrency) {
    Page page = std::move(pages_.front());
    pages_.pop_front();
    Fetch(std::move(page));
  }
}

void DatabaseReader::Fetch(Page page) {
  ++under_way_;
  std::string target = Cat(ListPath(page.kind, page.parent), "?size=1000");
  for (size_t at = 0; at < wish_.tags.size(); ++at) {
    target += Cat(at == 0 ? "&tags=" : "%2C", EscapeQuery(wish_.tags[at]));
  }
  if (!page.token.empty()) target += Cat("&offset=", EscapeQuery(page.token));
  auto answered = [this, alive = std::weak_ptr<bool>(alive_),
                   page = std::move(page)](absl::StatusOr<io::HttpResponse> response) mutable {
    if (!alive.expired()) Answered(std::move(page), response);
  };
  calls_.Send({.method = "GET", .target = std::move(target), .body = ""}, std::move(answered));
}

void DatabaseReader::Answered(Page page, const absl::StatusOr<io::HttpResponse>& response) {
  --under_way_;
  absl::Status status = response.ok() ? Take(page, *response) : response.status();
  if (!status.ok()) return Again(std::move(page), std::move(status));
  Ask();
  if (under_way_ == 0 && pages_.empty()) Finish(absl::OkStatus());
}

absl::Status DatabaseReader::Take(const Page& page, const io::HttpResponse& response) {
  // A kind that this edition lacks, or a parent that went meanwhile.
  if (response.head.status == 404) return absl::OkStatus();
  std::string path = ListPath(page.kind, page.parent);
  if (response.head.status != 200) {
    return engine::Unavailable("GET ", path, " answers ",
                               ExplainStatus(response.head.status, response.body));
  }
  std::optional<Json> tree = ParseJson(response.body);
  if (!tree || !At(*tree, "data").is_structured()) {
    return engine::Unavailable("the answer to GET ", path, " is not a list of Kong's");
  }
  for (const Json& row : At(*tree, "data")) TakeRow(page, row);
  std::string token(TextAt(*tree, "offset"));
  if (!token.empty()) pages_.push_front({page.kind, page.parent, std::move(token)});
  return absl::OkStatus();
}

void DatabaseReader::TakeRow(const Page& page, const Json& row) {
  std::optional<EntityId> id = EntityId::Parse(TextAt(row, "id"));
  if (!id) return;
  if (page.kind == EntityKind::kConsumerGroupConsumer) {
    // What is listed are the consumers; their membership has no row to be seen.
    Json member = {{"consumer", id->text()}, {"consumer_group", page.parent->text()}};
    EntityId made = DeriveId(ArrayName(page.kind), Cat(id->text(), ':', page.parent->text()));
    rows_.push_back({page.kind, made, DumpJson(member)});
    return;
  }
  bool ours = std::all_of(wish_.tags.begin(), wish_.tags.end(),
                          [&](const std::string& tag) { return Allows(At(row, "tags"), tag); });
  if (!ours) return;
  rows_.push_back({page.kind, *id, DumpJson(row)});
  if (page.kind == EntityKind::kUpstream) pages_.push_back({EntityKind::kTarget, *id, ""});
  if (page.kind == EntityKind::kConsumerGroup) {
    pages_.push_back({EntityKind::kConsumerGroupConsumer, *id, ""});
  }
}

void DatabaseReader::Again(Page page, absl::Status why) {
  if (++page.tries >= kTriesMax) return Finish(std::move(why));
  ++under_way_;  // The pause counts as a call, so that it is waited for.
  absl::Duration pause = kFirstPause * (1 << page.tries);
  pauses_.push_back(clock_.After(pause, [this, page = std::move(page)]() mutable {
    --under_way_;
    Fetch(std::move(page));
  }));
}

void DatabaseReader::Finish(absl::Status status) {
  if (!then_) return;
  Then then = std::exchange(then_, nullptr);
  alive_.reset();
  pauses_.clear();
  status.ok() ? then(std::move(rows_)) : then(std::move(status));
}

}  // namespace kong
