// What a KongPlugin or KongClusterPlugin is: its type, which others need to know to attach it, and
// its body, which is rendered wherever it is attached.
#include <algorithm>
#include <array>

#include "engine/text.h"
#include "kong/annotations.h"
#include "kong/plugin_config.h"
#include "kong/rules/ingress_class_of.h"
#include "kong/rules/plugin_rules.h"
#include "kong/rules/reports.h"

namespace kong {
namespace {

using engine::Cat;

constexpr std::array<std::string_view, 10> kProtocols = {
    "grpc", "grpcs", "http", "https", "tcp", "tls", "tls_passthrough", "udp", "ws", "wss"};

// Letters, digits, hyphens, underscores and dots; so that the text of an id cannot be that of
// another.
bool IsPluginName(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.';
  });
}

// What is the same for both kinds, on the way to their rows.
template <class P, class Say>
class PluginReader {
 public:
  PluginReader(const GatewayGraph& g, const P& plugin, Reader& read, Say& say)
      : g_(g), plugin_(plugin), read_(read), say_(say) {}

  void Run() {
    id_ = {plugin_.meta.ns(), plugin_.meta.name()};
    if (read_.Find(g_.plugins.excluded, id_)) return;
    const bool named = IsPluginName(plugin_.spec.plugin);
    say_.Emit(PluginUsable{id_, named ? Symbol(plugin_.spec.plugin) : Symbol(),
                           plugin_.meta.created_s, plugin_.spec.instance_name});
    if (!named) {
      return Fail(Cat("plugin: \"", plugin_.spec.plugin,
                      "\" cannot be the name of a plugin of Kong; the object has no effect"));
    }
    if (WantSecrets()) SayBody();
  }

 private:
  void Fail(std::string text) { ReportFailure(say_, id_.object(), std::move(text)); }

  // False while one of them exists and was not fetched.
  bool WantSecrets() {
    bool ready = true;
    auto want = [&](const k8s::SecretKeyRef& from) {
      const ObjectName id = SecretOf(from, id_.ns);
      say_.Emit(WantedSecret{id});
      ready &= read_.Find(g_.secrets, id) || !read_.Find(g_.secret_metadata, id);
    };
    if (plugin_.spec.config_from) want(*plugin_.spec.config_from);
    for (const k8s::ConfigPatch& patch : plugin_.spec.config_patches) want(patch.from);
    return ready;
  }

  void SayBody() {
    absl::StatusOr<PluginConfig> config = AssembleConfig(
        plugin_.spec, id_.ns, [&](const ObjectName& id) { return read_.Find(g_.secrets, id); });
    if (!config.ok()) {
      return Fail(Cat("the configuration of the plugin cannot be read: ",
                      engine::MessageOf(config.status())));
    }
    Findings findings;
    PluginBody body{.id = id_,
                    .config = k8s::SecretBytes(std::move(config->json)),
                    .secret = config->secret,
                    .enabled = !plugin_.spec.disabled,
                    .protocols = {},
                    .ordering = plugin_.spec.ordering,
                    .tags = TagsOfObject(P::kType, plugin_.meta,
                                         ParseTags(plugin_.meta.annotations, findings))};
    ReportAll(say_, id_.object(), findings);
    TakeProtocols(body.protocols);
    say_.Emit(std::move(body));
  }

  void TakeProtocols(std::vector<std::string>& out) {
    for (const std::string& protocol : plugin_.spec.protocols) {
      if (std::find(kProtocols.begin(), kProtocols.end(), protocol) == kProtocols.end()) {
        Fail(Cat("protocols: \"", protocol, "\" is no protocol of Kong and is left out"));
      } else if (std::find(out.begin(), out.end(), protocol) == out.end()) {
        out.push_back(protocol);
      }
    }
  }

  const GatewayGraph& g_;
  const P& plugin_;
  Reader& read_;
  Say& say_;
  PluginRef id_;
};

}  // namespace

void ReadKongPlugin(const GatewayGraph& g, const k8s::KongPlugin& plugin, Reader& read,
                    Emitter<PluginUsable, PluginBody, WantedSecret, Problem>& say) noexcept {
  PluginReader(g, plugin, read, say).Run();
}

void ReadKongClusterPlugin(
    const GatewayGraph& g, const k8s::KongClusterPlugin& plugin, Reader& read,
    Emitter<PluginUsable, PluginBody, PluginInstance, WantedSecret, Problem>& say) noexcept {
  if (!HasOurClass(g, plugin.meta, read)) return;
  PluginReader(g, plugin, read, say).Run();
  const PluginRef id{{}, plugin.meta.name()};
  if (!plugin.global || !IsPluginName(plugin.spec.plugin) || read.Find(g.plugins.excluded, id))
    return;
  say.Emit(PluginInstance{.id = DeriveId("plugins", plugin.spec.plugin),
                          .body = id,
                          .plugin = Symbol(plugin.spec.plugin),
                          .service = {},
                          .route = {},
                          .consumer = {},
                          .group = {},
                          .created_s = plugin.meta.created_s,
                          .instance_name = plugin.spec.instance_name,
                          .needs = 0},
           RankOf(plugin.meta));
}

void ReportGlobalLosers(const GatewayGraph& g, const k8s::KongClusterPlugin& plugin, Reader& read,
                        Emitter<Problem>& say) noexcept {
  const PluginRef id{{}, plugin.meta.name()};
  if (!plugin.global || !read.Find(g.plugins.usable, id)) return;
  const PluginInstance* owner =
      read.Find(g.plugins.instances, DeriveId("plugins", plugin.spec.plugin));
  if (!owner || owner->body == id) return;
  ReportFailure(say, id.object(),
                Cat("has no effect on all requests: the older ", owner->body.object().text(),
                    " is a global plugin of the same type (", plugin.spec.plugin,
                    "); Kong runs one of each type"));
}

}  // namespace kong
