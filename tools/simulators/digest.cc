#include "tools/simulators/digest.h"

#include <array>

#include "engine/assert.h"
#include "engine/text.h"
#include "openssl/evp.h"

namespace simulators {
namespace {

std::string Digest(const EVP_MD* algorithm, std::string_view bytes) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> out;
  unsigned int size = 0;
  int done = EVP_Digest(bytes.data(), bytes.size(), out.data(), &size, algorithm, nullptr);
  CHECK(done == 1, "OpenSSL must have MD5 and SHA-1");
  return std::string(out.begin(), out.begin() + size);
}

int HexDigit(char c) { return c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10; }

std::string UuidBytes(std::string_view text) {
  std::string bytes;
  for (size_t at = 0; at + 1 < text.size(); at += 2) {
    if (text[at] == '-') ++at;
    bytes += static_cast<char>(HexDigit(text[at]) * 16 + HexDigit(text[at + 1]));
  }
  return bytes;
}

}  // namespace

std::string Md5Hex(std::string_view bytes) { return engine::Hex(Digest(EVP_md5(), bytes)); }

std::string Sha1Hex(std::string_view bytes) { return engine::Hex(Digest(EVP_sha1(), bytes)); }

std::string UuidV5(std::string_view space, std::string_view name) {
  std::string bytes = Digest(EVP_sha1(), engine::Cat(UuidBytes(space), name)).substr(0, 16);
  bytes[6] = static_cast<char>((bytes[6] & 0x0f) | 0x50);
  bytes[8] = static_cast<char>((bytes[8] & 0x3f) | 0x80);
  std::string hex = engine::Hex(bytes);
  return engine::Cat(hex.substr(0, 8), "-", hex.substr(8, 4), "-", hex.substr(12, 4), "-",
                     hex.substr(16, 4), "-", hex.substr(20));
}

}  // namespace simulators
