// One line per event: what happened, as a fixed literal, and named fields.
//
//   io::Info("configuration pushed", {{"gateway", url}, {"bytes", size}});
//
// Text by default, or one JSON object a line. Any thread. No field may hold a secret; callers log
// names.
#pragma once

#include <concepts>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "engine/text.h"

namespace io {

enum class LogLevel { kTrace, kDebug, kInfo, kWarning, kError };
enum class LogFormat { kText, kJson };

class LogField {
 public:
  LogField(std::string_view name, std::string_view value) : name_(name), value_(value) {}
  LogField(std::string_view name, const char* value) : name_(name), value_(value) {}
  LogField(std::string_view name, const std::string& value) : name_(name), value_(value) {}
  LogField(std::string_view name, bool value)
      : name_(name), value_(value ? "true" : "false"), bare_(true) {}
  LogField(std::string_view name, double value);
  LogField(std::string_view name, const absl::Status& status)
      : name_(name), value_(engine::MessageOf(status)) {}
  template <std::integral T>
    requires(!std::same_as<T, bool>)
  LogField(std::string_view name, T value) : name_(name), value_(engine::Cat(value)), bare_(true) {}
  std::string_view name() const { return name_; }
  std::string_view value() const { return value_; }
  bool bare() const { return bare_; }  // A number or a truth value: unquoted in JSON.

 private:
  std::string_view name_;
  std::string value_;
  bool bare_ = false;
};
using LogFields = std::initializer_list<LogField>;

void SetLog(LogLevel least, LogFormat format);  // Once, at start. Lines go to stderr.
std::optional<LogLevel> ParseLogLevel(std::string_view text);  // trace, debug, info, warning, error
void Log(LogLevel level, std::string_view event, LogFields fields = {});
inline void Debug(std::string_view event, LogFields fields = {}) {
  Log(LogLevel::kDebug, event, fields);
}
inline void Info(std::string_view event, LogFields fields = {}) {
  Log(LogLevel::kInfo, event, fields);
}
inline void Warning(std::string_view event, LogFields fields = {}) {
  Log(LogLevel::kWarning, event, fields);
}
inline void Error(std::string_view event, LogFields fields = {}) {
  Log(LogLevel::kError, event, fields);
}

}  // namespace io
