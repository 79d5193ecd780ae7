// DB-less Kongs that get whole configurations by POST /config.

#include <set>
#include <utility>

#include "engine/status_macros.h"
#include "engine/text.h"
#include "tools/capacity/marks.h"
#include "tools/capacity/observed_gateways.h"
#include "tools/simulators/kong_gateway.h"

namespace capacity {
namespace {

using engine::Cat;

constexpr size_t kAnyBody = size_t{1} << 34;  // Of nginx's limits none: what is measured is kdelta.

class AdminApis final : public ObservedGateways {
 public:
  static absl::StatusOr<std::unique_ptr<AdminApis>> Create(io::Loop& loop, size_t count,
                                                           uint64_t seed, Events events) {
    std::unique_ptr<AdminApis> made(new AdminApis(std::move(events)));
    for (size_t n = 0; n < count; ++n) {
      simulators::KongGatewayOptions options;
      options.seed = seed + n;
      options.max_body_bytes = options.body_buffer_bytes = kAnyBody;
      io::HttpServerOptions listen;
      listen.max_body_bytes = kAnyBody;
      ASSIGN_OR_RETURN(auto server, simulators::KongGatewayServer::Start(loop, std::move(options),
                                                                         std::move(listen)));
      server->gateway().OnLoad([made = made.get(), n](const simulators::KongLoad& load) {
        made->Note(n, load);
      });
      made->servers_.push_back(std::move(server));
    }
    made->marks_.resize(count);
    return made;
  }

  std::vector<std::string> Flags() const override {
    std::string urls;
    for (const auto& server : servers_) urls += Cat(urls.empty() ? "" : ",", server->url());
    return {Cat("--kong-admin-url=", urls)};
  }
  void Start() override {}
  size_t configured() const override {
    size_t count = 0;
    for (const auto& server : servers_) count += server->gateway().loaded().empty() ? 0 : 1;
    return count;
  }
  size_t count() const override { return servers_.size(); }
  size_t targets(size_t gateway) const override {
    const simulators::Entities& loaded = servers_.at(gateway)->gateway().loaded();
    const auto found = loaded.find("targets");
    return found == loaded.end() ? 0 : found->second.size();
  }
  void Restart() override {
    for (const auto& server : servers_) server->Restart(false);
  }

 private:
  explicit AdminApis(Events events) : events_(std::move(events)) {}

  void Note(size_t gateway, const simulators::KongLoad& load) {
    ++taken_.deliveries;
    ++taken_.wholes;
    taken_.bytes += load.bytes;
    std::set<std::string> now;
    for (const auto& [section, entities] : servers_[gateway]->gateway().loaded()) {
      taken_.entities += entities.size();
      if (!events_.wanted()) continue;
      for (const auto& [id, entity] : entities) {
        for (std::string& mark : MarksOfEntity(section, entity)) now.insert(std::move(mark));
      }
    }
    if (!events_.wanted()) return;
    for (const std::string& mark : now) events_.seen(gateway, mark, false);
    for (const std::string& mark : marks_[gateway]) {
      if (!now.contains(mark)) events_.seen(gateway, mark, true);
    }
    marks_[gateway] = std::move(now);
  }

  const Events events_;
  std::vector<std::unique_ptr<simulators::KongGatewayServer>> servers_;
  std::vector<std::set<std::string>> marks_;  // Of the last load that was searched.
};

}  // namespace

MadeGateways NewAdminApis(io::Loop& loop, size_t count, uint64_t seed,
                           ObservedGateways::Events events) {
  return AdminApis::Create(loop, count, seed, std::move(events));
}

}  // namespace capacity
