#include <utility>

#include "engine/text.h"
#include "io/json_scanner.h"
#include "io/json_writer.h"
#include "io/utf8.h"
#include "io/yaml.h"
#include "io/yaml_scalar.h"

namespace io {
namespace {

using Token = JsonScanner::Token;

constexpr size_t kDepthMax = 1000;
constexpr std::string_view kNotPrintable[] = {"\x7F", "\uFEFF", "\u2028", "\u2029"};

// Whether readers refuse the text, or change it, even between quotes: C1 controls, breaks, marks.
bool NeedsEscape(std::string_view sequence) {
  const bool c1 = sequence.size() == 2 && sequence[0] == '\xC2' &&
                  static_cast<unsigned char>(sequence[1]) < 0xA0;
  for (const std::string_view other : kNotPrintable) {
    if (sequence == other) return true;
  }
  return c1;
}

// A double-quoted JSON string is one of YAML, but for the characters that only JSON takes bare.
void AppendQuoted(std::string& out, std::string_view text) {
  std::string json;
  AppendJsonString(json, text);
  for (std::string_view rest = json; !rest.empty();) {
    const std::string_view sequence = rest.substr(0, Utf8Length(rest));
    rest.remove_prefix(sequence.size());
    if (!NeedsEscape(sequence)) {
      out += sequence;
    } else if (sequence.size() == 3) {
      out += sequence == "\uFEFF" ? "\\uFEFF" : sequence == "\u2028" ? "\\u2028" : "\\u2029";
    } else {
      engine::Append(out, "\\x");
      out += engine::Hex(sequence.substr(sequence.size() - 1));
    }
  }
}

// Lines that a `|` block gives back as they are: printable, no white space at the edges.
bool FitsBlock(std::string_view text) {
  if (text.find('\n') == std::string_view::npos || text.ends_with("\n\n")) return false;
  for (const std::string_view line : engine::Split(text, '\n')) {
    if (line != engine::Trim(line)) return false;
    for (const char c : line) {
      if (c < 0x20 || c > 0x7E) return false;
    }
  }
  return !text.starts_with('\n');
}

class BlockWriter {
 public:
  explicit BlockWriter(std::string& out) : out_(out) {}

  void Key(std::string_view name) {
    NewLine();
    AppendText(name);
    out_ += ':';
    after_key_ = true;
  }

  void Open(bool object, bool empty) {
    if (empty) return Bare(object ? "{}" : "[]");
    if (InArray() && !after_key_) {
      Dash();
      on_dash_ = true;
    }
    // An array under a key starts below the key's own column, as sigs.k8s.io/yaml writes it.
    const bool hangs = after_key_ && !object;
    const size_t column = open_.empty() ? 0 : open_.back().column + (hangs ? 0 : 2);
    open_.push_back({object, column});
    after_key_ = false;
  }

  void Close() { open_.pop_back(); }

  void Bare(std::string_view text) {
    Lead();
    out_ += text;
  }

  void String(std::string_view text) {
    Lead();
    if (FitsBlock(text)) return Block(text);
    AppendText(text);
  }

 private:
  struct Level {
    bool object;
    size_t column;
  };

  bool InArray() const { return !open_.empty() && !open_.back().object; }

  void NewLine() {
    if (std::exchange(on_dash_, false)) return;
    if (!out_.empty()) out_ += '\n';
    out_.append(open_.back().column, ' ');
  }

  void Dash() {
    NewLine();
    out_ += "- ";
  }

  // What stands before a scalar: its key's colon, or a dash.
  void Lead() {
    if (std::exchange(after_key_, false)) {
      out_ += ' ';
    } else if (InArray()) {
      Dash();
    }
  }

  void AppendText(std::string_view text) {
    if (IsPlainYamlString(text)) {
      out_ += text;
    } else {
      AppendQuoted(out_, text);
    }
  }

  void Block(std::string_view text) {
    out_ += text.ends_with('\n') ? "|" : "|-";
    if (text.ends_with('\n')) text.remove_suffix(1);
    const size_t column = open_.empty() ? 2 : open_.back().column + 2;
    for (const std::string_view line : engine::Split(text, '\n')) {
      out_ += '\n';
      if (!line.empty()) out_.append(column, ' ');
      out_ += line;
    }
  }

  std::string& out_;
  std::vector<Level> open_;
  bool after_key_ = false;
  bool on_dash_ = false;  // The first key or element goes on the line of its dash.
};

bool IsEmpty(const JsonScanner& scanner) {
  const size_t next = scanner.rest().find_first_not_of(" \t\r\n");
  return next != std::string_view::npos &&
         (scanner.rest()[next] == '}' || scanner.rest()[next] == ']');
}

}  // namespace

absl::StatusOr<std::string> JsonToYaml(std::string_view json) {
  if (FindInvalidUtf8(json) != std::string_view::npos) {
    return engine::InvalidArgument("the JSON holds bytes that are not UTF-8");
  }
  std::string out;
  BlockWriter writer(out);
  JsonScanner scanner(json, kDepthMax);
  bool empty = false;  // The object or array that was opened last has nothing in it.
  for (;;) {
    switch (const Token token = scanner.Next(); token) {
      case Token::kBeginObject:
      case Token::kBeginArray:
        empty = IsEmpty(scanner);
        writer.Open(token == Token::kBeginObject, empty);
        break;
      case Token::kEndObject:
      case Token::kEndArray:
        if (!std::exchange(empty, false)) writer.Close();
        break;
      case Token::kKey:
        writer.Key(DecodeJsonString(scanner.text()));
        break;
      case Token::kString:
        writer.String(DecodeJsonString(scanner.text()));
        break;
      case Token::kNumber:
      case Token::kTrue:
      case Token::kFalse:
      case Token::kNull:
        writer.Bare(scanner.text());
        break;
      case Token::kBad:
        return engine::InvalidArgument("it is not JSON at byte ",
                                       json.size() - scanner.rest().size());
      case Token::kEnd:
        if (!scanner.rest().empty()) {
          return engine::InvalidArgument("more than one JSON value, at byte ",
                                         json.size() - scanner.rest().size());
        }
        out += '\n';
        return out;
    }
  }
}

}  // namespace io
