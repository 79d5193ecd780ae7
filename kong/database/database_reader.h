// Reads what a database holds of ours: every list, filtered by tag, page by page.
//
// Lists are read side by side, the pages of one list one after the other; what is listed below a
// parent is asked for once its parent is known. A page that fails is asked for again a few times. A
// kind that this Kong does not have is empty. Rows without our tags are dropped here too, because
// Kong does not promise to filter what is listed below a parent. Loop thread only. A call a page of
// 1,000 rows, and one an upstream.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "io/clock.h"
#include "kong/database/admin_calls.h"
#include "kong/database/comparison.h"
#include "kong/json_tree.h"

namespace kong {

class DatabaseReader {
 public:
  using Then = absl::AnyInvocable<void(absl::StatusOr<std::vector<FoundRow>>)>;
  struct Wish {
    std::vector<std::string> tags;
    size_t concurrency = 10;
  };
  DatabaseReader(io::Clock& clock, AdminCalls& calls, Wish wish, Then then);
  // `then` is called once, never from within Start, and may destroy the reader.
  void Start();

 private:
  struct Page {
    EntityKind kind{};
    std::optional<EntityId> parent;
    std::string token;
    int tries = 0;
  };
  void Ask();
  void Fetch(Page page);
  void Answered(Page page, const absl::StatusOr<io::HttpResponse>& response);
  absl::Status Take(const Page& page, const io::HttpResponse& response);
  void TakeRow(const Page& page, const Json& row);
  void Again(Page page, absl::Status why);
  void Finish(absl::Status status);

  io::Clock& clock_;
  AdminCalls& calls_;
  const Wish wish_;
  Then then_;
  std::deque<Page> pages_;  // To be asked for.
  size_t under_way_ = 0;
  std::vector<FoundRow> rows_;
  std::vector<io::Timer> pauses_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace kong
