// The simulated database Kong on a fake network. What the sink's tests share.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "engine/text.h"
#include "kong/entity.h"
#include "kong/json_tree.h"
#include "kong/patch.h"
#include "tests/kong/simulated_kong.h"
#include "tests/kong/versioned_rows.h"
#include "tools/simulators/kong_gateway.h"

namespace kong {

class DatabaseKong {
 public:
  explicit DatabaseKong(io::FakeClock& clock, uint64_t seed = 1) : clock_(clock) {
    auto gateway = simulators::KongGateway::Create(
        clock, {.edition = "enterprise", .database = "postgres", .seed = seed});
    gateway_ = *std::move(gateway);
  }
  std::unique_ptr<io::HttpClient> Client() { return SimulatedClient(clock_, *gateway_); }
  simulators::KongGateway& gateway() { return *gateway_; }
  simulators::KongDatabase& rows() { return *gateway_->database(); }
  simulators::KongDatabaseApi& api() { return *gateway_->database_api(); }
  // The calls since the last time, as "POST /services 201".
  std::vector<std::string> Calls() {
    std::vector<std::string> out;
    for (const simulators::KongCall& call : api().calls()) {
      out.push_back(engine::Cat(call.method, ' ', call.path, ' ', call.status));
    }
    api().ForgetCalls();
    return out;
  }

 private:
  io::FakeClock& clock_;
  std::unique_ptr<simulators::KongGateway> gateway_;
};

}  // namespace kong
