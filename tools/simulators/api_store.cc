#include "tools/simulators/api_store.h"

#include <algorithm>

#include "absl/strings/escaping.h"
#include "engine/assert.h"
#include "engine/text.h"
#include "tools/simulators/digest.h"

namespace simulators {
namespace {

using engine::Cat;

constexpr std::string_view kUidSpace = "6ba7b812-9dad-11d1-80b4-00c04fd430c8";

std::string KeyText(std::string_view space, std::string_view name) { return Cat(space, "/", name); }

std::string TimeText(absl::Time time) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", time, absl::UTCTimeZone());
}

bool IsName(std::string_view name) {
  return !name.empty() && name.size() <= 253 && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || c == '-' || c == '.' || c == ':';
  });
}

Labels LabelsOf(const Json& object) {
  Labels labels;
  const Json& all = At(At(object, "metadata"), "labels");
  if (!all.is_object()) return labels;
  for (const auto& [name, value] : all.items()) labels.emplace(name, Text(value));
  return labels;
}

// What a real server does to a Secret: stringData ends up in data.
void MergeStringData(const ApiResource& resource, Json& object) {
  if (resource.kind != "Secret" || !At(object, "stringData").is_object()) return;
  for (const auto& [name, value] : object["stringData"].items()) {
    object["data"][name] = absl::Base64Escape(engine::ToAbsl(Text(value)));
  }
  object.erase("stringData");
}

// Whether anything outside metadata and status differs.
bool SpecDiffers(Json a, Json b) {
  for (Json* one : {&a, &b}) {
    for (const char* name : {"metadata", "status", "apiVersion", "kind"}) one->erase(name);
  }
  return a != b;
}

bool HasFinalizers(const Json& object) {
  const Json& finalizers = At(At(object, "metadata"), "finalizers");
  return finalizers.is_array() && !finalizers.empty();
}

// The fields of metadata that only the server writes.
constexpr std::string_view kServerFields[] = {"uid",
                                              "creationTimestamp",
                                              "generation",
                                              "resourceVersion",
                                              "deletionTimestamp",
                                              "deletionGracePeriodSeconds"};

void KeepServerFields(const Json& from, Json& to) {
  for (std::string_view name : kServerFields) {
    const Json& value = At(At(from, "metadata"), name);
    if (value.is_null()) {
      to["metadata"].erase(std::string(name));
    } else {
      to["metadata"][std::string(name)] = value;
    }
  }
  to["metadata"].erase("managedFields");
}

std::optional<ApiError> CheckShape(const ApiKey& key, const Json& object) {
  if (!object.is_object()) return BadRequestError("the object provided is not an object");
  std::string_view version = TextAt(object, "apiVersion");
  std::string_view kind = TextAt(object, "kind");
  if (!version.empty() && version != key.resource->ApiVersion()) {
    return BadRequestError(Cat("the API version in the data (", version,
                               ") does not match the expected API version (",
                               key.resource->ApiVersion(), ")"));
  }
  if (!kind.empty() && kind != key.resource->kind) {
    return BadRequestError(
        Cat(kind, " in version \"", version, "\" cannot be handled as a ", key.resource->kind));
  }
  std::string_view space = TextAt(At(object, "metadata"), "namespace");
  if (!space.empty() && space != key.space) {
    return BadRequestError(
        "the namespace of the provided object does not match the namespace sent on the request");
  }
  return std::nullopt;
}

}  // namespace

ApiStore::ApiStore(Options options) : options_(std::move(options)) {
  for (const ApiResource& resource : options_.resources) {
    resources_.push_back(std::make_unique<ApiResource>(resource));
    tables_[resources_.back().get()];
  }
  const ApiResource* namespaces = Find("", "v1", "namespaces");
  if (namespaces == nullptr) return;
  for (const char* name : {"default", "kube-system"}) {
    Json object = {{"metadata", {{"name", name}}}, {"status", {{"phase", "Active"}}}};
    Create({namespaces, "", name}, std::move(object), absl::UnixEpoch());
  }
}

const ApiResource* ApiStore::Find(std::string_view group, std::string_view version,
                                  std::string_view plural) const {
  for (const auto& one : resources_) {
    if (one->group == group && one->version == version && one->plural == plural) return one.get();
  }
  return nullptr;
}

const ApiResource* ApiStore::FindKind(std::string_view api_version, std::string_view kind) const {
  for (const auto& one : resources_) {
    if (one->kind == kind && one->ApiVersion() == api_version) return one.get();
  }
  return nullptr;
}

const ApiObjectPtr* ApiStore::Latest(const ApiKey& key) const {
  const Table& table = tables_.at(key.resource);
  auto found = table.find(KeyText(key.space, key.name));
  if (found == table.end() || found->second.back().object == nullptr) return nullptr;
  return &found->second.back().object;
}

ApiObjectPtr ApiStore::Get(const ApiKey& key) const {
  const ApiObjectPtr* latest = Latest(key);
  return latest == nullptr ? nullptr : *latest;
}

ApiObjectPtr ApiStore::Commit(const ApiKey& key, ApiEventType type, Json object) {
  auto version = std::make_shared<ApiObject>();
  version->revision = ++revision_;
  version->space = key.space;
  version->name = key.name;
  version->labels = LabelsOf(object);
  object["metadata"]["resourceVersion"] = Cat(revision_);
  object.erase("apiVersion");
  object.erase("kind");
  version->text = DumpJson(object);

  Versions& versions = tables_.at(key.resource)[KeyText(key.space, key.name)];
  ApiObjectPtr before = versions.empty() ? nullptr : versions.back().object;
  bool deleted = type == ApiEventType::kDeleted;
  versions.push_back({revision_, deleted ? nullptr : version});
  events_.push_back({key.resource, type, revision_, std::move(before), version});
  if (events_.size() > 2 * options_.events_kept) {
    Compact(events_[events_.size() - options_.events_kept].revision);
  }
  ApiEvent event = events_.back();
  if (on_event_) on_event_(event);
  return version;
}

std::optional<ApiError> ApiStore::CheckNew(const ApiKey& key, const Json& object) const {
  if (key.name.empty()) {
    return InvalidError(Cat(key.resource->kind,
                            " is invalid: metadata.name: Required value: name or generateName is "
                            "required"));
  }
  if (!IsName(key.name)) {
    return InvalidError(
        Cat(key.resource->kind, " \"", key.name,
            "\" is invalid: metadata.name: Invalid value: a lowercase RFC 1123 "
            "subdomain must consist of lower case alphanumeric characters, '-' or '.'"));
  }
  if (!TextAt(At(object, "metadata"), "resourceVersion").empty()) {
    return BadRequestError("resourceVersion should not be set on objects to be created");
  }
  const ApiResource* namespaces = Find("", "v1", "namespaces");
  bool checked = options_.check_namespaces && key.resource->namespaced && namespaces != nullptr;
  if (checked && Get({namespaces, "", key.space}) == nullptr) {
    return NotFoundError(*namespaces, key.space);
  }
  if (Get(key) != nullptr) return AlreadyExistsError(*key.resource, key.name);
  return std::nullopt;
}

ApiResult ApiStore::Create(const ApiKey& wanted, Json object, absl::Time now) {
  ApiKey key = wanted;
  if (std::optional<ApiError> error = CheckShape(key, object)) return *std::move(error);
  const Json& metadata = At(object, "metadata");
  if (key.name.empty()) key.name = TextAt(metadata, "name");
  std::string_view stem = TextAt(metadata, "generateName");
  std::string unique =
      UuidV5(kUidSpace, Cat(key.resource->kind, "/", key.space, "/", revision_ + 1));
  if (key.name.empty() && !stem.empty()) key.name = Cat(stem, unique.substr(0, 5));
  if (std::optional<ApiError> error = CheckNew(key, object)) return *std::move(error);

  object["metadata"]["name"] = key.name;
  if (key.resource->namespaced) object["metadata"]["namespace"] = key.space;
  KeepServerFields(Json(), object);
  object["metadata"]["uid"] = UuidV5(kUidSpace, Cat(unique, "/", key.name));
  object["metadata"]["creationTimestamp"] = TimeText(now);
  if (key.resource->has_generation) object["metadata"]["generation"] = 1;
  if (key.resource->kind == "Namespace") {
    object["status"] = {{"phase", "Active"}};
  } else if (key.resource->has_status) {
    object.erase("status");
  }
  MergeStringData(*key.resource, object);
  return Commit(key, ApiEventType::kAdded, std::move(object));
}

ApiResult ApiStore::Update(const ApiKey& key, Json object, Part part) {
  if (std::optional<ApiError> error = CheckShape(key, object)) return *std::move(error);
  ApiObjectPtr current = Get(key);
  if (current == nullptr) return NotFoundError(*key.resource, key.name);
  const Json& metadata = At(object, "metadata");
  std::string_view revision = TextAt(metadata, "resourceVersion");
  if (!revision.empty() && revision != Cat(current->revision)) {
    return ConflictError(*key.resource, key.name);
  }
  std::string_view name = TextAt(metadata, "name");
  if (!name.empty() && name != key.name) {
    return BadRequestError(Cat("the name of the object (", name,
                               ") does not match the name on the URL (", key.name, ")"));
  }
  Json before = ParseJson(current->text).value_or(Json::object());
  std::string_view uid = TextAt(metadata, "uid");
  if (!uid.empty() && uid != TextAt(before["metadata"], "uid")) {
    return ConflictError(*key.resource, key.name);
  }

  Json after = std::move(object);
  if (part == Part::kStatus) {
    Json status = At(after, "status");
    after = before;
    after["status"] = std::move(status);
  } else if (key.resource->has_status) {
    after.erase("status");
    if (before.contains("status")) after["status"] = before["status"];
  }
  after["metadata"]["name"] = key.name;
  if (key.resource->namespaced) after["metadata"]["namespace"] = key.space;
  KeepServerFields(before, after);
  MergeStringData(*key.resource, after);
  after.erase("apiVersion");
  after.erase("kind");
  if (after == before) return current;
  if (key.resource->has_generation && SpecDiffers(before, after)) {
    const Json& generation = At(before["metadata"], "generation");
    int64_t count = generation.is_number_integer() ? generation.get<int64_t>() : 0;
    after["metadata"]["generation"] = count + 1;
  }
  bool finished = IsSet(after["metadata"], "deletionTimestamp") && !HasFinalizers(after);
  return Commit(key, finished ? ApiEventType::kDeleted : ApiEventType::kModified, std::move(after));
}

ApiResult ApiStore::Delete(const ApiKey& key, const ApiPreconditions& preconditions,
                           absl::Time now) {
  ApiObjectPtr current = Get(key);
  if (current == nullptr) return NotFoundError(*key.resource, key.name);
  Json object = ParseJson(current->text).value_or(Json::object());
  bool other_uid =
      !preconditions.uid.empty() && preconditions.uid != TextAt(object["metadata"], "uid");
  bool moved_on =
      !preconditions.revision.empty() && preconditions.revision != Cat(current->revision);
  if (other_uid || moved_on) return ConflictError(*key.resource, key.name);
  if (!HasFinalizers(object)) return Commit(key, ApiEventType::kDeleted, std::move(object));
  if (IsSet(object["metadata"], "deletionTimestamp")) return current;
  object["metadata"]["deletionTimestamp"] = TimeText(now);
  object["metadata"]["deletionGracePeriodSeconds"] = 0;
  return Commit(key, ApiEventType::kModified, std::move(object));
}

ApiKey ApiStore::KeyOf(const Json& object) const {
  const ApiResource* resource = FindKind(TextAt(object, "apiVersion"), TextAt(object, "kind"));
  const Json& metadata = At(object, "metadata");
  ApiKey key{resource, std::string(TextAt(metadata, "namespace")),
             std::string(TextAt(metadata, "name"))};
  if (resource != nullptr && resource->namespaced && key.space.empty()) key.space = "default";
  return key;
}

ApiResult ApiStore::Apply(Json object, absl::Time now) {
  ApiKey key = KeyOf(object);
  if (key.resource == nullptr) {
    return BadRequestError(Cat("no kind \"", TextAt(object, "kind"), "\" in \"",
                               TextAt(object, "apiVersion"), "\" is served here"));
  }
  if (object.contains("metadata") && object["metadata"].is_object()) {
    for (const char* name : {"resourceVersion", "uid"}) object["metadata"].erase(name);
  }
  if (Get(key) != nullptr) return Update(key, std::move(object), Part::kMain);
  return Create(key, std::move(object), now);
}

ApiPage ApiStore::List(const ApiListQuery& query) const {
  CHECK(query.revision >= compacted_, "a list must not read what was compacted");
  ApiPage page;
  const Table& table = tables_.at(query.resource);
  std::string prefix = query.space.empty() ? "" : KeyText(query.space, "");
  auto row = table.lower_bound(std::max(prefix, query.start));
  int64_t remaining = 0;
  for (; row != table.end() && row->first.starts_with(prefix); ++row) {
    const Versions& versions = row->second;
    auto after = std::upper_bound(versions.begin(), versions.end(), query.revision,
                                  [](int64_t at, const Version& one) { return at < one.revision; });
    if (after == versions.begin() || std::prev(after)->object == nullptr) continue;
    const ApiObjectPtr& object = std::prev(after)->object;
    if (!query.selector.Matches(object->space, object->name, object->labels)) continue;
    if (query.limit != 0 && page.objects.size() == query.limit) {
      if (page.next.empty()) page.next = row->first;
      ++remaining;
    } else {
      page.objects.push_back(object);
    }
  }
  if (query.selector.everything()) page.remaining = remaining;
  return page;
}

size_t ApiStore::Count(const ApiResource& resource) const {
  const Table& table = tables_.at(&resource);
  return static_cast<size_t>(std::count_if(table.begin(), table.end(), [](const auto& row) {
    return row.second.back().object != nullptr;
  }));
}

std::vector<ApiEvent> ApiStore::EventsSince(int64_t revision) const {
  auto first = std::upper_bound(events_.begin(), events_.end(), revision,
                                [](int64_t at, const ApiEvent& one) { return at < one.revision; });
  return {first, events_.end()};
}

// Forgets what stood before the version that an event of the compacted past made.
void ApiStore::Prune(const ApiEvent& event) {
  Table& table = tables_.at(event.resource);
  auto row = table.find(KeyText(event.after->space, event.after->name));
  if (row == table.end()) return;
  Versions& versions = row->second;
  while (versions.size() > 1 && versions[1].revision <= compacted_)
    versions.erase(versions.begin());
  if (versions.size() == 1 && versions[0].object == nullptr && versions[0].revision <= compacted_) {
    table.erase(row);
  }
}

void ApiStore::Compact(int64_t revision) {
  compacted_ = std::max(compacted_, std::min(revision, revision_));
  while (!events_.empty() && events_.front().revision <= compacted_) {
    ApiEvent event = std::move(events_.front());
    events_.pop_front();
    Prune(event);
  }
}

std::string FullText(const ApiResource& resource, const ApiObject& object) {
  return Cat("{\"kind\":\"", resource.kind, "\",\"apiVersion\":\"", resource.ApiVersion(), "\",",
             std::string_view(object.text).substr(1));
}

Json FullTree(const ApiResource& resource, const ApiObject& object) {
  Json tree = ParseJson(object.text).value_or(Json::object());
  tree["apiVersion"] = resource.ApiVersion();
  tree["kind"] = resource.kind;
  return tree;
}

std::string MetadataText(const ApiObject& object) {
  Json tree = ParseJson(object.text).value_or(Json::object());
  return Cat("{\"kind\":\"PartialObjectMetadata\",\"apiVersion\":\"meta.k8s.io/v1\",\"metadata\":",
             DumpJson(At(tree, "metadata")), "}");
}

}  // namespace simulators
