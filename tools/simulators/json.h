// JSON trees for the simulators: those of kong/json_tree.h, by their short names. Every tree here
// came from a client, so reading is by type and empty on a mismatch.
#pragma once

#include "kong/json_tree.h"

namespace simulators {

using kong::Allows;
using kong::At;
using kong::AtPath;
using kong::DumpJson;
using kong::IsSet;
using kong::Json;
using kong::ParseJson;
using kong::Text;
using kong::TextAt;

}  // namespace simulators
