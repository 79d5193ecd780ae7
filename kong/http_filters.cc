#include "kong/http_filters.h"

#include <algorithm>

#include "engine/status_macros.h"
#include "engine/text.h"
#include "io/json_writer.h"
#include "kong/http_redirect.h"

namespace kong {
namespace {

using engine::Cat;
using k8s::FilterType;
using Headers = std::vector<std::string>;

// One transformer plugin, as it fills up.
struct Transformer {
  Headers add, append, remove, replace;
  std::string uri;
  bool empty() const {
    return add.empty() && append.empty() && remove.empty() && replace.empty() && uri.empty();
  }
};

// "name:value", or the name alone.
std::string HeaderText(const k8s::HttpHeader& header) {
  return header.value.empty() ? header.name : Cat(header.name, ':', header.value);
}

void Modify(const k8s::HeaderFilter& filter, Transformer& out) {
  for (const k8s::HttpHeader& header : filter.set) {
    out.replace.push_back(HeaderText(header));
    out.add.push_back(HeaderText(header));
  }
  for (const k8s::HttpHeader& header : filter.add) out.append.push_back(HeaderText(header));
  for (const std::string& name : filter.remove) out.remove.push_back(name);
}

// The captured rest of the path begins with a slash, unless the prefix is the root.
std::string UriAfterPrefix(std::string_view replacement, bool root) {
  if (replacement.ends_with('/')) replacement.remove_suffix(1);
  if (replacement.empty()) {
    return root ? R"($(uri_captures[1] == nil and "/" or "/" .. uri_captures[1]))"
                : R"($(uri_captures[1] == nil and "/" or uri_captures[1]))";
  }
  return root ? Cat(replacement, R"($(uri_captures[1] == nil and "" or "/" .. uri_captures[1]))")
              : Cat(replacement, "$(uri_captures[1])");
}

absl::Status Rewrite(const k8s::RewriteFilter& filter, const FilterSurroundings& around,
                     Transformer& out) {
  if (!filter.path && !filter.hostname)
    return engine::InvalidArgument("URLRewrite missing Path and Hostname");
  if (filter.path) {
    if (filter.path->type == "ReplaceFullPath") {
      if (!filter.path->full) return engine::InvalidArgument("URLRewrite missing ReplaceFullPath");
      out.uri = *filter.path->full;
    } else if (filter.path->type == "ReplacePrefixMatch") {
      out.uri =
          filter.path->prefix ? UriAfterPrefix(*filter.path->prefix, around.path == "/") : "/";
    } else {
      return engine::InvalidArgument("unsupported path type ", filter.path->type,
                                     " for URLRewrite");
    }
  }
  if (filter.hostname) {
    out.replace.push_back(Cat("host:", *filter.hostname));
    out.add.push_back(Cat("host:", *filter.hostname));
  }
  return absl::OkStatus();
}

void WriteHeaders(io::JsonWriter& out, std::string_view member, const Headers& headers) {
  if (headers.empty()) return;
  out.Key(member).BeginObject().Member("headers", headers).EndObject();
}

PlannedPlugin PluginOf(std::string_view name, const Transformer& transformer, Needs needs = 0) {
  PlannedPlugin plugin{std::string(name), "", needs};
  io::JsonWriter out(plugin.config);
  out.BeginObject();
  WriteHeaders(out, "add", transformer.add);
  WriteHeaders(out, "append", transformer.append);
  WriteHeaders(out, "remove", transformer.remove);
  if (!transformer.replace.empty() || !transformer.uri.empty()) {
    out.Key("replace").BeginObject();
    if (!transformer.replace.empty()) out.Member("headers", transformer.replace);
    if (!transformer.uri.empty()) out.Member("uri", transformer.uri);
    out.EndObject();
  }
  out.EndObject();
  return plugin;
}

// Kong takes an origin with anything but letters, digits, '.', ':', '/' and '-' for a regex.
std::string OriginOf(std::string_view origin) {
  if (origin == "*") return "*";
  std::string out;
  if (origin.find('*') == std::string_view::npos) return std::string(origin);
  for (char c : origin) out += c == '*' ? ".+" : c == '.' ? "\\." : std::string(1, c);
  return Cat('^', out, '$');
}

bool HasStar(const std::vector<std::string>& values) {
  return std::find(values.begin(), values.end(), "*") != values.end();
}

PlannedPlugin PluginOf(const k8s::CorsFilter& filter) {
  PlannedPlugin plugin{"cors", "", 0};
  io::JsonWriter out(plugin.config);
  out.BeginObject();
  if (filter.credentials) out.Member("credentials", true);
  if (!filter.expose.empty()) out.Member("exposed_headers", filter.expose);
  // Without a list Kong allows what the browser asks for, which is what "*" means.
  if (!filter.headers.empty() && !HasStar(filter.headers)) out.Member("headers", filter.headers);
  out.Member("max_age", filter.max_age_s);
  if (!filter.methods.empty() && !HasStar(filter.methods)) out.Member("methods", filter.methods);
  std::vector<std::string> origins;
  for (const std::string& origin : filter.origins) origins.push_back(OriginOf(origin));
  if (!origins.empty()) out.Member("origins", origins);
  out.EndObject();
  return plugin;
}

absl::StatusOr<Symbol> ExtensionOf(const k8s::ObjectReference& extension) {
  if (extension.group.text() != "configuration.konghq.com" ||
      extension.kind.text() != "KongPlugin") {
    return engine::InvalidArgument("plugin ", extension.group, '/', extension.kind, " unsupported");
  }
  return extension.name;
}

}  // namespace

bool HasRedirect(const std::vector<k8s::RouteFilter>& filters) {
  return std::any_of(filters.begin(), filters.end(), [](const k8s::RouteFilter& filter) {
    return filter.type() == FilterType::kRedirect;
  });
}

bool ReplacesPrefix(const std::vector<k8s::RouteFilter>& filters) {
  return std::any_of(filters.begin(), filters.end(), [](const k8s::RouteFilter& filter) {
    return filter.type() == FilterType::kRewrite && filter.rewrite.path &&
           filter.rewrite.path->type == "ReplacePrefixMatch";
  });
}

absl::StatusOr<FilterPlugins> PluginsOf(const std::vector<k8s::RouteFilter>& filters,
                                        const FilterSurroundings& around) {
  FilterPlugins out;
  Transformer request, response;
  std::optional<std::string> location;
  for (const k8s::RouteFilter& filter : filters) {
    switch (filter.type()) {
      case FilterType::kRequestHeaders:
        Modify(filter.request_headers, request);
        break;
      case FilterType::kResponseHeaders:
        Modify(filter.response_headers, response);
        break;
      case FilterType::kRedirect: {
        Redirect redirect = RedirectOf(filter.redirect, around);
        for (PlannedPlugin& plugin : redirect.plugins) out.plugins.push_back(std::move(plugin));
        location = std::move(redirect.location_before_3_9);
        break;
      }
      case FilterType::kRewrite:
        RETURN_IF_ERROR(Rewrite(filter.rewrite, around, request));
        break;
      case FilterType::kCors:
        out.plugins.push_back(PluginOf(filter.cors));
        break;
      case FilterType::kExtensionRef: {
        ASSIGN_OR_RETURN(Symbol plugin, ExtensionOf(filter.extension));
        out.extensions.push_back(plugin);
        break;
      }
      case FilterType::kOther:
        return engine::InvalidArgument("httpFilter ", filter.type_text, " unsupported");
    }
  }
  if (!request.empty()) out.plugins.push_back(PluginOf("request-transformer", request));
  Needs needs = location ? kNeedsFrom3_9 : 0;
  if (!response.empty()) out.plugins.push_back(PluginOf("response-transformer", response, needs));
  if (location) {
    response.add.push_back(Cat("Location:", *location));
    out.plugins.push_back(PluginOf("response-transformer", response, kNeedsBelow3_9));
  }
  return out;
}

}  // namespace kong
