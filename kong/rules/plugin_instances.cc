// From bindings to the plugins that Kong gets: alone, or where a target and a caller meet.
#include <algorithm>
#include <tuple>

#include "engine/text.h"
#include "kong/certificate.h"
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
    std::string key(found.plugin.text()), relation;
    auto name = [&](const PluginTarget* target, std::string_view in_id, std::string_view in_name) {
      if (!target) return;
      key += Cat(':', in_id, '/', target->name);
      relation += Cat('_', in_name, '-', target->name);
    };
    name(service_, "service", "service");
    name(route_, "route", "route");
    name(consumer_, "consumer", "consumer");
    name(group_, "consumer_group", "group");
    instance_.id = DeriveId("plugins", key);
    instance_.body = found.id;
    instance_.plugin = found.plugin;
    instance_.created_s = found.created_s;
    if (!found.instance_name.empty())
      instance_.instance_name = Cat(found.instance_name, '-', Sha256Hex(relation).substr(0, 9));
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

void ElectNameOwner(const EntityId& name, const engine::Group<PluginInstance>& instances,
                    Emitter<InstanceNameOwner, Problem>& say) noexcept {
  if (instances.size() < 2) return;
  auto rank = [](const PluginInstance& each) {
    return std::tuple(each.created_s, each.body, each.id);
  };
  const PluginInstance& owner =
      *std::min_element(instances.begin(), instances.end(),
                        [&](const auto& a, const auto& b) { return rank(a) < rank(b); });
  say.Emit(InstanceNameOwner{name, owner.id});
  for (const PluginInstance& each : instances) {
    if (each.id == owner.id || each.body == owner.body) continue;
    ReportWarning(
        say, each.body.object(),
        Cat("instance_name: the older ", owner.body.object().text(),
            " has it at the same place already, and Kong wants it to be unique; it is left "
            "out there, and the plugin has effect without it"));
  }
}

}  // namespace kong
