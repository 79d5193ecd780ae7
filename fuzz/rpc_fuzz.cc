// Oracle: whatever a data plane says is a message or an error; its version reads back when written,
// and every answer to its id is JSON.
#include <string>

#include "engine/assert.h"
#include "engine/text.h"
#include "fuzz/bytes.h"
#include "kong/hybrid/rpc_message.h"
#include "kong/json_tree.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto message = kong::ReadRpcMessage(fuzz::TextOf(data, size));
  if (!message.ok()) return 0;
  if (message->id.empty()) return 0;
  const auto id = kong::ParseJson(message->id);
  CHECK(id, "an id is no JSON");
  for (const std::string& answer :
       {kong::HelloAnswer(message->id), kong::MethodNotFound(message->id, message->method),
        kong::PlainTrue(message->id)}) {
    const auto tree = kong::ParseJson(answer);
    CHECK(tree && kong::At(*tree, "id") == *id, engine::Cat("not an answer to it: ", answer));
  }
  if (message->kind != kong::RpcMessage::Kind::kGetDelta ||
      message->version == kong::kUnreadableVersion)
    return 0;
  CHECK(message->version < kong::kVersionEnd, "a version that Lua cannot hold");
  for (const auto spelling : {kong::VersionSpelling::kNumber, kong::VersionSpelling::kText}) {
    std::string version;
    kong::AppendVersion(version, message->version, spelling);
    CHECK(kong::ParseJson(version), "a version that is no JSON");
  }
  return 0;
}
