// The rows between Kubernetes and Kong: small, one a use, so that a change ends where it stops to
// matter.
//
// "Elect small, then render": what several objects may claim (a route's name, a service, a host's
// certificate, a CA's id, the default backend) is claimed by a row of a few words, and another rule
// makes the winner's entity. "Derive narrow, then read": who needs to know that a Secret holds a
// good key pair does not read the Secret. Plain values.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <tuple>

#include "engine/symbol.h"
#include "k8s/object_meta.h"
#include "kong/certificate.h"
#include "kong/entity.h"
#include "kong/service_tables.h"

namespace kong {

using engine::Symbol;
using ObjectName = k8s::NamespacedName;

// The key of a table that has at most one row.
struct Only {
  uint32_t zero = 0;
  friend auto operator<=>(const Only&, const Only&) = default;
  std::string text() const { return "(the only one)"; }
};

// ---- sources that are not Kubernetes objects
// ---------------------------------------------------------

// Somebody decided that this object counts as not there, for every gateway. What single classes of
// gateways refuse is left out later, from their payloads (refused_entity.h).
struct Quarantine {
  using Key = ObjectRef;
  ObjectRef object;
  std::string reason;
  Key key() const { return object; }
  auto fields() const { return std::tie(object, reason); }
};

// The time as far as rules may know it: coarse, so that an idle process computes nothing. Whoever
// owns the graph sets it every hour or so; a certificate counts as expired up to that much late.
struct Now {
  using Key = Only;
  int64_t unix_s = 0;
  Key key() const { return {}; }
  auto fields() const { return std::tie(unix_s); }
};

// ---- classes
// --------------------------------------------------------------------------------------------

// Our IngressClass is the default one: Ingresses without a class are ours.
struct DefaultClass {
  using Key = Only;
  Only id;
  Key key() const { return id; }
  auto fields() const { return std::tie(id.zero); }
};

// Two switches of our class' parameters; each row is there if its switch is on.
struct ServiceUpstreamOn {
  using Key = Only;
  Only id;
  Key key() const { return id; }
  auto fields() const { return std::tie(id.zero); }
};
struct LegacyRegexOn {
  using Key = Only;
  Only id;
  Key key() const { return id; }
  auto fields() const { return std::tie(id.zero); }
};

// ---- quarantine
// -------------------------------------------------------------------------------------------

// A Service that is in quarantine, or needs something that is. Not the same as one that does not
// exist.
struct ExcludedService {
  using Key = ObjectName;
  ObjectName id;
  Key key() const { return id; }
  auto fields() const { return std::tie(id); }
};

// ---- Ingresses
// ----------------------------------------------------------------------------------------------

// An Ingress of ours of which nothing is in quarantine.
struct Admitted {
  using Key = ObjectName;
  ObjectName id;
  Key key() const { return id; }
  auto fields() const { return std::tie(id); }
};

// A claim on the name of a Kong route: names are made by concatenation, so two objects may make
// one.
struct RouteName {
  using Key = EntityId;
  EntityId id;  // Of the route, which is a function of its name.
  ObjectRef owner;
  uint32_t nth = 0;  // Which of the owner's routes.
  Key key() const { return id; }
  auto fields() const { return std::tie(id, owner, nth); }
};

// A claim to be the one Ingress whose default backend counts: the oldest.
struct DefaultBackend {
  using Key = Only;
  ObjectName ingress;
  Key key() const { return {}; }
  auto fields() const { return std::tie(ingress); }
};

// ---- Secrets
// -------------------------------------------------------------------------------------------------

// Somebody refers to this Secret, so its contents must be fetched.
struct WantedSecret {
  using Key = ObjectName;
  ObjectName id;
  Key key() const { return id; }
  auto fields() const { return std::tie(id); }
};

// Somebody wants this Secret's key pair in Kong.
struct UsedCertificate {
  using Key = ObjectName;
  ObjectName id;
  Key key() const { return id; }
  auto fields() const { return std::tie(id); }
};

// Does a fetched Secret hold a good key pair? A new certificate of the same Secret changes nothing
// here.
struct SecretState {
  using Key = ObjectName;
  ObjectName id;
  bool good_pair = false;
  Key key() const { return id; }
  auto fields() const { return std::tie(id, good_pair); }
};

struct SecretFacts {
  using Key = ObjectName;
  ObjectName id;
  std::string uid;
  int64_t created_s = 0;
  std::optional<PairDigest> pair;    // Of a good one.
  std::optional<std::string> ca_id;  // The value of its key "id".
  Key key() const { return id; }
  auto fields() const { return std::tie(id, uid, created_s, pair, ca_id); }
};

// A claim on a key pair: Secrets with the same one share a Kong certificate, which has the oldest's
// id.
struct CertificateOwner {
  using Key = PairDigest;
  PairDigest pair;
  EntityId id;
  ObjectName secret;
  Key key() const { return pair; }
  auto fields() const { return std::tie(pair, id, secret); }
};

// A claim on a host for a Secret: of Ingresses and the like (tier 0), of Gateways (tier 1).
struct SniUse {
  using Key = Symbol;
  Symbol host;
  ObjectName secret;
  ObjectRef owner;
  Key key() const { return host; }
  auto fields() const { return std::tie(host, secret, owner); }
};

// A Secret that its label declares to be a CA certificate.
struct CaSecret {
  using Key = ObjectName;
  ObjectName id;
  Symbol ca_id;
  Key key() const { return id; }
  auto fields() const { return std::tie(id, ca_id); }
};

// A claim of a Secret or ConfigMap on the id of a CA certificate.
struct CaOwner {
  using Key = Symbol;
  Symbol ca_id;  // In lower case: Kong tells ids apart that differ in nothing else.
  ObjectRef object;
  Key key() const { return ca_id; }
  auto fields() const { return std::tie(ca_id, object); }
};

}  // namespace kong
