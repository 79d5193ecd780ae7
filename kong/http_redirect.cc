#include "kong/http_redirect.h"

#include "engine/text.h"
#include "io/json_writer.h"

namespace kong {
namespace {

using engine::Cat;

// What is known of the location; unset parts are those of the request.
struct Location {
  std::optional<std::string> scheme, host;
  std::optional<std::string> full_path;
  std::optional<std::string> prefix;  // Replaces the matched prefix.
  std::string port;                   // ":8443", or empty.
};

Location LocationOf(const k8s::RedirectFilter& filter, const FilterSurroundings& around) {
  Location out;
  out.scheme = filter.scheme;
  if (!out.scheme && around.http != around.https) out.scheme = around.http ? "http" : "https";
  out.host = filter.hostname;
  if (!out.host && !around.host.empty()) out.host = std::string(around.host);
  if (filter.port) out.port = Cat(':', filter.port);
  if (!filter.path) return out;
  if (filter.path->type == "ReplaceFullPath") out.full_path = filter.path->full.value_or("/");
  if (filter.path->type == "ReplacePrefixMatch") out.prefix = filter.path->prefix.value_or("/");
  return out;
}

// Lua's long brackets need no escapes, but must not be closed by the text.
std::string LuaText(std::string_view text) {
  std::string level;
  while (text.find(Cat(']', level, ']')) != std::string_view::npos ||
         text.ends_with(Cat(']', level)))
    level += '=';
  return Cat('[', level, '[', text, ']', level, ']');
}

// The path that the location has, as Lua: `path` is that of the request.
std::string PathCode(const Location& location, const FilterSurroundings& around) {
  if (location.full_path) return Cat("path = ", LuaText(*location.full_path), '\n');
  if (!location.prefix) return "";
  std::string replacement = *location.prefix;
  if (replacement.ends_with('/')) replacement.pop_back();
  std::string_view matched = around.path == "/" ? "" : around.path;
  return Cat("path = ", LuaText(replacement), " .. path:sub(", matched.size() + 1, ")\n",
             "if path:sub(1, 1) ~= \"/\" then path = \"/\" .. path end\n");
}

PlannedPlugin PreFunction(const k8s::RedirectFilter& filter, const Location& location,
                          const FilterSurroundings& around) {
  std::string code = "local path = kong.request.get_raw_path()\n";
  code += PathCode(location, around);
  code += "local query = kong.request.get_raw_query()\n";
  code += "if query ~= \"\" then path = path .. \"?\" .. query end\n";
  code += Cat("local scheme = ",
              location.scheme ? LuaText(*location.scheme) : "kong.request.get_forwarded_scheme()",
              '\n');
  code += Cat("local host = ",
              location.host ? LuaText(*location.host) : "kong.request.get_forwarded_host()", '\n');
  code += Cat("return kong.response.exit(", filter.status,
              ", nil, { Location = scheme .. \"://\" .. host .. ", LuaText(location.port),
              " .. path })");
  PlannedPlugin plugin{"pre-function", "", 0};
  io::JsonWriter out(plugin.config);
  out.BeginObject().Member("access", std::vector<std::string>{code}).EndObject();
  return plugin;
}

std::string TextOf(const Location& location, std::string_view path) {
  std::string text = Cat(*location.scheme, "://", *location.host, location.port);
  if (path != "/") text += path;
  return text;
}

}  // namespace

Redirect RedirectOf(const k8s::RedirectFilter& filter, const FilterSurroundings& around) {
  Redirect out;
  Location location = LocationOf(filter, around);
  if (!location.scheme || !location.host || location.prefix) {
    out.plugins.push_back(PreFunction(filter, location, around));
    return out;
  }
  PlannedPlugin redirect{"redirect", "", kNeedsFrom3_9};
  io::JsonWriter json(redirect.config);
  json.BeginObject().Member("keep_incoming_path", !location.full_path.has_value());
  json.Member("location", TextOf(location, location.full_path.value_or("/")));
  json.Member("status_code", filter.status).EndObject();
  out.plugins.push_back(std::move(redirect));

  PlannedPlugin termination{"request-termination", "", kNeedsBelow3_9};
  io::JsonWriter before(termination.config);
  before.BeginObject().Member("status_code", filter.status).EndObject();
  out.plugins.push_back(std::move(termination));
  out.location_before_3_9 =
      TextOf(location, location.full_path ? std::string_view(*location.full_path) : around.path);
  return out;
}

}  // namespace kong
