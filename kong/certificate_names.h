// The names for which a certificate was made. Pure; over OpenSSL's libcrypto; any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace kong {

// The DNS names of the first certificate of a PEM text, in its order and in lower case, with
// wildcards; only those that are hosts. Empty if it has none or cannot be read.
std::vector<std::string> DnsNamesOf(std::string_view pem);

}  // namespace kong
