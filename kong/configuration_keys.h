// By what people tell the rows of a section apart, and which fields refer to other sections.
//
// A natural key is what stays when ids differ: what Kong itself keeps unique. Rows of a section
// without one are told apart by their ids. Constant tables; any thread.
#pragma once

#include <array>
#include <string_view>

namespace kong {

struct NaturalKey {
  std::string_view array;
  std::string_view name;                     // The field that people read.
  std::array<std::string_view, 6> fields{};  // Together unique; none: the id is.
  bool named = false;                        // Kong derives the id of its name, and refers by it.
  bool secret = false;                       // Its rows hold what nobody may see.
};
// In the order of a payload; null for a section that is not here.
const NaturalKey* KeysOf(std::string_view array);
size_t OrderOf(std::string_view array);

struct ForeignField {
  std::string_view field, array;
};
inline constexpr ForeignField kForeignFields[] = {
    {"service", "services"},
    {"route", "routes"},
    {"consumer", "consumers"},
    {"consumer_group", "consumer_groups"},
    {"upstream", "upstreams"},
    {"client_certificate", "certificates"},
    {"certificate", "certificates"},
    {"set", "key_sets"},
    {"ca_certificate", "ca_certificates"},
};

}  // namespace kong
