// MD5, SHA-1 and the identifiers made of them, for simulators that must not share code with what
// they judge. Any thread; no state.
#pragma once

#include <string>
#include <string_view>

namespace simulators {

std::string Md5Hex(std::string_view bytes);
std::string Sha1Hex(std::string_view bytes);
// RFC 4122 version 5 over the text bytes of `name`; `space` is a UUID's text.
std::string UuidV5(std::string_view space, std::string_view name);

}  // namespace simulators
