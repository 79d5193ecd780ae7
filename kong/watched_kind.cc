#include "kong/watched_kind.h"

namespace kong {

using engine::Cat;

std::string WatchedKindBase::Trouble() const {
  const absl::Status& error = state().error();
  const std::string of = ns_.empty() ? "" : Cat(" (namespace ", ns_, ")");
  if (!error.ok()) return Cat(engine::MessageOf(error), of);
  if (doubtful_)
    return Cat("the last list of ", kind_, of, " lacks much; waiting for a second one");
  if (!complete_) return Cat("the first list of ", kind_, of, " is not complete");
  return {};
}

uint64_t WatchedKindBase::Relists(k8s::RelistReason reason) const {
  const size_t i = static_cast<size_t>(reason);
  return relists_[i] + state().relists()[i];
}

void WatchedKindBase::KeepRelists() {
  for (size_t i = 0; i < relists_.size(); ++i) relists_[i] += state().relists()[i];
}

void WatchedKindBase::TellDoubt(size_t removed, size_t held) {
  io::Warning("a new list lacks many objects; waiting for a second one before they are removed",
              {{"kind", kind_}, {"missing", removed}, {"held", held}});
}

void WatchedKindBase::TellBad(const k8s::BadObject& bad) const {
  io::Warning("an object cannot be read and counts as absent",
              {{"kind", kind_}, {"error", bad.why}});
}

}  // namespace kong
