// The last configuration that a gateway of each class acknowledged, in files.
//
// So it survives a restart of the controller: a gateway that starts with nothing can be given what
// worked when what should be there now is refused (delivery.h). A file is a line about its contents
// and the payload as it was sent. A file whose contents do not have the digest that its line says,
// or that is not of the class that its name says, is told and ignored. Payloads hold secrets: only
// the owner may read them, and nothing of them is ever shown.
//
// Keep returns at once: a thread of its own writes, at most once every `spacing` and then only the
// newest, since a fleet that changes all day would else wear out the disk. At most kFilesMax
// classes are kept, the most recent ones. Keep and Of: one thread.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "kong/payload.h"

namespace kong {

class LastGoodFiles {
 public:
  static constexpr size_t kFilesMax = 8;
  static constexpr size_t kBytesMax = size_t{512} << 20;

  // Makes the folder if its parent exists, and reads what is there.
  static absl::StatusOr<std::shared_ptr<LastGoodFiles>> Open(
      std::string folder, absl::Duration spacing = absl::Seconds(10));
  ~LastGoodFiles();  // Writes what is not written yet.
  LastGoodFiles(const LastGoodFiles&) = delete;
  LastGoodFiles& operator=(const LastGoodFiles&) = delete;

  // What was there at the start: a payload of version 0 without sections. Null if nothing was.
  std::shared_ptr<const Payload> Of(Needs offers) const;
  void Keep(std::shared_ptr<const Payload> payload);
  static std::string FileName(Needs offers);

 private:
  LastGoodFiles(std::string folder, absl::Duration spacing)
      : folder_(std::move(folder)), spacing_(spacing) {}
  absl::Status ReadAll();
  void Write();
  void WriteOne(const Payload& payload);
  void Prune() const;

  const std::string folder_;
  const absl::Duration spacing_;
  std::map<Needs, std::shared_ptr<const Payload>> read_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::map<Needs, std::shared_ptr<const Payload>> pending_;  // Guarded by mutex_, as what follows.
  bool ending_ = false;
  std::thread writer_;
};

// A payload of version 0 and without sections: bytes that a gateway took once.
std::shared_ptr<const Payload> PayloadOfBytes(Needs offers, std::string body);

}  // namespace kong
