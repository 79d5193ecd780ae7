// A data plane of Kong 3.9 as its control plane sees it: two calls a run, no validation, and what
// goes wrong when a test wants it.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "engine/text.h"
#include "gtest/gtest.h"
#include "io/snappy.h"
#include "kong/json_tree.h"
#include "tests/kong/hybrid/fake_socket.h"

namespace kong {

class ModelDataPlane {
 public:
  explicit ModelDataPlane(std::string node) : node_(std::move(node)) {}

  // Opens a socket; the control plane gets the other half.
  std::unique_ptr<io::WebSocket> Connect() {
    end = std::make_shared<SocketEnd>();
    greeted = false;
    calls_ = 0;
    return std::make_unique<FakeSocket>(end);
  }
  void Hello() {
    end->Say(engine::Cat(
        R"({"jsonrpc":"2.0","id":1,"method":"kong.meta.v1.hello","params":[{)",
        R"("rpc_capabilities":["kong.sync.v2"],"rpc_frame_encodings":["x-snappy-framed"],)",
        R"("kong_version":")", kong_version, R"(","kong_hostname":"host","kong_node_id":")", node_,
        R"(","kong_conf":{"router_flavor":")", flavor, R"("}}]})"));
  }
  // A run begins with a call, and the answer to it is followed by another.
  void Pull() {
    calls_ = 2;
    Call();
  }
  // Reads what came. False if nothing did.
  bool Read() {
    std::vector<std::string> messages = end->Take();
    for (const std::string& message : messages) {
      if (!greeted) {
        EXPECT_EQ(message, R"({"jsonrpc":"2.0","id":1,"result":{"rpc_capabilities":)"
                           R"(["kong.sync.v2"],"rpc_frame_encoding":"x-snappy-framed"}})");
        greeted = true;
        continue;
      }
      bytes += message.size();
      if (drop_next) {
        drop_next = false;
        calls_ = 0;
        continue;
      }
      absl::StatusOr<std::string> text = io::Unsnap(message, 64 << 20);
      EXPECT_TRUE(text.ok()) << text.status();
      std::optional<Json> tree = ParseJson(*text);
      EXPECT_TRUE(tree) << *text;
      if (tree) Take(*tree);
    }
    return !messages.empty();
  }

  std::shared_ptr<SocketEnd> end;
  std::string kong_version = "3.9.3", flavor = "traditional_compatible";
  bool greeted = false, drop_next = false, broken = false;
  uint64_t version = 0;
  size_t wipes = 0, answers = 0, bytes = 0, dangling = 0, notified = 0;
  std::map<std::string, Json> entities;  // By type and id.

 private:
  void Call() {
    --calls_;
    end->Say(io::Snap(engine::Cat(R"({"method":"kong.sync.v2.get_delta","id":)", next_id_++,
                                  R"(,"params":[{"default":{"version":)", version,
                                  R"(}}],"jsonrpc":"2.0"})")));
  }
  void Take(const Json& message) {
    if (message.contains("method")) {
      ++notified;
      const uint64_t announced = AtPath(message["params"][0], "default.new_version");
      end->Say(io::Snap(
          engine::Cat(R"({"result":true,"id":)", DumpJson(message["id"]), R"(,"jsonrpc":"2.0"})")));
      if (announced > version && calls_ == 0) Pull();
      return;
    }
    if (!broken) Apply(AtPath(message["result"], "default"));
    if (calls_ > 0) Call();
  }
  void Apply(const Json& result) {
    ++answers;
    if (result["wipe"] == true) entities.clear(), ++wipes;
    for (const Json& delta : result["deltas"]) {
      const Json& entity = delta["entity"];
      const Json& id = entity.is_null() ? delta["pk"]["id"] : entity["id"];
      const std::string key = delta["type"].get<std::string>() + "|" + id.get<std::string>();
      if (entity.is_null()) {
        entities.erase(key);
      } else {
        EXPECT_TRUE(delta["type"] != "routes" || entity.contains("updated_at"));
        EXPECT_TRUE(delta["type"] != "routes" || !entities.contains(key) ||
                    entities[key] == entity || entities[key]["updated_at"] < entity["updated_at"])
            << "the router ignores it";
        entities[key] = entity;
      }
      version = delta["version"].get<uint64_t>();
    }
    for (const auto& [key, entity] : entities) {
      if (!entity.contains("service") || entity["service"].is_null()) continue;
      const Json& service = entity["service"];  // Completed entities have an object there.
      const std::string_view id = service.is_object() ? TextAt(service, "id") : Text(service);
      dangling += entities.contains(engine::Cat("services|", id)) ? 0 : 1;
    }
  }

  const std::string node_;
  int calls_ = 0;
  uint64_t next_id_ = 0;
};

}  // namespace kong
