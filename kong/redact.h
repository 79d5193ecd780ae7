// Hides private keys, credentials and other secrets in text that people may see.
#pragma once

#include <string>

#include "kong/entity.h"

namespace kong {

// The JSON of an entity as people may see it. Of one that holds secrets only what tells it apart
// stays; the other values, whatever they are, become "<redacted>".
std::string ShownJson(const Entity& entity);

// Everything from "-----BEGIN … PRIVATE KEY-----" to the end of its last line becomes "<private
// key>". A key without an end takes the rest of the text with it. Works on plain text and on JSON
// strings. O(text).
std::string WithoutPrivateKeys(std::string text);

}  // namespace kong
