// What a schema says of one field, and of a record of fields, as values.
//
// The words are those of Kong's own schemas. Immutable after a bundle was read (schema_bundle.h);
// fields of a record stand in alphabetical order, so that completing an entity is one merge of two
// sorted lists. Any thread.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace re2 {
class RE2;
}

namespace kong {

enum class FieldType : uint8_t {
  kAny,  // A rule of a check says no type.
  kString,
  kInteger,
  kNumber,
  kBoolean,
  kArray,
  kSet,
  kMap,
  kRecord,
  kForeign,
  kJson,
};

struct SchemaPattern {
  std::string lua;
  // Null if the pattern has no twin in RE2: then it is not judged.
  std::shared_ptr<const re2::RE2> twin;
};

struct SchemaRecord;

struct SchemaField {
  std::string name;
  FieldType type = FieldType::kAny;
  bool required = false;
  bool automatic = false;      // Kong makes one if there is none.
  bool random = false;         // What Kong makes up cannot be known: it must be given.
  bool secret = false;         // Never shown.
  bool referenceable = false;  // May be a reference to a vault.
  bool uuid = false;
  bool regex = false;
  bool unique = false;
  bool abstract = false;                    // A record whose fields another schema knows.
  bool transient = false;                   // Taken, and not stored.
  std::string default_json;                 // As the schema says it; empty: none.
  std::string absent_json;                  // What is stored if it is absent; empty: it may not be.
  std::string equal;                        // The only value that it may have; empty: any.
  std::vector<std::string> one_of, not_of;  // JSON texts.
  std::optional<double> least, most, above;
  std::optional<size_t> length_min, length_max, length;
  std::string start;
  std::vector<SchemaPattern> all, any, none;
  std::vector<std::vector<std::string>> exclusive;  // Elements of one of these lists only.
  std::string foreign;                              // The array to which it refers.
  std::shared_ptr<const SchemaField> element, key, value;
  std::shared_ptr<const SchemaRecord> record;
};

// What must hold between the fields of a record.
struct SchemaCheck {
  enum class Kind : uint8_t {
    kIf,  // If `if_field` is as `if_rule` says, `then_field` must be as `then_rule` says.
    kIfAnyOf,
    kAtLeastOne,
    kOnlyOne,
    kAllOrNone,
    kAtMostOne,
    kDistinct,
  };
  Kind kind{};
  std::vector<std::string> fields;  // Dotted.
  std::string if_field, then_field;
  SchemaField if_rule, then_rule;
};

// A name of old; its value belongs elsewhere.
struct SchemaShorthand {
  std::string name;
  std::string path;  // Dotted; empty: it has no meaning any more.
};

struct SchemaRecord {
  std::vector<SchemaField> fields;  // By name.
  std::vector<SchemaCheck> checks;
  std::vector<SchemaShorthand> shorthands;
  bool has_shorthands = false;  // Here or deeper.
  const SchemaField* Find(std::string_view name) const;
};

// What a bundle says.
struct SchemaBundle {
  std::string version, edition;
  std::map<std::string, std::shared_ptr<const SchemaRecord>, std::less<>> entities;
  // With the fields that all plugins have.
  std::map<std::string, std::shared_ptr<const SchemaRecord>, std::less<>> plugins;
};

}  // namespace kong
