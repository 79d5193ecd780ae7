#include "kong/last_good_files.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <system_error>
#include <vector>

#include "engine/status_macros.h"
#include "engine/text.h"
#include "io/durable_file.h"
#include "io/log.h"

namespace kong {
namespace {

using engine::Cat;
namespace fs = std::filesystem;

constexpr std::string_view kMark = "kdelta-last-good-1";
constexpr std::string_view kPrefix = "last-good-";
constexpr size_t kHeadMax = 200;

std::string Head(const Payload& payload) {
  return Cat(kMark, ' ', payload.offers, ' ', payload.bytes(), ' ', payload.hash, '\n');
}

bool IsOurs(const fs::path& path) {
  const std::string name = path.filename().string();
  return name.starts_with(kPrefix) && name.ends_with(".json");
}

absl::StatusOr<std::string> ReadWhole(const fs::path& path) {
  std::error_code error;
  const uintmax_t size = fs::is_regular_file(path, error) ? fs::file_size(path, error) : 0;
  if (error || size == 0) return engine::InvalidArgument("it is empty or not a file");
  if (size > LastGoodFiles::kBytesMax) return engine::InvalidArgument("it is too large");
  std::string text(size, '\0');
  std::ifstream file(path, std::ios::binary);
  if (!file.read(text.data(), static_cast<std::streamsize>(size)))
    return engine::InvalidArgument("it cannot be read");
  return text;
}

// The line in front decides nothing: it must be the one that these contents would get.
absl::StatusOr<std::shared_ptr<const Payload>> ReadPayload(const fs::path& path) {
  ASSIGN_OR_RETURN(std::string text, ReadWhole(path));
  const size_t end = std::string_view(text).substr(0, kHeadMax).find('\n');
  if (end == std::string::npos || !text.starts_with(kMark))
    return engine::InvalidArgument("it was not written by this version of kdelta");
  const auto words = engine::Split(std::string_view(text).substr(0, end), ' ');
  const auto offers = words.size() == 4 ? engine::ParseInt(words[1]) : std::nullopt;
  if (!offers || *offers < 0 || *offers > std::numeric_limits<Needs>::max())
    return engine::InvalidArgument("its first line is damaged");
  const std::string head = text.substr(0, end + 1);
  std::shared_ptr<const Payload> payload =
      PayloadOfBytes(static_cast<Needs>(*offers), text.substr(end + 1));
  if (Head(*payload) != head) return engine::InvalidArgument("its contents are damaged");
  if (LastGoodFiles::FileName(payload->offers) != path.filename().string())
    return engine::InvalidArgument("it has the name of another class of gateways");
  return payload;
}

}  // namespace

std::shared_ptr<const Payload> PayloadOfBytes(Needs offers, std::string body) {
  auto payload = std::make_shared<Payload>();
  payload->offers = offers;
  Md5 digest;
  digest.Add(body);
  payload->hash = digest.Hex();
  payload->body = std::make_shared<const std::string>(std::move(body));
  return payload;
}

std::string LastGoodFiles::FileName(Needs offers) { return Cat(kPrefix, offers, ".json"); }

absl::StatusOr<std::shared_ptr<LastGoodFiles>> LastGoodFiles::Open(std::string folder,
                                                                   absl::Duration spacing) {
  RETURN_IF_ERROR(io::MakePrivateFolder(folder));
  std::shared_ptr<LastGoodFiles> files(new LastGoodFiles(std::move(folder), spacing));
  RETURN_IF_ERROR(files->ReadAll());
  files->writer_ = std::thread([raw = files.get()] { raw->Write(); });
  return files;
}

LastGoodFiles::~LastGoodFiles() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  wake_.notify_all();
  if (writer_.joinable()) writer_.join();
}

absl::Status LastGoodFiles::ReadAll() {
  std::error_code error;
  size_t read = 0;
  for (fs::directory_iterator at(folder_, error), end; !error && at != end; at.increment(error)) {
    if (!IsOurs(at->path()) || ++read > 2 * kFilesMax) continue;
    auto payload = ReadPayload(at->path());
    if (payload.ok()) {
      read_[(*payload)->offers] = *payload;
    } else {
      io::Warning("a file of a last good configuration is ignored",
                  {{"file", at->path().string()}, {"reason", payload.status()}});
    }
  }
  if (error) return engine::InvalidArgument("cannot read ", folder_, ": ", error.message());
  return absl::OkStatus();
}

std::shared_ptr<const Payload> LastGoodFiles::Of(Needs offers) const {
  const auto found = read_.find(offers);
  return found == read_.end() ? nullptr : found->second;
}

void LastGoodFiles::Keep(std::shared_ptr<const Payload> payload) {
  if (payload->bytes() + kHeadMax > kBytesMax) return;
  {
    const std::lock_guard lock(mutex_);
    pending_[payload->offers] = std::move(payload);
  }
  wake_.notify_all();
}

// The writer's thread.
void LastGoodFiles::Write() {
  std::unique_lock lock(mutex_);
  while (true) {
    wake_.wait(lock, [&] { return ending_ || !pending_.empty(); });
    if (pending_.empty()) return;
    const auto batch = std::exchange(pending_, {});
    lock.unlock();
    for (const auto& [offers, payload] : batch) WriteOne(*payload);
    Prune();
    lock.lock();
    wake_.wait_for(lock, absl::ToChronoNanoseconds(spacing_), [&] { return ending_; });
  }
}

void LastGoodFiles::WriteOne(const Payload& payload) {
  const std::string path = Cat(folder_, '/', FileName(payload.offers));
  const std::string head = Head(payload);
  const std::array<std::string_view, 2> pieces{head, *payload.body};
  if (absl::Status written = io::WriteDurably(path, pieces); !written.ok()) {
    io::Warning("the last good configuration cannot be kept", {{"error", written}});
  }
}

void LastGoodFiles::Prune() const {
  std::vector<std::pair<fs::file_time_type, fs::path>> files;
  std::error_code error;
  for (fs::directory_iterator at(folder_, error), end; !error && at != end; at.increment(error)) {
    std::error_code unreadable;
    if (IsOurs(at->path())) files.emplace_back(at->last_write_time(unreadable), at->path());
  }
  if (files.size() <= kFilesMax) return;
  std::sort(files.begin(), files.end());
  files.resize(files.size() - kFilesMax);
  for (const auto& [time, path] : files) fs::remove(path, error);
}

}  // namespace kong
