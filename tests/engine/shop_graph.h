// A small graph with one rule of every kind, shared by the engine's tests.
//
//   offers (source)        shop, item, price, age         shops (source)   shop, open, tags
//   prices    over offers, reads shops: the oldest offer of an item owns its price (claims)
//   counts    over the index offers-by-shop: how many offers a shop has
//   listings  over the pairs offer x tag-holder of one shop
#pragma once

#include <random>
#include <string>
#include <vector>

#include "engine/graph.h"

namespace engine::testing {

struct Offer {
  struct Key {
    Symbol shop, item;
    auto fields() const { return std::tie(shop, item); }
    friend auto operator<=>(const Key&, const Key&) = default;
  };
  Key id;
  int64_t age = 0;
  uint32_t price = 0;
  std::string note;
  Key key() const { return id; }
  auto fields() const { return std::tie(id, age, price, note); }
};

struct Shop {
  using Key = Symbol;
  Symbol name;
  bool open = true;
  std::vector<Symbol> tags;
  Key key() const { return name; }
  auto fields() const { return std::tie(name, open, tags); }
};

struct Price {
  using Key = Symbol;
  Symbol item, shop;
  uint32_t price = 0;
  Key key() const { return item; }
  auto fields() const { return std::tie(item, shop, price); }
};

struct Count {
  using Key = Symbol;
  Symbol shop;
  uint64_t offers = 0, total = 0;
  Key key() const { return shop; }
  auto fields() const { return std::tie(shop, offers, total); }
};

struct Listing {
  struct Key {
    Symbol shop, item;
    auto fields() const { return std::tie(shop, item); }
    friend auto operator<=>(const Key&, const Key&) = default;
  };
  Key id;
  std::vector<Symbol> tags;
  Key key() const { return id; }
  auto fields() const { return std::tie(id, tags); }
};

struct Best {  // Rendered from the elected price: elect small, then render.
  using Key = Symbol;
  Symbol item;
  std::string text;
  Key key() const { return item; }
  auto fields() const { return std::tie(item, text); }
};

struct ShopGraph {
  explicit ShopGraph(Graph& graph)
      : offers(graph.AddSource<Offer>("offers")),
        shops(graph.AddSource<Shop>("shops")),
        offers_of_shop(graph.AddIndex<Symbol>(
            "offers-of-shop", offers,
            +[](const Offer& o, absl::FunctionRef<void(const Symbol&)> visit) {
              visit(o.id.shop);
            })),
        shop_itself(graph.AddIndex<Symbol>(
            "shop-itself", shops,
            +[](const Shop& s, absl::FunctionRef<void(const Symbol&)> visit) { visit(s.name); })),
        prices(graph.AddTable<Price>("prices")),
        counts(graph.AddTable<Count>("counts")),
        listings(graph.AddTable<Listing>("listings")),
        best(graph.AddTable<Best>("best")) {
    graph.AddRule("prices", offers, {&shops}, std::tie(prices),
                  [this](const Offer& offer, Reader& read, Emitter<Price>& say) {
                    const Shop* shop = read.Find(shops, offer.id.shop);
                    if (shop && !shop->open) return;
                    say.Emit(
                        Price{offer.id.item, offer.id.shop, offer.price},
                        Rank{.created_s = offer.age, .ns = offer.id.shop, .name = offer.id.item});
                  });
    graph.AddRule("counts", offers_of_shop, {}, std::tie(counts),
                  [](const Symbol& shop, Group<Offer> group, Reader&, Emitter<Count>& say) {
                    uint64_t total = 0;
                    for (const Offer& offer : group) total += offer.price;
                    say.Emit(Count{shop, group.size(), total});
                  });
    auto& pairs = graph.AddPairs("offer-and-shop", offers_of_shop, shop_itself);
    graph.AddRule("listings", pairs, {}, std::tie(listings),
                  [](const Offer& offer, const Shop& shop, Reader&, Emitter<Listing>& say) {
                    say.Emit(Listing{{offer.id.shop, offer.id.item}, shop.tags});
                  });
    graph.AddRule("best", prices, {&shops, &offers_of_shop}, std::tie(best),
                  [this](const Price& price, Reader& read, Emitter<Best>& say) {
                    auto group = read.In(offers_of_shop, price.shop);
                    const Shop* shop = read.Find(shops, price.shop);
                    say.Emit(Best{price.item, Cat(price.price, " of ", group.size(),
                                                  shop ? " open" : " unknown")});
                  });
  }
  Source<Offer>& offers;
  Source<Shop>& shops;
  Index<Offer, Symbol>& offers_of_shop;
  Index<Shop, Symbol>& shop_itself;
  Table<Price>& prices;
  Table<Count>& counts;
  Table<Listing>& listings;
  Table<Best>& best;
};

// Declares a ShopGraph in a graph that outlives it only as long as `kept` does.
inline auto DeclareInto(std::vector<std::unique_ptr<ShopGraph>>& kept) {
  return [&kept](Graph& graph) { kept.push_back(std::make_unique<ShopGraph>(graph)); };
}

inline absl::Status CheckShop(const Graph& graph) {
  std::vector<std::unique_ptr<ShopGraph>> kept;
  return graph.Check(DeclareInto(kept));
}

inline Offer MakeOffer(std::string_view shop, std::string_view item, uint32_t price,
                       int64_t age = 0) {
  return {{Symbol(shop), Symbol(item)}, age, price, {}};
}

// One random edit over a world of `shops` shops and `items` items.
inline void RandomEdit(ShopGraph& g, std::mt19937_64& random, uint64_t shops = 6,
                       uint64_t items = 8) {
  auto pick = [&](uint64_t n) { return random() % n; };
  Symbol shop(Cat("shop", pick(shops))), item(Cat("item", pick(items)));
  switch (pick(8)) {
    case 0:
      g.shops.Erase(shop);
      break;
    case 1: {
      Shop row{shop, pick(3) != 0, {}};
      for (uint64_t n = pick(3); n > 0; --n) row.tags.push_back(Symbol(Cat("tag", n)));
      g.shops.Set(row);
      break;
    }
    case 2:
    case 3:
      g.offers.Erase({shop, item});
      break;
    default:
      g.offers.Set(Offer{{shop, item},
                         static_cast<int64_t>(pick(4)),
                         static_cast<uint32_t>(pick(5)),
                         pick(2) ? "a note that is longer than a small string" : ""});
  }
}

}  // namespace engine::testing
