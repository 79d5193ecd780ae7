#include "tools/kdelta/inputs.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <sstream>

#include "engine/status_macros.h"
#include "engine/text.h"
#include "io/yaml.h"

namespace kdelta {
namespace {

namespace fs = std::filesystem;
using engine::Cat;

absl::StatusOr<std::string> ReadStream(std::istream& in, const std::string& name) {
  std::ostringstream text;
  text << in.rdbuf();
  if (in.bad()) return engine::InvalidArgument(name, ": cannot be read");
  return std::move(text).str();
}

absl::Status AddText(std::string_view text, const std::string& name,
                     std::vector<kong::ManifestObject>& out) {
  ASSIGN_OR_RETURN(std::vector<io::YamlDocument> documents, io::YamlToJson(text, name));
  for (const io::YamlDocument& document : documents) {
    auto objects = kong::ObjectsOf(document.json);
    if (!objects.ok()) return engine::Annotate(objects.status(), Cat(name, ':', document.line));
    std::move(objects->begin(), objects->end(), std::back_inserter(out));
  }
  return absl::OkStatus();
}

absl::Status AddFile(const std::string& path, std::vector<kong::ManifestObject>& out) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return engine::NotFound(path, ": cannot be opened");
  ASSIGN_OR_RETURN(std::string text, ReadStream(in, path));
  return AddText(text, path, out);
}

bool IsManifest(const fs::path& path) {
  return path.extension() == ".yaml" || path.extension() == ".yml" || path.extension() == ".json";
}

absl::Status AddDirectory(const std::string& path, std::vector<kong::ManifestObject>& out) {
  std::vector<std::string> files;
  std::error_code error;
  for (fs::recursive_directory_iterator it(path, error), end; !error && it != end;
       it.increment(error)) {
    if (it->is_regular_file(error) && IsManifest(it->path())) files.push_back(it->path().string());
  }
  if (error) return engine::InvalidArgument(path, ": ", error.message());
  std::sort(files.begin(), files.end());
  for (const std::string& file : files) RETURN_IF_ERROR(AddFile(file, out));
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::vector<kong::ManifestObject>> ReadInputs(
    const std::vector<std::string>& paths) {
  std::vector<kong::ManifestObject> out;
  for (const std::string& path : paths) {
    std::error_code ignored;
    if (path == "-") {
      ASSIGN_OR_RETURN(std::string text, ReadStream(std::cin, "standard input"));
      RETURN_IF_ERROR(AddText(text, "standard input", out));
    } else if (fs::is_directory(path, ignored)) {
      RETURN_IF_ERROR(AddDirectory(path, out));
    } else {
      RETURN_IF_ERROR(AddFile(path, out));
    }
  }
  return out;
}

}  // namespace kdelta
