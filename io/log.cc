#include "io/log.h"

#include <array>
#include <atomic>
#include <memory>

#include "absl/time/clock.h"
#include "io/json_writer.h"
#include "spdlog/logger.h"
#include "spdlog/sinks/stdout_sinks.h"

namespace io {
namespace {

constexpr std::array<std::string_view, 5> kLevelNames = {"trace", "debug", "info", "warning",
                                                         "error"};

std::atomic<LogLevel> least_level = LogLevel::kInfo;
std::atomic<LogFormat> line_format = LogFormat::kText;

spdlog::logger& Lines() {
  // Never destroyed: other threads may log while the process ends.
  static spdlog::logger* const lines = [] {
    auto* logger = new spdlog::logger("", std::make_shared<spdlog::sinks::stderr_sink_mt>());
    logger->set_pattern("%v");
    logger->set_level(spdlog::level::trace);
    return logger;
  }();
  return *lines;
}

std::string Timestamp() {
  return absl::FormatTime("%Y-%m-%d%ET%H:%M:%E3SZ", absl::Now(), absl::UTCTimeZone());
}

void WriteFields(JsonWriter& json, LogFields fields) {
  for (const LogField& field : fields) {
    json.Key(field.name());
    if (field.bare()) {
      json.Raw(field.value());
    } else {
      json.String(field.value());
    }
  }
}

// Columns of time, level and event between tabs, then the fields as one JSON object, as KIC has it.
std::string TextLine(std::string_view level, std::string_view event, LogFields fields) {
  std::string line = engine::Cat(Timestamp(), '\t', level, '\t', event);
  if (fields.size() == 0) return line;
  line += '\t';
  JsonWriter json(line);
  json.BeginObject();
  WriteFields(json, fields);
  json.EndObject();
  return line;
}

std::string JsonLine(std::string_view level, std::string_view event, LogFields fields) {
  std::string line;
  JsonWriter json(line);
  json.BeginObject().Member("time", Timestamp()).Member("level", level).Member("event", event);
  WriteFields(json, fields);
  json.EndObject();
  return line;
}

}  // namespace

LogField::LogField(std::string_view name, double value) : name_(name), bare_(true) {
  AppendJsonDouble(value_, value);
}

void SetLog(LogLevel least, LogFormat format) {
  least_level = least;
  line_format = format;
}

std::optional<LogLevel> ParseLogLevel(std::string_view text) {
  for (size_t i = 0; i < kLevelNames.size(); ++i) {
    if (text == kLevelNames[i]) return static_cast<LogLevel>(i);
  }
  return std::nullopt;
}

void Log(LogLevel level, std::string_view event, LogFields fields) {
  if (level < least_level.load(std::memory_order_relaxed)) return;
  const std::string_view name = kLevelNames[static_cast<size_t>(level)];
  const bool json = line_format.load(std::memory_order_relaxed) == LogFormat::kJson;
  const std::string line = json ? JsonLine(name, event, fields) : TextLine(name, event, fields);
  Lines().log(spdlog::level::info, spdlog::string_view_t(line.data(), line.size()));
  Lines().flush();
}

}  // namespace io
