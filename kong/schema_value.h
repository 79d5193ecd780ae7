// Writes a value as Kong would store it, by the facts of its field, and judges it on the way.
//
// One walk over a parsed value and its schema, both in alphabetical order: what is there is written
// canonically (sets sorted, whole numbers without a fraction, foreign keys as {"id": …}), what is
// absent by what its field says. Errors name the path to the field and show no value. A writer
// belongs to one thread and one entity.
#pragma once

#include <simdjson.h>

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "kong/schema_field.h"

namespace kong {

// What is stored in a field of the entity instead of what was given.
struct DerivedField {
  std::string_view name;
  std::string json;
};

class SchemaWriter {
 public:
  enum class Input {
    kWritten,  // By us or an author: judged.
    kStored,   // By a Kong: taken as it is.
  };
  SchemaWriter(std::string& out, Input input) : out_(out), judges_(input == Input::kWritten) {}

  absl::Status WriteEntity(const SchemaRecord& schema, simdjson::dom::object given,
                           const std::vector<DerivedField>& derived);
  absl::Status WriteValue(const SchemaField& field, simdjson::dom::element given);
  absl::Status WriteAbsent(const SchemaField& field);

 private:
  using Member = std::pair<std::string_view, simdjson::dom::element>;
  using Members = std::vector<Member>;

  absl::Status WriteRecord(const SchemaRecord& schema, const Members& members);
  absl::Status WriteField(const SchemaField& field, const simdjson::dom::element* given);
  absl::Status WriteGiven(const SchemaField& field, simdjson::dom::element given);
  absl::Status WriteString(const SchemaField& field, simdjson::dom::element given);
  absl::Status WriteNumber(const SchemaField& field, simdjson::dom::element given);
  absl::Status WriteList(const SchemaField& field, simdjson::dom::element given);
  absl::Status WriteMap(const SchemaField& field, simdjson::dom::element given);
  absl::Status WriteForeign(const SchemaField& field, simdjson::dom::element given);
  absl::Status Unknown(const Member& member) const;
  absl::Status JudgeText(const SchemaField& field, std::string_view text) const;
  absl::Status JudgeLength(const SchemaField& field, size_t length, size_t least) const;
  absl::Status JudgeChoice(const SchemaField& field, std::string_view json) const;
  absl::Status JudgeSubsets(const SchemaField& field, const std::vector<std::string>& values) const;
  template <class... Parts>
  absl::Status Fault(const Parts&... parts) const;

  std::string& out_;
  const bool judges_;
  const std::vector<DerivedField>* derived_ = nullptr;  // Of the entity; its own fields only.
  std::vector<std::string_view> path_;
};

// Any JSON with its members in alphabetical order.
void AppendCanonical(std::string& out, simdjson::dom::element value);
// Parsed by this thread's parser: valid until it parses again. `what` begins the error.
absl::StatusOr<simdjson::dom::element> ParseValue(std::string_view json, std::string_view what);
// Sets what is stored when the field is absent. Of its elements and fields that must be known.
absl::Status SettleAbsent(SchemaField& field);

}  // namespace kong
