// yaml-cpp is used for its events only: no tree is built, so that the limits hold while it parses.
//
// Every event appends to one JSON text. An anchor is a span of that text, and an alias appends the
// span again, after its nodes and bytes were charged to the limits: an alias bomb ends at the
// limit, not at the end of memory. `<<` writes its value like any other, cuts it off again, and
// appends the members that the map lacks when the map ends.
//
// yaml-cpp throws; so a listener that must stop it throws yaml-cpp's own exception. Both are caught
// in one place. Its recursion ends at 500 levels, before a thread's stack does.
#include "io/yaml.h"

#include <yaml-cpp/depthguard.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <exception>
#include <istream>
#include <streambuf>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "engine/status_macros.h"
#include "engine/text.h"
#include "io/json_scanner.h"
#include "io/json_writer.h"
#include "io/utf8.h"
#include "io/yaml_scalar.h"

namespace io {
namespace {

using engine::Cat;
using Token = JsonScanner::Token;

constexpr std::string_view kTagPrefix = "tag:yaml.org,2002:";
constexpr size_t kParserDepth = 500;  // Where yaml-cpp itself stops.
constexpr size_t kShownBytes = 64;    // Of a key, in an error.

[[noreturn]] void Stop(const YAML::Mark& mark, const std::string& why) {
  throw YAML::ParserException(mark, why);
}

std::string Shown(std::string_view key) {
  if (key.size() <= kShownBytes) return std::string(key);
  return Cat(key.substr(0, kShownBytes), "…");
}

// A stream over bytes that are already in memory. yaml-cpp takes an open quote at the end of its
// input for closed if a line ends there; so what ends with a line is followed by the mark that ends
// a document, which no quoted text may hold.
class ViewBuffer : public std::streambuf {
 public:
  explicit ViewBuffer(std::string_view text) : ended_(!text.ends_with('\n')) { Show(text); }

 protected:
  int_type underflow() override {
    if (std::exchange(ended_, true)) return traits_type::eof();
    Show("...");
    return traits_type::to_int_type(*gptr());
  }

 private:
  void Show(std::string_view text) {
    char* begin = const_cast<char*>(text.data());  // A get area is never written to.
    setg(begin, begin, begin + text.size());
  }

  bool ended_;
};

// The JSON of a scalar. `tag` is "?" for a plain one without a tag and "!" for a quoted one.
std::string ScalarJson(const YAML::Mark& mark, const std::string& tag, const std::string& text) {
  std::string json;
  std::string_view type = tag;
  if (!type.starts_with(kTagPrefix) && type != "?") {
    AppendJsonString(json, text);
    return json;
  }
  if (type != "?") type.remove_prefix(kTagPrefix.size());
  YamlScalar scalar = type == "str" ? YamlScalar() : ResolveYamlScalar(text);
  const bool fits =
      type == "?" || type == "str" || type == "timestamp" ||
      (type == "null" && scalar.type == YamlType::kNull) ||
      (type == "bool" && scalar.type == YamlType::kBool) ||
      (type == "int" && scalar.type == YamlType::kInt) ||
      (type == "float" && (scalar.type == YamlType::kFloat || scalar.type == YamlType::kInt));
  if (!fits) Stop(mark, Cat("the value is no !!", type));
  if (scalar.type == YamlType::kNotFinite) Stop(mark, "JSON has no infinities and no NaN");
  if (scalar.type == YamlType::kString) {
    AppendJsonString(json, text);
    return json;
  }
  return std::move(scalar.json);
}

// Writes the documents of one stream as JSON.
class JsonEvents final : public YAML::EventHandler {
 public:
  JsonEvents(std::string_view text, const YamlLimits& limits, size_t first_line,
             std::vector<YamlDocument>& documents)
      : text_(text), limits_(limits), first_line_(first_line), documents_(documents) {}

  void OnDocumentStart(const YAML::Mark& mark) override {
    CheckSeparator(mark);
    started_ = static_cast<size_t>(mark.pos);
    line_ = static_cast<size_t>(mark.line) + first_line_;
    out_.clear();
    anchors_.clear();
    first_ = false;
  }
  void OnDocumentEnd() override {
    if (out_ != "null" && !out_.empty()) documents_.push_back({std::move(out_), line_});
    out_.clear();
  }

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    Write(mark, anchor, "null");
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    if (ExpectsKey() && value == "<<" && (tag == "?" || tag == Cat(kTagPrefix, "merge"))) {
      Charge(mark, 1);
      AnchorKey(anchor, "\"<<\"");
      return BeginMerge(mark);
    }
    Write(mark, anchor, ScalarJson(mark, tag, value));
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override;
  void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    Open(mark, anchor, '[');
  }
  void OnSequenceEnd() override { Close(']'); }
  void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    Open(mark, anchor, '{');
  }
  void OnMapEnd() override {
    AppendMerged();
    Close('}');
  }

 private:
  // An open map or sequence.
  struct Frame {
    bool map = false;
    bool fresh = true;       // Nothing stands in it yet.
    bool has_key = false;    // The next node is a value.
    bool merging = false;    // …of `<<`.
    size_t value_start = 0;  // Of the value of `<<`, in out_.
    size_t height = 1;       // How many collections it nests, itself included.
    YAML::anchor_t anchor = YAML::NullAnchor;
    YAML::Mark mark;
    absl::flat_hash_set<std::string> keys = {};  // As JSON.
    std::vector<std::string> merges = {};        // Objects, the first wins.
  };

  // What an alias repeats: a span of out_, or a copy if that span was cut.
  struct Anchor {
    size_t start = 0, size = 0;
    size_t nodes = 0;  // While it is open, how many there were before it.
    size_t height = 0;
    bool ended = false;
    bool copied = false;
    std::string copy = {};
  };

  bool ExpectsKey() const {
    return !frames_.empty() && frames_.back().map && !frames_.back().has_key;
  }

  void CheckSeparator(const YAML::Mark& mark);
  void Charge(const YAML::Mark& mark, size_t nodes);
  void ChargeRepeated(const YAML::Mark& mark, size_t nodes, size_t bytes);
  void Write(const YAML::Mark& mark, YAML::anchor_t anchor, std::string_view json);
  void WriteKey(const YAML::Mark& mark, std::string_view json);
  void Open(const YAML::Mark& mark, YAML::anchor_t anchor, char opener);
  void Close(char closer);
  void Separate();
  void ValueEnded(size_t height);
  void BeginAnchor(YAML::anchor_t id);
  void AnchorKey(YAML::anchor_t id, std::string_view json);
  void EndAnchor(YAML::anchor_t id, size_t height);
  void BeginMerge(const YAML::Mark& mark);
  void TakeMerge(Frame& frame);
  void AppendMerged();
  void MergeObject(Frame& frame, std::string_view object);
  void CopyAnchorsFrom(size_t start);

  std::string_view text_;
  const YamlLimits& limits_;
  const size_t first_line_;
  std::vector<YamlDocument>& documents_;
  std::string out_;
  std::vector<Frame> frames_;
  std::vector<Anchor> anchors_;  // By yaml-cpp's number, which counts from 1 in each document.
  size_t nodes_ = 0;
  size_t repeated_nodes_ = 0, repeated_bytes_ = 0;  // By aliases and merges.
  size_t started_ = 0, line_ = 0;
  bool first_ = true;
};

// yaml-cpp starts a new document wherever the last one's text is over; YAML wants `---` or `...`
// there.
void JsonEvents::CheckSeparator(const YAML::Mark& mark) {
  const auto at = static_cast<size_t>(mark.pos);
  if (first_ || text_.substr(at, 3) == "---") return;
  if (text_.substr(started_, at - started_).find("\n...") != std::string_view::npos) return;
  Stop(mark, "unexpected text after the end of the document");
}

void JsonEvents::Charge(const YAML::Mark& mark, size_t nodes) {
  nodes_ += nodes;
  if (nodes_ > limits_.max_nodes) {
    Stop(mark, Cat("more than ", limits_.max_nodes, " values; split the file"));
  }
}

void JsonEvents::ChargeRepeated(const YAML::Mark& mark, size_t nodes, size_t bytes) {
  Charge(mark, nodes);
  repeated_nodes_ += nodes;
  repeated_bytes_ += bytes;
  const bool values = repeated_nodes_ > limits_.max_repeated_nodes;
  if (!values && repeated_bytes_ <= limits_.max_repeated_bytes) return;
  Stop(mark, Cat("aliases expand to more than ",
                 values ? limits_.max_repeated_nodes : limits_.max_repeated_bytes,
                 values ? " values" : " bytes", "; write out what they repeat"));
}

void JsonEvents::Write(const YAML::Mark& mark, YAML::anchor_t anchor, std::string_view json) {
  Charge(mark, 1);
  if (ExpectsKey()) {
    AnchorKey(anchor, json);
    return WriteKey(mark, json);
  }
  Separate();
  BeginAnchor(anchor);
  out_ += json;
  EndAnchor(anchor, 0);
  ValueEnded(0);
}

// Numbers and truth values name members by their canonical text, as sigs.k8s.io/yaml has it.
void JsonEvents::WriteKey(const YAML::Mark& mark, std::string_view json) {
  if (json == "null") Stop(mark, "a key is null");
  Frame& frame = frames_.back();
  std::string key(json);
  if (!json.starts_with('"')) key = Cat('"', json, '"');
  if (!frame.keys.insert(key).second) {
    Stop(mark, Cat("duplicate key ", Shown(key)));
  }
  Separate();
  out_ += key;
  out_ += ':';
  frame.has_key = true;
}

void JsonEvents::OnAlias(const YAML::Mark& mark, YAML::anchor_t id) {
  if (id >= anchors_.size() || !anchors_[id].ended) {
    Stop(mark, "an alias stands inside of what it repeats");
  }
  const Anchor& anchor = anchors_[id];
  ChargeRepeated(mark, anchor.nodes, anchor.copied ? anchor.copy.size() : anchor.size);
  if (frames_.size() + anchor.height > limits_.max_depth) {
    Stop(mark, Cat("nested deeper than ", limits_.max_depth));
  }
  if (ExpectsKey()) {
    const std::string json = anchor.copied ? anchor.copy : out_.substr(anchor.start, anchor.size);
    if (json.front() == '{' || json.front() == '[')
      Stop(mark, "a key is neither text nor a number");
    return WriteKey(mark, json);
  }
  Separate();
  if (anchor.copied) {
    out_ += anchor.copy;
  } else {
    out_.append(out_, anchor.start, anchor.size);
  }
  ValueEnded(anchor.height);
}

void JsonEvents::Open(const YAML::Mark& mark, YAML::anchor_t anchor, char opener) {
  Charge(mark, 1);
  if (frames_.size() == limits_.max_depth)
    Stop(mark, Cat("nested deeper than ", limits_.max_depth));
  if (ExpectsKey()) Stop(mark, "a key is neither text nor a number");
  Separate();
  BeginAnchor(anchor);
  out_ += opener;
  Frame frame;
  frame.map = opener == '{';
  frame.anchor = anchor;
  frame.mark = mark;
  frames_.push_back(std::move(frame));
}

void JsonEvents::Close(char closer) {
  const Frame frame = std::move(frames_.back());
  frames_.pop_back();
  out_ += closer;
  EndAnchor(frame.anchor, frame.height);
  ValueEnded(frame.height);
}

// A comma before an element or a key; a value follows its colon.
void JsonEvents::Separate() {
  if (frames_.empty()) return;
  Frame& frame = frames_.back();
  if (frame.has_key) return;
  if (!frame.fresh) out_ += ',';
  frame.fresh = false;
}

void JsonEvents::ValueEnded(size_t height) {
  if (frames_.empty()) return;
  Frame& frame = frames_.back();
  frame.has_key = false;
  frame.height = std::max(frame.height, height + 1);
  if (frame.merging) TakeMerge(frame);
}

void JsonEvents::BeginAnchor(YAML::anchor_t id) {
  if (id == YAML::NullAnchor) return;
  anchors_.resize(std::max<size_t>(anchors_.size(), id + 1));
  anchors_[id] = {out_.size(), 0, nodes_ - 1};
}

// What an anchor of a key repeats is the scalar itself, typed, not the member's name.
void JsonEvents::AnchorKey(YAML::anchor_t id, std::string_view json) {
  if (id == YAML::NullAnchor) return;
  BeginAnchor(id);
  anchors_[id] = {0, 0, 1, 0, true, true, std::string(json)};
}

void JsonEvents::EndAnchor(YAML::anchor_t id, size_t height) {
  if (id == YAML::NullAnchor) return;
  Anchor& anchor = anchors_[id];
  anchor.size = out_.size() - anchor.start;
  anchor.nodes = nodes_ - anchor.nodes;
  anchor.height = height;
  anchor.ended = true;
}

void JsonEvents::BeginMerge(const YAML::Mark& mark) {
  Frame& frame = frames_.back();
  if (!frame.keys.insert("<<").second)
    Stop(mark, "duplicate key \"<<\"");  // No JSON text equals it.
  frame.has_key = true;
  frame.merging = true;
  frame.value_start = out_.size();
}

void JsonEvents::TakeMerge(Frame& frame) {
  frame.merging = false;
  CopyAnchorsFrom(frame.value_start);
  std::string value = out_.substr(frame.value_start);
  out_.resize(frame.value_start);
  if (value.starts_with('{')) {
    frame.merges.push_back(std::move(value));
    return;
  }
  if (!value.starts_with('[')) Stop(frame.mark, "<< takes a map or a list of maps");
  JsonScanner scanner(std::string_view(value), limits_.max_depth);
  std::string_view rest = scanner.rest();
  for (Token token = scanner.Next(); token != Token::kEnd; token = scanner.Next()) {
    if (scanner.depth() == 2 && token == Token::kBeginObject) rest = scanner.rest();
    const bool ends = scanner.depth() == 1 && token == Token::kEndObject;
    if (ends) {
      const auto size = static_cast<size_t>(scanner.rest().data() - rest.data());
      frame.merges.push_back(Cat('{', rest.substr(0, size)));
    } else if (scanner.depth() == 1 && token != Token::kBeginArray) {
      Stop(frame.mark, "<< takes a map or a list of maps");
    }
  }
}

void JsonEvents::AppendMerged() {
  Frame& frame = frames_.back();
  for (const std::string& object : frame.merges) MergeObject(frame, object);
}

void JsonEvents::MergeObject(Frame& frame, std::string_view object) {
  JsonScanner scanner(object, limits_.max_depth);
  std::string key;
  const char* value = nullptr;
  for (Token token = scanner.Next(); token != Token::kEnd; token = scanner.Next()) {
    if (scanner.depth() != 1 || token == Token::kBeginObject) continue;
    if (token == Token::kKey) {
      key = scanner.text();
      value = scanner.rest().data();
      continue;
    }
    if (!frame.keys.insert(key).second) continue;
    const std::string_view json(value, static_cast<size_t>(scanner.rest().data() - value));
    ChargeRepeated(frame.mark, 0, json.size());
    Separate();
    out_ += key;
    out_ += ':';
    out_ += json;
  }
}

// What stands behind `start` is about to be cut. Anchors are in the order of their starts.
void JsonEvents::CopyAnchorsFrom(size_t start) {
  for (auto it = anchors_.rbegin(); it != anchors_.rend(); ++it) {
    if (it->copied) continue;
    if (it->start < start) return;
    it->copied = true;
    it->copy = out_.substr(it->start, it->size);
    ChargeRepeated(frames_.back().mark, 0, it->size);
  }
}

absl::Status At(std::string_view name, size_t line, std::string_view why) {
  return engine::InvalidArgument(name, ':', line, ": ", why);
}

size_t LinesBefore(std::string_view text, size_t offset) {
  return static_cast<size_t>(
      std::count(text.begin(), text.begin() + static_cast<ptrdiff_t>(offset), '\n'));
}

// Bytes that no YAML may hold. yaml-cpp would take U+0004 for the end of its input.
absl::Status CheckBytes(std::string_view text, std::string_view name, size_t first_line) {
  if (const size_t bad = FindInvalidUtf8(text); bad != std::string_view::npos) {
    return At(name, first_line + LinesBefore(text, bad), "a byte that is not UTF-8");
  }
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\r' && c != '\t') {
      return At(name, first_line + LinesBefore(text, i),
                c == 0 ? "a NUL byte" : "a control character");
    }
  }
  return absl::OkStatus();
}

// JSON texts one after the other, unchanged; false if there is anything else. Nodes are bounded by
// the bytes, because JSON repeats nothing.
bool ReadJson(std::string_view text, const YamlLimits& limits, size_t first_line,
              std::vector<YamlDocument>& documents) {
  const size_t first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos || (text[first] != '{' && text[first] != '[')) return false;
  JsonScanner scanner(text.substr(first), limits.max_depth);
  size_t start = first, line = first_line + LinesBefore(text, first);
  for (;;) {
    const Token token = scanner.Next();
    if (token == Token::kBad) return false;
    if (token != Token::kEnd) continue;
    const size_t next = text.size() - scanner.rest().size();
    const std::string_view json = text.substr(start, next - start);
    documents.push_back({std::string(engine::Trim(json)), line});
    if (scanner.rest().empty()) return true;
    line += static_cast<size_t>(std::count(json.begin(), json.end(), '\n'));
    start = next;
  }
}

absl::Status ReadYaml(std::string_view text, std::string_view name, const YamlLimits& limits,
                      size_t first_line, std::vector<YamlDocument>& documents) {
  ViewBuffer buffer(text);
  std::istream stream(&buffer);
  JsonEvents events(text, limits, first_line, documents);
  try {
    YAML::Parser parser(stream);
    while (parser.HandleNextDocument(events)) {
    }
  } catch (const YAML::Exception& error) {
    const bool deep = dynamic_cast<const YAML::DeepRecursion*>(&error) != nullptr;
    return At(name, static_cast<size_t>(std::max(error.mark.line, 0)) + first_line,
              deep ? Cat("nested deeper than ", kParserDepth) : error.msg);
  } catch (const std::exception& error) {
    return engine::InvalidArgument(name, ": ", error.what());
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::vector<YamlDocument>> YamlToJson(std::string_view text, std::string_view name,
                                                     const YamlLimits& limits, size_t first_line) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  if (text.size() > limits.max_bytes) {
    return engine::InvalidArgument(name, ": longer than ", limits.max_bytes, " bytes");
  }
  RETURN_IF_ERROR(CheckBytes(text, name, first_line));
  std::vector<YamlDocument> documents;
  if (ReadJson(text, limits, first_line, documents)) return documents;
  documents.clear();
  RETURN_IF_ERROR(ReadYaml(text, name, limits, first_line, documents));
  return documents;
}

}  // namespace io
