#include "engine/assert.h"

#include <cstdio>
#include <cstdlib>

namespace engine {

void Bug(const char* file, int line, const char* condition, std::string_view why) {
  std::fprintf(stderr, "%s:%d: CHECK failed: %s (%.*s)\n", file, line, condition,
               static_cast<int>(why.size()), why.data());
  std::abort();
}

}  // namespace engine
