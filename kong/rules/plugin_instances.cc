// From bindings to the plugins that Kong gets: alone, or where a target and a caller meet.
#include "engine/text.h"
#include "kong/rules/plugin_rules.h"
#include "kong/rules/reports.h"

namespace kong {
namespace {

using engine::Cat;

// Ids and instance names of plugins name their targets in this order, as the Kong Ingress
// Controller does it.
class InstanceMaker {
 public:
  explicit InstanceMaker(const PluginBinding& binding) : binding_(binding) {}

  void Add(const PluginTarget& target) {
    instance_.needs |= target.needs;
    switch (target.scope) {
      case PluginScope::kService:
        service_ = &target, instance_.service = target.id;
        break;
      case PluginScope::kRoute:
        route_ = &target, instance_.route = target.id;
        break;
      case PluginScope::kConsumer:
        consumer_ = &target, instance_.consumer = target.id;
        break;
      case PluginScope::kConsumerGroup:
        group_ = &target, instance_.group = target.id;
        break;
    }
  }

  PluginInstance Make() {
    const PluginUsable& found = binding_.found;
    std::string key(found.plugin.text());
    auto name = [&](const PluginTarget* target, std::string_view in_id, std::string_view in_name) {
      if (!target) return;
      key += Cat(':', in_id, '/', target->name);
      instance_.relation += Cat('_', in_name, '-', target->name);
    };
    name(service_, "service", "service");
    name(route_, "route", "route");
    name(consumer_, "consumer", "consumer");
    name(group_, "consumer_group", "group");
    instance_.id = DeriveId("plugins", key);
    instance_.body = found.id;
    instance_.plugin = found.plugin;
    return std::move(instance_);
  }

 private:
  const PluginBinding& binding_;
  PluginInstance instance_;
  const PluginTarget *service_ = nullptr, *route_ = nullptr, *consumer_ = nullptr,
                     *group_ = nullptr;
};

engine::Rank RankOfPlugin(const PluginUsable& found) {
  return {.created_s = found.created_s, .ns = found.id.ns, .name = found.id.name};
}

bool IsAlone(const GatewayGraph& g, const PluginBinding& binding, Reader& read) {
  return IsCaller(binding.target.scope) ? !read.Find(g.plugins.has_targets, binding.plugin)
                                        : !read.Find(g.plugins.has_callers, binding.plugin);
}

PluginInstance Alone(const PluginBinding& binding) {
  InstanceMaker maker(binding);
  maker.Add(binding.target);
  return maker.Make();
}

}  // namespace

void AttachAlone(const GatewayGraph& g, const PluginBinding& binding, Reader& read,
                 Emitter<PluginInstance>& say) noexcept {
  if (IsAlone(g, binding, read)) say.Emit(Alone(binding), RankOfPlugin(binding.found));
}

void AttachToBoth(const GatewayGraph&, const PluginBinding& target, const PluginBinding& caller,
                  Reader&, Emitter<PluginInstance>& say) noexcept {
  InstanceMaker maker(target);
  maker.Add(target.target);
  maker.Add(caller.target);
  say.Emit(maker.Make(), RankOfPlugin(target.found));
}

void ReportLosers(const GatewayGraph& g, const PluginPlace& place,
                  const engine::Group<PluginBinding>& bindings, Reader& read,
                  Emitter<Problem>& say) noexcept {
  if (bindings.size() < 2) return;
  for (const PluginBinding& binding : bindings) {
    if (!IsAlone(g, binding, read)) continue;
    const PluginInstance* owner = read.Find(g.plugins.instances, Alone(binding).id);
    if (!owner || owner->body == binding.found.id) continue;
    ReportFailure(say, binding.found.id.object(),
                  Cat("has no effect on ", binding.target.name, ": the older ",
                      owner->body.object().text(), " is a plugin of the same type (", place.plugin,
                      ") there; Kong runs one of each type"));
  }
}

}  // namespace kong
