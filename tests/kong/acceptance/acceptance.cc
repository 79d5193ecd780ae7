#include "tests/kong/acceptance/acceptance.h"

#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "engine/text.h"
#include "kong/json_tree.h"
#include "tools/simulators/declarative_config.h"

namespace kong {
namespace {

namespace fs = std::filesystem;
using simulators::KongSchemas;
using simulators::RouterFlavor;

std::unique_ptr<KongSchemas> LoadSchemas(Acceptance::Judge judge, RouterFlavor flavor) {
  fs::path folder = fs::path(KDELTA_SOURCE_DIR) / ".." / "shared" / "reference" / "kong-schemas";
  if (judge == Acceptance::Judge::kKong && fs::exists(folder)) {
    auto schemas = KongSchemas::FromFolder(folder.string(), flavor);
    if (schemas.ok()) return std::make_unique<KongSchemas>(*std::move(schemas));
  }
  return std::make_unique<KongSchemas>(KongSchemas::Facts(flavor));
}

}  // namespace

Acceptance::Acceptance(Judge judge, bool expressions)
    : judge_(judge),
      expressions_(expressions),
      schemas_(LoadSchemas(judge, expressions ? RouterFlavor::kExpressions
                                              : RouterFlavor::kTraditionalCompatible)) {}

Verdict Acceptance::Of(const engine::Table<Entity>& entities) const {
  Json document = {{"_format_version", "3.0"}};
  std::map<std::string, std::vector<const Entity*>, std::less<>> sent;  // By array, as they go.
  const Needs offers = OffersOf(3, 9, /*enterprise=*/false, expressions_);
  Verdict verdict;
  entities.ForEach([&](const Entity& entity) {
    if (!Fits(entity.needs, offers)) return;
    std::string array(ArrayOf(entity));
    if (judge_ == Judge::kCore && !schemas_->Entity(array)) return;
    std::optional<Json> row = ParseJson(entity.json);
    if (!row) {
      verdict.status = engine::Internal(entity.name, " is not JSON: ", entity.json);
      return;
    }
    document[array].push_back(*std::move(row));
    sent[array].push_back(&entity);
  });
  if (!verdict.status.ok()) return verdict;
  auto no_id = [] { return std::string("00000000-0000-4000-8000-000000000000"); };
  auto loaded = simulators::LoadConfig(*schemas_, document, {.now_seconds = 0, .random_id = no_id});
  const auto* errors = std::get_if<simulators::ConfigErrors>(&loaded);
  if (!errors) return verdict;
  std::string what = engine::Cat(simulators::LuaText(simulators::PlainFields(*errors)), " ",
                                 DumpJson(errors->by_key));
  for (const simulators::ConfigRow& row : errors->rows) {
    if (row.errors.is_null() || row.parent) continue;
    const Entity& entity = *sent.at(row.entity)[row.index];
    verdict.culprits.insert(verdict.culprits.end(), entity.origins.begin(), entity.origins.end());
    if (!entity.secret) what += engine::Cat("\n", entity.json);
  }
  verdict.status = engine::InvalidArgument("Kong would refuse: ", what);
  return verdict;
}

}  // namespace kong
