// Vaults: the oldest object of a prefix keeps it.
#include <algorithm>
#include <array>

#include "engine/text.h"
#include "io/json_writer.h"
#include "kong/annotations.h"
#include "kong/rules/consumer_rules.h"
#include "kong/rules/ingress_class_of.h"
#include "kong/rules/reports.h"

namespace kong {
namespace {

using engine::Cat;

// The vaults that Kong knows of itself, whose names cannot be prefixes. The open-source edition has
// the first.
constexpr std::array<std::string_view, 6> kBackends = {"env",    "aws", "azure",
                                                       "conjur", "gcp", "hcv"};

ObjectRef VaultRef(Symbol name) {
  static const Symbol kKind(k8s::KongVault::kType.kind);
  return {kKind, {}, name};
}

bool IsOurs(const GatewayGraph& g, const k8s::KongVault& vault, Reader& read) {
  return HasOurClass(g, vault.meta, read) && !IsForeign(vault.control_plane) &&
         !read.Find(g.quarantine, VaultRef(vault.meta.name()));
}

// As Kong's schema wants it: a letter, then letters, digits and hyphens, no hyphen at the end.
bool IsPrefix(std::string_view prefix) {
  auto lower = [](char c) { return c >= 'a' && c <= 'z'; };
  auto digit = [](char c) { return c >= '0' && c <= '9'; };
  return prefix.size() >= 2 && lower(prefix.front()) && prefix.back() != '-' &&
         std::all_of(prefix.begin(), prefix.end(),
                     [&](char c) { return lower(c) || digit(c) || c == '-'; }) &&
         std::find(kBackends.begin(), kBackends.end(), prefix) == kBackends.end();
}

}  // namespace

void ClaimVaultPrefix(const GatewayGraph& g, const k8s::KongVault& vault, Reader& read,
                      Emitter<VaultPrefix, Problem>& say) noexcept {
  if (!IsOurs(g, vault, read)) return;
  const ObjectRef self = VaultRef(vault.meta.name());
  if (vault.backend.empty()) return ReportFailure(say, self, "spec.backend must be set");
  if (!IsPrefix(vault.prefix)) {
    return ReportFailure(
        say, self,
        Cat("spec.prefix \"", vault.prefix,
            "\" must be two or more of a-z, 0-9 and -, begin with a letter, not end "
            "with -, and not be the name of a kind of vault"));
  }
  say.Emit(VaultPrefix{Symbol(vault.prefix), vault.meta.name()}, RankOf(vault.meta));
}

void RenderVault(const GatewayGraph& g, const k8s::KongVault& vault, Reader& read,
                 Emitter<Entity, Problem>& say) noexcept {
  if (!IsOurs(g, vault, read) || vault.backend.empty() || !IsPrefix(vault.prefix)) return;
  const ObjectRef self = VaultRef(vault.meta.name());
  Symbol owner = read.Find(g.consumers.vault_prefixes, Symbol(vault.prefix))->vault;
  if (owner != vault.meta.name()) {
    return ReportFailure(say, self,
                         Cat("spec.prefix \"", vault.prefix,
                             "\" is duplicate: it belongs to the older KongVault ", owner));
  }
  const EntityId id = DeriveId("vaults", vault.prefix);
  Findings findings;
  std::string json;
  io::JsonWriter out(json);
  out.BeginObject();
  if (!vault.config.empty()) out.Key("config").Raw(vault.config);
  if (!vault.description.empty()) out.Member("description", vault.description);
  out.Member("id", id.text()).Member("name", vault.backend).Member("prefix", vault.prefix);
  out.Member("tags", TagsOfObject(k8s::KongVault::kType, vault.meta,
                                  ParseTags(vault.meta.annotations, findings)))
      .EndObject();
  ReportAll(say, self, findings);
  const bool bundled = vault.backend == kBackends.front();
  say.Emit(Entity{EntityKind::kVault,
                  id,
                  bundled ? 0 : kNeedsEnterprise,
                  vault.prefix,
                  std::move(json),
                  {self},
                  true});
}

}  // namespace kong
