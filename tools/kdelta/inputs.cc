#include "tools/kdelta/inputs.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <sstream>

#include "engine/status_macros.h"
#include "engine/text.h"
#include "io/yaml_stream.h"
#include "k8s/parse.h"

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

// "Ingress shop/cart" of an object that cannot be used; empty if it does not say who it is.
std::string NameOf(std::string_view json) {
  const absl::StatusOr<k8s::ObjectHeader> header = k8s::PeekHeader(json);
  if (!header.ok() || header->id.name.empty()) return "";
  return Cat(header->kind, ' ', header->id);
}

void AddText(std::string_view text, const std::string& name, Inputs& out) {
  io::YamlStream stream = io::ReadYamlStream(text, name);
  for (const io::YamlDocument& document : stream.documents) {
    std::vector<absl::Status> bad;
    auto objects = kong::ObjectsOf(document.json, bad);
    std::move(objects.begin(), objects.end(), std::back_inserter(out.objects));
    for (const absl::Status& each : bad)
      out.bad.push_back(engine::Annotate(each, Cat(name, ':', document.line)));
  }
  for (const io::BadYaml& bad : stream.bad) {
    const std::string object = bad.json.empty() ? "" : NameOf(bad.json);
    out.bad.push_back(object.empty() ? bad.why : engine::Annotate(bad.why, object));
  }
}

absl::Status AddFile(const std::string& path, Inputs& out) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return engine::NotFound(path, ": cannot be opened");
  ASSIGN_OR_RETURN(std::string text, ReadStream(in, path));
  AddText(text, path, out);
  return absl::OkStatus();
}

bool IsManifest(const fs::path& path) {
  return path.extension() == ".yaml" || path.extension() == ".yml" || path.extension() == ".json";
}

absl::Status AddDirectory(const std::string& path, Inputs& out) {
  std::vector<std::string> files;
  std::error_code error;
  for (fs::recursive_directory_iterator it(path, error), end; !error && it != end;
       it.increment(error)) {
    if (it->is_regular_file(error) && IsManifest(it->path())) files.push_back(it->path().string());
  }
  if (error) return engine::InvalidArgument(path, ": ", error.message());
  std::sort(files.begin(), files.end());
  for (const std::string& file : files) {
    if (absl::Status status = AddFile(file, out); !status.ok()) out.bad.push_back(status);
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Inputs> ReadInputs(const std::vector<std::string>& paths) {
  Inputs out;
  for (const std::string& path : paths) {
    std::error_code ignored;
    if (path == "-") {
      ASSIGN_OR_RETURN(std::string text, ReadStream(std::cin, "standard input"));
      AddText(text, "standard input", out);
    } else if (fs::is_directory(path, ignored)) {
      RETURN_IF_ERROR(AddDirectory(path, out));
    } else {
      RETURN_IF_ERROR(AddFile(path, out));
    }
  }
  return out;
}

bool TellBad(const Inputs& inputs) {
  for (const absl::Status& bad : inputs.bad)
    std::cerr << "error: " << engine::MessageOf(bad) << '\n';
  return inputs.bad.empty();
}

}  // namespace kdelta
