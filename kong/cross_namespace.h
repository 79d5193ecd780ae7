// The only way to read across a namespace: may an object refer to one of another namespace?
//
// Who may look into a namespace is for that namespace to say, in ReferenceGrants. A rule that
// follows a reference asks MayRefer before it looks, and does not look if it may not; what it would
// have found then depends on nothing of the other namespace, not even on its existence. The Kong
// Ingress Controller once read TLS keys through Gateways without a grant (GHSA-m23h-6mwm-39m8);
// cross_namespace_test.cc proves from the footprints of all rules that nothing here does.
//
// The idea: each pair of a `from` and a `to` of a grant is a row, so the question is one or two
// look-ups, and a grant that comes or goes evaluates those that asked for exactly it. Any thread.
#pragma once

#include <compare>
#include <string_view>
#include <tuple>

#include "engine/reader.h"
#include "engine/symbol.h"
#include "kong/tables.h"

namespace kong {

class GatewayGraph;

// Who refers. The core group is the empty text.
struct Referrer {
  std::string_view group, kind;
  Symbol ns;
};
// To what.
struct Referent {
  std::string_view group, kind;
  ObjectName id;
};

// One permission, of whichever ReferenceGrants.
struct Grant {
  struct Key {
    Symbol from_group, from_kind, from_ns;
    Symbol to_group, to_kind, to_ns;
    Symbol to_name;  // Empty: every name.
    friend auto operator<=>(const Key&, const Key&) = default;
    auto fields() const {
      return std::tie(from_group, from_kind, from_ns, to_group, to_kind, to_ns, to_name);
    }
  };
  Key id;
  Key key() const { return id; }
  auto fields() const { return std::tie(id); }
};

// True within a namespace, which costs nothing. A rule that asks lists `g.attachment.grants` among
// what it reads.
bool MayRefer(const GatewayGraph& g, engine::Reader& read, const Referrer& from,
              const Referent& to);

}  // namespace kong
