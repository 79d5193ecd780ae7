#include "tools/simulators/api_watch.h"

#include "engine/text.h"

namespace simulators {

using engine::Cat;

bool ApiWatch::Fits(const ApiObjectPtr& object) const {
  if (object == nullptr) return false;
  if (!query_.space.empty() && query_.space != object->space) return false;
  return query_.selector.Matches(object->space, object->name, object->labels);
}

std::string ApiWatch::Render(const ApiObject& object) const {
  return query_.metadata_only ? MetadataText(object) : FullText(*query_.resource, object);
}

void ApiWatch::Write(std::string_view type, std::string_view object) {
  if (!open_ || silent_) return;
  responder_->Write(Cat("{\"type\":\"", type, "\",\"object\":", object, "}\n"));
}

void ApiWatch::SendInitial(const ApiObjectPtr& object) {
  if (Fits(object)) Write("ADDED", Render(*object));
}

void ApiWatch::SendEvent(const ApiEvent& event) {
  if (event.resource != query_.resource) return;
  bool fitted = Fits(event.before);
  bool fits = event.type != ApiEventType::kDeleted && Fits(event.after);
  if (!fitted && !fits) return;
  Write(!fitted ? "ADDED" : fits ? "MODIFIED" : "DELETED", Render(*event.after));
}

void ApiWatch::SendBookmark(int64_t revision, bool ends_initial_events) {
  Json metadata = {{"resourceVersion", Cat(revision)}, {"creationTimestamp", nullptr}};
  if (ends_initial_events) metadata["annotations"] = {{"k8s.io/initial-events-end", "true"}};
  Json object = {
      {"kind", query_.metadata_only ? "PartialObjectMetadata" : query_.resource->kind},
      {"apiVersion", query_.metadata_only ? "meta.k8s.io/v1" : query_.resource->ApiVersion()},
      {"metadata", metadata}};
  Write("BOOKMARK", DumpJson(object));
}

void ApiWatch::SendError(const ApiError& error) {
  Write("ERROR", DumpJson(error.Status()));
  End();
}

void ApiWatch::End() {
  if (!open_) return;
  open_ = false;
  if (!silent_) responder_->End();
}

void ApiWatch::Cut(WatchCut how, int64_t revision) {
  if (!open_) return;
  switch (how) {
    case WatchCut::kEnd:
      return End();
    case WatchCut::kHalfOpen:
      silent_ = true;
      return;
    case WatchCut::kGone:
      return SendError(
          ExpiredError(Cat("too old resource version: ", revision, " (", revision + 1, ")")));
    case WatchCut::kJunk:
      responder_->Write("\x01\xff{\"type\":MODIFIED}}]\n");
      return;
    case WatchCut::kTruncate:
      responder_->Write("{\"type\":\"MODIFIED\",\"object\":{\"kind\":\"");
      break;
    case WatchCut::kReset:
      break;
  }
  open_ = false;
  responder_->Abort();
}

}  // namespace simulators
