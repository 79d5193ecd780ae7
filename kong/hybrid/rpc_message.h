// The messages of Kong's incremental sync (`kong.sync.v2`): what a data plane says, and what we do.
//
// JSON-RPC 2.0, one message a WebSocket message; the first pair plain, then each in one raw Snappy
// block. Kong 3.9 writes versions as numbers, 3.10 and later as "v02_" and 28 hex digits: which one
// a data plane speaks follows from the version in its hello. Pure functions over bytes that a
// stranger sent; any thread. Cost: a parse of the message.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "kong/gateway_identity.h"

namespace kong {

enum class VersionSpelling : uint8_t { kNumber, kText };

// What a data plane of this version writes.
VersionSpelling SpellingOf(const GatewayIdentity& identity);
void AppendVersion(std::string& out, uint64_t version, VersionSpelling spelling);  // As JSON.

// Lua numbers hold integers exactly below this.
inline constexpr uint64_t kVersionEnd = uint64_t{1} << 53;
inline constexpr uint64_t kUnreadableVersion = UINT64_MAX;

struct RpcMessage {
  enum class Kind { kHello, kGetDelta, kValidationError, kAnswer, kFailure, kOther };
  Kind kind = Kind::kOther;
  std::string id;      // As JSON; empty: no answer is wanted.
  std::string method;  // Empty for answers.
  std::string text;    // Of an error, for an operator.
  // kGetDelta: what the data plane has; kUnreadableVersion if it is no version of ours.
  uint64_t version = 0;
  // kHello.
  GatewayIdentity identity;
  std::string hostname;
  std::vector<std::string> capabilities;
  uint64_t max_payload_bytes = 0;  // 0: not said.
};

// InvalidArgument if it is no JSON-RPC message, or a hello that lacks what we need.
absl::StatusOr<RpcMessage> ReadRpcMessage(std::string_view json);

std::string HelloAnswer(std::string_view id);
std::string NotifyNewVersion(uint64_t id, uint64_t version, VersionSpelling spelling);
std::string MethodNotFound(std::string_view id, std::string_view method);
std::string PlainTrue(std::string_view id);  // The answer to what needs none but must have one.

inline constexpr std::string_view kSyncCapability = "kong.sync.v2";
inline constexpr std::string_view kMetaProtocol = "kong.meta.v1";
inline constexpr std::string_view kSnappyEncoding = "x-snappy-framed";

}  // namespace kong
