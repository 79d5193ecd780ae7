// Hides private keys in text that people may see.
#pragma once

#include <string>

namespace kong {

// Everything from "-----BEGIN … PRIVATE KEY-----" to the end of its last line becomes "<private
// key>". A key without an end takes the rest of the text with it. Works on plain text and on JSON
// strings. O(text).
std::string WithoutPrivateKeys(std::string text);

}  // namespace kong
