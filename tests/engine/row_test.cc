#include "engine/row.h"

#include <limits>

#include "absl/container/inlined_vector.h"
#include "gtest/gtest.h"

namespace engine {
namespace {

struct Port {
  uint32_t number = 0;
  std::optional<std::string> name;
  auto fields() const { return std::tie(number, name); }
};

struct Thing {
  using Key = Symbol;
  Symbol id;
  std::vector<Port> ports;
  absl::InlinedVector<Symbol, 2> tags;
  std::shared_ptr<const std::string> text;
  double weight = 0;
  bool on = false;
  Key key() const { return id; }
  auto fields() const { return std::tie(id, ports, tags, text, weight, on); }
};
static_assert(Row<Thing>);

Thing Make() {
  return {Symbol("a"),   {{80, "web"}, {81, std::nullopt}},
          {Symbol("t")}, std::make_shared<const std::string>("x"),
          1.5,           true};
}

TEST(RowTest, EqualContentGivesEqualFingerprintsWhateverTheStorage) {
  Thing a = Make(), b = Make();
  b.ports.reserve(100);
  EXPECT_NE(a.text.get(), b.text.get());
  EXPECT_TRUE(EqualRows(a, b));
  EXPECT_EQ(FingerprintOf(a), FingerprintOf(b));
}

TEST(RowTest, EachFieldCountsForEqualityAndFingerprint) {
  const Thing base = Make();
  std::vector<std::pair<const char*, void (*)(Thing&)>> edits = {
      {"key", [](Thing& t) { t.id = Symbol("b"); }},
      {"number in a vector", [](Thing& t) { t.ports[0].number = 8080; }},
      {"optional set to empty text", [](Thing& t) { t.ports[1].name = ""; }},
      {"one element less", [](Thing& t) { t.ports.pop_back(); }},
      {"symbol in a list", [](Thing& t) { t.tags[0] = Symbol("u"); }},
      {"text behind a pointer",
       [](Thing& t) { t.text = std::make_shared<const std::string>("y"); }},
      {"pointer gone", [](Thing& t) { t.text = nullptr; }},
      {"double", [](Thing& t) { t.weight = 1.25; }},
      {"bool", [](Thing& t) { t.on = false; }},
  };
  for (auto& [name, edit] : edits) {
    Thing other = Make();
    edit(other);
    EXPECT_FALSE(EqualRows(base, other)) << name;
    EXPECT_NE(FingerprintOf(base), FingerprintOf(other)) << name;
  }
}

TEST(RowTest, TextThatMovesBetweenNeighboursIsADifference) {
  struct Two {
    std::string a, b;
    auto fields() const { return std::tie(a, b); }
  };
  EXPECT_NE(FingerprintOf(Two{"ab", "c"}), FingerprintOf(Two{"a", "bc"}));
}

TEST(RowTest, NotANumberEqualsItself) {
  Thing a = Make(), b = Make();
  a.weight = b.weight = std::numeric_limits<double>::quiet_NaN();
  EXPECT_TRUE(EqualRows(a, b));
}

TEST(RowTest, TextOfShowsEveryField) {
  EXPECT_EQ(TextOf(Make()), "(a [(80 web) (81 -)] [t] x 1.500000 true)");
}

TEST(SymbolTest, OrdersByTextAndNotByArrival) {
  Symbol late("zz-late"), early("aa-early");
  EXPECT_LT(early, late);
  EXPECT_EQ(Symbol("zz-late"), late);
  EXPECT_EQ(Symbol().text(), "");
  EXPECT_FALSE(Symbol(""));
  EXPECT_EQ(Symbol(std::string_view("a\0b", 3)).text().size(), 3u);
}

}  // namespace
}  // namespace engine
