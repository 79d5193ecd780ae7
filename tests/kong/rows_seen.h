// What a simulated Kong holds, against what it should hold.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "engine/text.h"
#include "gtest/gtest.h"
#include "kong/database/admin_paths.h"
#include "kong/database/row_match.h"
#include "kong/json_tree.h"
#include "tests/kong/versioned_rows.h"
#include "tools/simulators/declarative_config.h"

namespace kong {

inline size_t CountRows(const simulators::Entities& entities) {
  size_t count = 0;
  for (const auto& [array, rows] : entities) count += array == "workspaces" ? 0 : rows.size();
  return count;
}

// No entity refers to one that is missing.
inline void ExpectNothingDangles(const simulators::Entities& entities) {
  static const std::map<std::string_view, std::string_view> kArrays = {
      {"service", "services"},         {"route", "routes"},
      {"consumer", "consumers"},       {"upstream", "upstreams"},
      {"certificate", "certificates"}, {"client_certificate", "certificates"}};
  for (const auto& [array, rows] : entities) {
    for (const auto& [id, row] : rows) {
      for (const auto& [member, to] : kArrays) {
        const std::string_view other = TextAt(At(row, member), "id");
        if (other.empty()) continue;
        auto of = entities.find(to);
        const bool found = of != entities.end() && of->second.contains(std::string(other));
        EXPECT_TRUE(found) << array << ' ' << id << " refers to a missing " << member;
      }
    }
  }
}

// Exactly these rows, defaults apart.
inline void ExpectHolds(const simulators::Entities& entities, const Rows& expected) {
  EXPECT_EQ(CountRows(entities), expected.size());
  for (const auto& [key, entity] : expected) {
    auto rows = entities.find(ArrayName(key.kind));
    ASSERT_TRUE(rows != entities.end() && rows->second.contains(key.id.text())) << key.text();
    const Json& row = rows->second.at(key.id.text());
    auto same = [](const EntityKey& one) { return one.id; };
    EXPECT_TRUE(RowMatches(nullptr, key.kind, entity.json, PlainRow(DumpJson(row), same)))
        << entity.json << "\n"
        << row;
  }
}

}  // namespace kong
