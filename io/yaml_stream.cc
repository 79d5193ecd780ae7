#include "io/yaml_stream.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "engine/text.h"
#include "io/json_scanner.h"

namespace io {
namespace {

using Token = JsonScanner::Token;

// Part of a stream, and the number of its first line.
struct Piece {
  std::string_view text;
  size_t line = 1;
};

bool StartsDocument(std::string_view line) {
  if (!line.starts_with("---")) return false;
  return line.size() == 3 || line[3] == ' ' || line[3] == '\t' || line[3] == '\r';
}

// A directive belongs to the document behind it, and a comment may stand before a directive.
bool SaysNothing(std::string_view line) {
  line = engine::Trim(line);
  return line.empty() || line[0] == '#' || line[0] == '%';
}

std::vector<Piece> Cut(std::string_view text) {
  std::vector<Piece> pieces = {{text, 1}};
  bool said = false;
  size_t number = 1;
  for (size_t at = 0; at < text.size(); ++number) {
    const size_t end = std::min(text.find('\n', at), text.size());
    const std::string_view line = text.substr(at, end - at);
    if (StartsDocument(line) && std::exchange(said, true)) {
      Piece& last = pieces.back();
      last.text = last.text.substr(0, static_cast<size_t>(line.data() - last.text.data()));
      pieces.push_back({text.substr(at), number});
    }
    said |= !SaysNothing(line);
    at = end + 1;
  }
  return pieces;
}

class StreamReader {
 public:
  StreamReader(std::string_view name, const YamlLimits& limits) : name_(name), limits_(limits) {}

  void Read(Piece piece) {
    const size_t first = piece.text.find_first_not_of(" \t\r\n");
    const bool json = first != std::string_view::npos && piece.text[first] == '{';
    if (json) piece = ReadJson(piece);
    if (!engine::Trim(piece.text).empty()) ReadYaml(piece);
  }

  YamlStream Take() { return std::move(stream_); }

 private:
  // Returns what is no JSON any more.
  Piece ReadJson(Piece piece) {
    JsonScanner scanner(piece.text, piece.text.size());
    for (size_t depth = 0;;) {
      const Token token = scanner.Next();
      depth = std::max(depth, scanner.depth());
      if (token == Token::kBad) return piece;
      if (token != Token::kEnd) continue;
      const size_t size = piece.text.size() - scanner.rest().size();
      AddJson({piece.text.substr(0, size), piece.line}, std::exchange(depth, 0));
      piece.line += static_cast<size_t>(
          std::count(piece.text.begin(), piece.text.begin() + static_cast<ptrdiff_t>(size), '\n'));
      piece.text.remove_prefix(size);
      if (piece.text.empty()) return piece;
    }
  }

  void AddJson(Piece piece, size_t depth) {
    if (depth <= limits_.max_depth) return ReadYaml(piece);
    absl::Status why =
        engine::InvalidArgument(name_, ':', piece.line, ": nested deeper than ", limits_.max_depth);
    stream_.bad.push_back({std::move(why), std::string(engine::Trim(piece.text))});
  }

  void ReadYaml(Piece piece) {
    auto documents = YamlToJson(piece.text, name_, limits_, piece.line);
    if (!documents.ok()) {
      stream_.bad.push_back({documents.status(), ""});
      return;
    }
    size_t bytes = 0;
    for (const YamlDocument& document : *documents) bytes += document.json.size();
    const size_t repeated = bytes - std::min(bytes, piece.text.size());
    limits_.max_repeated_bytes -= std::min(repeated, limits_.max_repeated_bytes);
    std::move(documents->begin(), documents->end(), std::back_inserter(stream_.documents));
  }

  const std::string_view name_;
  YamlLimits limits_;
  YamlStream stream_;
};

}  // namespace

YamlStream ReadYamlStream(std::string_view text, std::string_view name, const YamlLimits& limits) {
  YamlStream stream;
  auto documents = YamlToJson(text, name, limits);
  if (documents.ok()) {
    stream.documents = *std::move(documents);
    return stream;
  }
  if (text.size() > limits.max_bytes) {
    stream.bad.push_back({documents.status(), ""});
    return stream;
  }
  StreamReader reader(name, limits);
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  for (const Piece& piece : Cut(text)) reader.Read(piece);
  return reader.Take();
}

}  // namespace io
