// `kdelta version`: which build this is, as one JSON object. KIC's command also has `repo`; we have
// no public address to name.

#include <cstdio>
#include <string>

#include "io/json_writer.h"
#include "tools/kdelta/commands.h"

namespace kdelta {

void AddVersionCommand(CLI::App& program, ExitStatus& status) {
  CLI::App* command = program.add_subcommand("version", "Print release and commit as JSON.");
  command->callback([&status] {
    std::string json;
    io::JsonWriter(json)
        .BeginObject()
        .Member("release", KDELTA_RELEASE)
        .Member("commit", KDELTA_COMMIT)
        .EndObject();
    std::puts(json.c_str());
    status = kDone;
  });
}

}  // namespace kdelta
