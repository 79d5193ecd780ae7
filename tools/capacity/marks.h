// Marks: by what a change of Kubernetes is recognised once a gateway has it.
//
// A mark is a text made of what the change brought that was nowhere before: a new endpoint's
// address, a new path with its host, a certificate, a service's retries. Both sides derive it for
// themselves, so nothing of the controller's tells how long it took. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tools/simulators/json.h"

namespace capacity {

// Of an entity as a gateway has it: `section` is "targets", "routes", ...; empty for what no change
// is recognised by.
std::vector<std::string> MarksOfEntity(std::string_view section, const simulators::Json& entity);

std::string MarkOfEndpoint(std::string_view address, int port);
std::string MarkOfPath(std::string_view host, std::string_view path);  // Of type Prefix.
std::string MarkOfRetries(std::string_view service, int64_t retries);  // Kong's name of it.
std::string MarkOfCertificate(std::string_view pem);

// Of an object that was just changed: its newest endpoint, its first path, its certificate. A
// Service that sets no retries has none.
std::vector<std::string> MarksOfObject(const simulators::Json& object);

}  // namespace capacity
