// Edits of a shop graph (tests/engine/shop_graph.h) made of a fuzzer's bytes: digits reach all of
// them, so that a corpus is text.
#pragma once

#include <compare>
#include <cstdint>
#include <string>

#include "engine/text.h"
#include "fuzz/bytes.h"
#include "tests/engine/shop_graph.h"

namespace fuzz {

struct ShopEdit {
  enum class What : uint8_t { kEraseOffer, kEraseShop, kSetShop, kSetOffer };
  What what;
  uint8_t shop, item, bits = 0;

  bool of_shop() const { return what == What::kEraseShop || what == What::kSetShop; }
  // Do both decide about one row? Then only the later one counts.
  bool SameRow(const ShopEdit& other) const {
    return of_shop() == other.of_shop() && shop == other.shop && (of_shop() || item == other.item);
  }
};

inline ShopEdit ShopEditOf(uint8_t op, Bytes& bytes) {
  ShopEdit edit{static_cast<ShopEdit::What>(op % 4), {}, {}};
  edit.shop = bytes.Next() % 4;
  edit.item = bytes.Next() % 5;
  if (edit.what == ShopEdit::What::kSetShop || edit.what == ShopEdit::What::kSetOffer)
    edit.bits = bytes.Next();
  return edit;
}

inline void Apply(engine::testing::ShopGraph& g, const ShopEdit& edit) {
  using engine::Symbol;
  const Symbol shop(engine::Cat("shop", edit.shop)), item(engine::Cat("item", edit.item));
  switch (edit.what) {
    case ShopEdit::What::kEraseOffer:
      g.offers.Erase({shop, item});
      break;
    case ShopEdit::What::kEraseShop:
      g.shops.Erase(shop);
      break;
    case ShopEdit::What::kSetShop: {
      engine::testing::Shop row{shop, (edit.bits & 1) != 0, {}};
      for (int i = 0; i < edit.bits % 3; ++i) row.tags.push_back(Symbol(engine::Cat("tag", i)));
      g.shops.Set(row);
      break;
    }
    case ShopEdit::What::kSetOffer:
      g.offers.Set(engine::testing::Offer{{shop, item}, edit.bits % 4, edit.bits / 16u, {}});
      break;
  }
}

}  // namespace fuzz
