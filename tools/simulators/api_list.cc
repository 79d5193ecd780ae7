#include "tools/simulators/api_list.h"

#include <optional>
#include <string_view>
#include <utility>

#include "absl/strings/escaping.h"
#include "engine/text.h"

namespace simulators {
namespace {

using engine::Cat;

std::string TokenText(int64_t revision, std::string_view start) {
  Json token = {{"v", "meta.k8s.io/v1"}, {"rv", revision}, {"start", start}};
  std::string out;
  absl::WebSafeBase64Escape(engine::ToAbsl(DumpJson(token)), &out);
  return out;
}

struct Token {
  int64_t revision = 0;  // Negative: whatever is current, consistent or not.
  std::string start;
};

std::optional<Token> ParseToken(std::string_view text) {
  std::string json;
  if (!absl::WebSafeBase64Unescape(engine::ToAbsl(text), &json)) return std::nullopt;
  std::optional<Json> tree = ParseJson(json, /*max_depth=*/4);
  if (!tree || !At(*tree, "rv").is_number_integer()) return std::nullopt;
  return Token{At(*tree, "rv").get<int64_t>(), std::string(TextAt(*tree, "start"))};
}

// The snapshot that a list is to be read at, or why it cannot be.
std::variant<int64_t, ApiError> SnapshotOf(const Query& query, const ApiStore& store, bool paged) {
  std::string_view revision = Find(query, "resourceVersion");
  std::string_view match = Find(query, "resourceVersionMatch");
  if (!match.empty() && revision.empty()) {
    return InvalidError("resourceVersionMatch is forbidden unless resourceVersion is provided");
  }
  if (!match.empty() && match != "Exact" && match != "NotOlderThan") {
    return InvalidError(Cat("resourceVersionMatch: Unsupported value: \"", match, "\""));
  }
  if (match == "Exact" && revision == "0") {
    return InvalidError("resourceVersionMatch \"exact\" is forbidden for resourceVersion \"0\"");
  }
  if (revision.empty() || revision == "0") return store.revision();
  std::optional<int64_t> wanted = engine::ParseInt(revision);
  if (!wanted || *wanted < 0) return BadRequestError(Cat("invalid resource version: ", revision));
  if (*wanted > store.revision()) return TooLargeRevisionError(*wanted, store.revision());
  bool exact = match == "Exact" || (match.empty() && paged);
  if (!exact) return store.revision();
  if (*wanted < store.compacted()) {
    return ExpiredError("The resourceVersion for the provided list is too old.");
  }
  return *wanted;
}

ApiError ExpiredTokenError(const ApiStore& store, const Token& token) {
  ApiError error = ExpiredError(
      "The provided continue parameter is too old to display a consistent list result. You can "
      "start "
      "a new list without the continue parameter, or use the continue token in this response to "
      "retrieve the remainder of the results. Continuing with the provided token results in an "
      "inconsistent list - objects that were created, modified, or deleted between the time the "
      "first "
      "chunk was returned and now may show up in the list.");
  if (store.revision() > 0) error.continue_token = TokenText(-1, token.start);
  return error;
}

// A later page: of the snapshot that the token names.
std::optional<ApiError> ReadToken(const ApiStore& store, const Query& query, ApiListQuery& list) {
  std::string_view revision = Find(query, "resourceVersion");
  if (!revision.empty() && revision != "0") {
    return BadRequestError("specifying resource version is not allowed when using continue");
  }
  std::optional<Token> token = ParseToken(Find(query, "continue"));
  if (!token) return BadRequestError("continue key is not valid");
  if (token->revision >= 0 && token->revision < store.compacted()) {
    return ExpiredTokenError(store, *token);
  }
  list.revision = token->revision < 0 ? store.revision() : token->revision;
  list.start = token->start;
  return std::nullopt;
}

}  // namespace

std::variant<ApiListQuery, ApiError> ReadListQuery(const ApiStore& store, const ApiPath& path,
                                                   const Query& query, int64_t stale) {
  auto selector = ApiSelector::Parse(Find(query, "labelSelector"), Find(query, "fieldSelector"));
  if (!selector.ok()) return BadRequestError(std::string(engine::MessageOf(selector.status())));
  ApiListQuery list{path.resource, path.space, *std::move(selector), 0, "", 0};
  bool continues = !Find(query, "continue").empty();
  // From the watch cache, which "0" asks for, a real server answers whole.
  bool cached = !continues && Find(query, "resourceVersion") == "0";
  int64_t limit = engine::ParseInt(Find(query, "limit")).value_or(0);
  if (limit > 0 && !cached) list.limit = static_cast<size_t>(limit);

  if (continues) {
    if (auto error = ReadToken(store, query, list)) return *std::move(error);
    return list;
  }
  auto snapshot = SnapshotOf(query, store, list.limit != 0);
  if (ApiError* error = std::get_if<ApiError>(&snapshot)) return std::move(*error);
  list.revision = std::get<int64_t>(snapshot);
  if (cached && stale > 0 && stale >= store.compacted()) list.revision = stale;
  return list;
}

std::string ListText(const ApiStore& store, const ApiListQuery& query, bool metadata_only) {
  ApiPage page = store.List(query);
  const ApiResource& resource = *query.resource;
  Json metadata = {{"resourceVersion", Cat(query.revision)}};
  if (!page.next.empty()) {
    metadata["continue"] = TokenText(query.revision, page.next);
    if (page.remaining > 0) metadata["remainingItemCount"] = page.remaining;
  }
  std::string kind = metadata_only ? "PartialObjectMetadata" : resource.kind;
  std::string version = metadata_only ? "meta.k8s.io/v1" : resource.ApiVersion();
  std::string text = Cat("{\"kind\":\"", kind, "List\",\"apiVersion\":\"", version,
                         "\",\"metadata\":", DumpJson(metadata), ",\"items\":[");
  for (const ApiObjectPtr& object : page.objects) {
    if (object != page.objects.front()) text += ',';
    text += metadata_only     ? MetadataText(*object)
            : resource.custom ? FullText(resource, *object)
                              : object->text;
  }
  return text + "]}\n";
}

}  // namespace simulators
