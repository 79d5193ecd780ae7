#include "kong/hybrid/rpc_message.h"

#include <cmath>
#include <utility>

#include "engine/text.h"
#include "io/json_writer.h"
#include "kong/json_tree.h"

namespace kong {
namespace {

using engine::Cat;
using engine::InvalidArgument;

constexpr int kDepthMax = 20;
constexpr std::string_view kHello = "kong.meta.v1.hello";
constexpr std::string_view kGetDelta = "kong.sync.v2.get_delta";
constexpr std::string_view kValidationError = "kong.sync.v2.notify_validation_error";
constexpr std::string_view kTextPrefix = "v02_";
constexpr size_t kTextDigits = 28;

uint64_t ReadTextVersion(std::string_view text) {
  if (!text.starts_with(kTextPrefix) || text.size() != kTextPrefix.size() + kTextDigits) {
    return kUnreadableVersion;
  }
  uint64_t version = 0;
  for (char c : text.substr(kTextPrefix.size())) {
    const int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
    if (digit < 0 || version >= kVersionEnd) return kUnreadableVersion;
    version = version * 16 + static_cast<uint64_t>(digit);
  }
  return version < kVersionEnd ? version : kUnreadableVersion;
}

uint64_t ReadVersion(const Json& value) {
  if (value.is_string()) return ReadTextVersion(Text(value));
  if (!value.is_number()) return kUnreadableVersion;
  const double number = value.get<double>();
  if (!(number >= 0 && number < static_cast<double>(kVersionEnd)) || std::floor(number) != number) {
    return kUnreadableVersion;
  }
  return static_cast<uint64_t>(number);
}

// Sizes stand in nginx's spelling or as a number.
uint64_t ReadSize(const Json& value) {
  return value.is_number_unsigned() ? value.get<uint64_t>() : 0;
}

const Json& FirstParameter(const Json& message) {
  const Json& parameters = At(message, "params");
  static const Json null;
  return parameters.is_array() && !parameters.empty() ? parameters[0] : null;
}

bool Lists(const Json& array, std::string_view text) {
  if (!array.is_array()) return false;
  for (const Json& each : array) {
    if (Text(each) == text) return true;
  }
  return false;
}

absl::Status ReadHello(const Json& hello, RpcMessage& message) {
  GatewayIdentity& identity = message.identity;
  if (!ReadGatewayVersion(TextAt(hello, "kong_version"), identity)) {
    return InvalidArgument("the hello names no version of Kong");
  }
  identity.node_id = TextAt(hello, "kong_node_id");
  if (identity.node_id.empty()) return InvalidArgument("the hello has no kong_node_id");
  if (!Lists(At(hello, "rpc_frame_encodings"), kSnappyEncoding)) {
    return InvalidArgument("the data plane does not offer ", kSnappyEncoding);
  }
  const Json& conf = At(hello, "kong_conf");
  identity.router_flavor = TextAt(conf, "router_flavor");
  identity.database = "off";
  message.hostname = TextAt(hello, "kong_hostname");
  message.max_payload_bytes = ReadSize(At(conf, "cluster_max_payload"));
  if (const Json& all = At(hello, "rpc_capabilities"); all.is_array()) {
    for (const Json& each : all) message.capabilities.emplace_back(Text(each));
  }
  return absl::OkStatus();
}

std::string IdOf(const Json& message) {
  const Json& id = At(message, "id");
  return id.is_number_integer() || id.is_string() ? DumpJson(id) : std::string();
}

std::string Answer(std::string_view id, std::string_view member, std::string_view json) {
  return Cat(R"({"jsonrpc":"2.0",")", member, "\":", json, ",\"id\":", id, "}");
}

}  // namespace

VersionSpelling SpellingOf(const GatewayIdentity& identity) {
  return std::pair(identity.major, identity.minor) < std::pair(3, 10) ? VersionSpelling::kNumber
                                                                      : VersionSpelling::kText;
}

void AppendVersion(std::string& out, uint64_t version, VersionSpelling spelling) {
  if (spelling == VersionSpelling::kNumber) return engine::Append(out, version);
  std::string digits(kTextDigits, '0');
  for (size_t at = kTextDigits; version != 0; version /= 16) {
    digits[--at] = "0123456789abcdef"[version % 16];
  }
  out += Cat('"', kTextPrefix, digits, '"');
}

absl::StatusOr<RpcMessage> ReadRpcMessage(std::string_view json) {
  std::optional<Json> tree = ParseJson(json, kDepthMax);
  if (!tree || !tree->is_object()) return InvalidArgument("the message is no JSON object");
  RpcMessage message;
  message.id = IdOf(*tree);
  message.method = TextAt(*tree, "method");
  if (message.method.empty()) {
    const bool failed = IsSet(*tree, "error");
    if (!failed && !tree->contains("result")) {
      return InvalidArgument("the message is neither a request nor an answer");
    }
    message.kind = failed ? RpcMessage::Kind::kFailure : RpcMessage::Kind::kAnswer;
    if (failed) message.text = TextAt(At(*tree, "error"), "message");
    return message;
  }
  const Json& parameter = FirstParameter(*tree);
  if (message.method == kHello) {
    message.kind = RpcMessage::Kind::kHello;
    absl::Status read = ReadHello(parameter, message);
    if (!read.ok()) return read;
  } else if (message.method == kGetDelta) {
    message.kind = RpcMessage::Kind::kGetDelta;
    message.version = ReadVersion(AtPath(parameter, "default.version"));
  } else if (message.method == kValidationError) {
    message.kind = RpcMessage::Kind::kValidationError;
    message.version = ReadVersion(At(parameter, "version"));
    message.text = TextAt(At(parameter, "error"), "message");
  }
  return message;
}

std::string HelloAnswer(std::string_view id) {
  return Cat(R"({"jsonrpc":"2.0","id":)", id, R"(,"result":{"rpc_capabilities":[")",
             kSyncCapability, R"("],"rpc_frame_encoding":")", kSnappyEncoding, "\"}}");
}

std::string NotifyNewVersion(uint64_t id, uint64_t version, VersionSpelling spelling) {
  std::string out =
      Cat(R"({"jsonrpc":"2.0","id":)", id, R"(,"method":"kong.sync.v2.notify_new_version",)",
          R"("params":[{"default":{"new_version":)");
  AppendVersion(out, version, spelling);
  return out + "}}]}";
}

std::string MethodNotFound(std::string_view id, std::string_view method) {
  std::string error = R"({"code":-32601,"message":)";
  io::AppendJsonString(error, Cat("Method not found: ", method));
  return Answer(id, "error", error + "}");
}

std::string PlainTrue(std::string_view id) { return Answer(id, "result", "true"); }

}  // namespace kong
