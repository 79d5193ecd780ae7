// The Admin API of a Kong with a database: which row a path means, and what a method does to it.
//
// GET, POST /services; GET, PUT, PATCH, DELETE /services/NAME-or-ID; the same below a parent:
// /upstreams/X/targets, /consumers/X/key-auth, /routes/X/plugins, /certificates/X/snis. Traps are
// kept: targets have no list of their own and PUT never creates one; PUT of a certificate without
// `snis` removes them; a page's token is base64 and must be escaped; a prefix names a workspace.
// Loop thread only.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "tools/simulators/exchange.h"
#include "tools/simulators/kong_database.h"

namespace simulators {

// One write that arrived, for tests that count calls.
struct KongCall {
  std::string method, path;
  int status = 0;
};

class KongDatabaseApi {
 public:
  KongDatabaseApi(KongDatabase& rows, std::string workspace)
      : rows_(rows), workspace_(std::move(workspace)) {}

  // nullopt: nothing of a database is meant.
  std::optional<Answer> Serve(const io::HttpServerRequest& request);
  const std::vector<KongCall>& calls() const { return calls_; }
  void ForgetCalls() { calls_.clear(); }

 private:
  // What a path means: an entity, maybe below a parent, maybe one row of it.
  struct Place {
    std::string_view entity;
    std::string parent, parent_field;  // Empty: none.
    std::optional<std::string> row;    // Id or endpoint key; unset: the list.
  };
  std::variant<Place, Answer> Locate(std::string_view path) const;
  Answer List(const Place& place, std::string_view path, const Query& query) const;
  Answer Create(const Place& place, Json body);
  Answer ServeRow(const Place& place, std::string_view method, Json body);
  Answer Members(std::string_view method, const std::string& group,
                 const std::optional<std::string>& consumer, const Json& body);
  std::optional<Answer> ServeMembers(const io::HttpServerRequest& request, std::string_view path);

  KongDatabase& rows_;
  const std::string workspace_;
  std::vector<KongCall> calls_;
};

}  // namespace simulators
