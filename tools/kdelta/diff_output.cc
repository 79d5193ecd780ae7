#include "tools/kdelta/diff_output.h"

#include <map>
#include <vector>

#include "engine/text.h"
#include "io/json_writer.h"
#include "kong/json_tree.h"

namespace kdelta {
namespace {

using engine::Cat;
using kong::Change;
using kong::ChangeKind;
using kong::ConfigurationDiff;
using kong::Json;

constexpr std::string_view kReset = "\x1b[0m";
constexpr std::string_view kBold = "\x1b[1m";

struct Look {
  std::string_view word, mark, colour;
};
Look LookOf(ChangeKind kind) {
  switch (kind) {
    case ChangeKind::kCreated:
      return {"created", "+", "\x1b[32m"};
    case ChangeKind::kUpdated:
      return {"updated", "~", "\x1b[33m"};
    case ChangeKind::kDeleted:
      return {"deleted", "-", "\x1b[31m"};
  }
  return {};
}

class Painter {
 public:
  explicit Painter(bool colour) : colour_(colour) {}
  std::string operator()(std::string_view paint, std::string_view text) const {
    return colour_ ? Cat(paint, text, kReset) : std::string(text);
  }

 private:
  bool colour_;
};

// What the Admin API calls a section of a declarative document, where it differs.
std::string_view PathOf(std::string_view array) {
  static const std::map<std::string_view, std::string_view> paths = {
      {"keyauth_credentials", "key-auths"},
      {"basicauth_credentials", "basic-auths"},
      {"hmacauth_credentials", "hmac-auths"},
      {"jwt_secrets", "jwts"},
      {"oauth2_credentials", "oauth2"},
      {"mtls_auth_credentials", "mtls-auths"},
      {"key_sets", "key-sets"},
      {"filter_chains", "filter-chains"},
  };
  auto found = paths.find(array);
  return found == paths.end() ? array : found->second;
}

std::string CallOf(const Change& change) {
  // The list of targets is their upstream's, and PUT creates none.
  const bool target = change.array == "targets";
  const std::string list =
      target ? Cat("/upstreams/", change.parent, "/targets") : Cat('/', PathOf(change.array));
  if (change.kind == ChangeKind::kDeleted) return Cat("DELETE ", list, '/', change.id);
  if (target && change.kind == ChangeKind::kCreated) return Cat("POST ", list, ' ', change.json);
  return Cat(target ? "PATCH " : "PUT ", list, '/', change.id, ' ', change.json);
}

}  // namespace

std::string DiffAsText(const ConfigurationDiff& diff, bool colour) {
  const Painter paint(colour);
  std::map<std::string, std::vector<const Change*>> groups;
  for (const Change& change : diff.changes) groups[change.object].push_back(&change);
  std::string out;
  for (const auto& [object, changes] : groups) {
    out += Cat(paint(kBold, object.empty() ? "of no object" : object), '\n');
    for (const Change* change : changes) {
      const Look look = LookOf(change->kind);
      const std::string name = change->name.empty() ? change->id : change->name;
      out += Cat("  ", paint(look.colour, Cat(look.mark, ' ', change->array, ' ', name)), '\n');
      for (const kong::FieldChange& field : change->fields) {
        const bool hidden = field.before == field.after;
        out += Cat("      ", field.path, ": ", field.before, hidden ? " (changed)" : " -> ",
                   hidden ? "" : field.after, '\n');
      }
    }
  }
  return out + Cat(out.empty() ? "" : "\n",
                   "Summary:\n  Created: ", diff.Count(ChangeKind::kCreated),
                   "\n  Updated: ", diff.Count(ChangeKind::kUpdated),
                   "\n  Deleted: ", diff.Count(ChangeKind::kDeleted), '\n');
}

std::string DiffAsJson(const ConfigurationDiff& diff) {
  std::string out;
  io::JsonWriter json(out);
  json.BeginObject().Key("changes").BeginArray();
  for (const Change& change : diff.changes) {
    json.BeginObject().Member("change", LookOf(change.kind).word);
    json.Member("entity", change.array).Key("fields").BeginArray();
    for (const kong::FieldChange& field : change.fields) {
      json.BeginObject().Key("after").Raw(field.after).Key("before").Raw(field.before);
      json.Member("path", field.path).EndObject();
    }
    json.EndArray().Member("id", change.id).Member("name", change.name);
    json.Member("object", change.object).Key("value").Raw(change.json).EndObject();
  }
  json.EndArray().Key("summary").BeginObject();
  for (ChangeKind kind : {ChangeKind::kCreated, ChangeKind::kDeleted, ChangeKind::kUpdated})
    json.Member(LookOf(kind).word, diff.Count(kind));
  json.EndObject().EndObject();
  return out + '\n';
}

std::string DiffAsCalls(const ConfigurationDiff& diff) {
  std::string out;
  for (const Change& change : diff.changes) out += CallOf(change) + '\n';
  return out;
}

}  // namespace kdelta
