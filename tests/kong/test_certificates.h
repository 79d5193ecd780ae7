// Keys and certificates for tests, made when a test asks for them: none is kept in the tree.
#pragma once

#include <string>

namespace kong {

struct TestPair {
  std::string cert, key;
};
struct TestCertificateOptions {
  bool ca = false;
  long days = 3650;  // From now on; negative: expired.
  // "DNS:a.example,DNS:*.b.example"; empty: the common name, if it has a dot.
  std::string names;
};
// A self-signed certificate with an EC key.
TestPair MakeTestPair(const std::string& common_name, const TestCertificateOptions& options = {});

}  // namespace kong
