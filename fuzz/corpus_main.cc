// Feeds corpora to all targets without libFuzzer, and mutations of them.
//
//   fuzz_corpora CORPUS_FOLDER [RUNS [TARGET]]
//
// Nothing is fed, then every file of CORPUS_FOLDER/TARGET/ as it is, then RUNS mutations of them: blind ones, of
// a few bytes, the same every time. libFuzzer finds more; this runs wherever the tests run. The
// input under way is shown when a target aborts.
#include <algorithm>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#define KDELTA_TARGET(name) extern "C" int Fuzz_##name(const uint8_t*, size_t);
KDELTA_TARGETS
#undef KDELTA_TARGET

namespace {

struct Target {
  std::string_view name;
  int (*feed)(const uint8_t*, size_t);
};
constexpr Target kTargets[] = {
#define KDELTA_TARGET(name) {#name, Fuzz_##name},
    KDELTA_TARGETS
#undef KDELTA_TARGET
};

std::string under_way;  // What the target is fed, for OnAbort.
std::string_view target_under_way;

void OnAbort(int) {
  std::fprintf(stderr, "%.*s failed on these bytes:\n", static_cast<int>(target_under_way.size()),
               target_under_way.data());
  for (const char c : under_way) std::fprintf(stderr, "\\x%02x", static_cast<unsigned char>(c));
  std::fputc('\n', stderr);
}

std::vector<std::string> Read(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> paths;
  for (const auto& file : std::filesystem::directory_iterator(folder)) paths.push_back(file.path());
  std::sort(paths.begin(), paths.end());
  std::vector<std::string> seeds;
  for (const auto& path : paths) {
    std::ifstream in(path, std::ios::binary);
    seeds.emplace_back(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
  }
  return seeds;
}

std::string Mutated(const std::vector<std::string>& seeds, std::mt19937_64& random) {
  auto below = [&](size_t limit) { return limit == 0 ? size_t{0} : size_t{random() % limit}; };
  std::string text = seeds[below(seeds.size())];
  for (size_t edits = 1 + below(4); edits > 0; --edits) {
    const size_t at = below(text.size()), length = 1 + below(8);
    const std::string& other = seeds[below(seeds.size())];
    switch (below(6)) {
      case 0:
        if (!text.empty()) text[at] = static_cast<char>(below(256));
        break;
      case 1:
        if (!text.empty()) text[at] = static_cast<char>(text[at] ^ (1 << below(8)));
        break;
      case 2:
        text.insert(at, 1, static_cast<char>(below(256)));
        break;
      case 3:
        text.erase(at, length);
        break;
      case 4:
        text.insert(at, text.substr(below(text.size()), length));
        break;
      default:
        text.insert(at, other.substr(below(other.size()), 4 * length));
    }
  }
  return text;
}

void Feed(const Target& target, std::string text) {
  under_way = std::move(text);
  target.feed(reinterpret_cast<const uint8_t*>(under_way.data()), under_way.size());
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fputs("usage: fuzz_corpora CORPUS_FOLDER [RUNS [TARGET]]\n", stderr);
    return 2;
  }
  std::signal(SIGABRT, OnAbort);
  const uint64_t runs = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 0;
  size_t fed = 0;
  for (const Target& target : kTargets) {
    if (argc > 3 ? target.name != argv[3] : target.name == "canary") continue;
    target_under_way = target.name;
    const std::vector<std::string> seeds = Read(std::filesystem::path(argv[1]) / target.name);
    Feed(target, "");
    for (const std::string& seed : seeds) Feed(target, seed);
    std::mt19937_64 random(1);
    for (uint64_t run = 0; run < runs && !seeds.empty(); ++run)
      Feed(target, Mutated(seeds, random));
    fed += seeds.size();
  }
  std::printf("%zu inputs, and %ju mutations for each target\n", fed, uintmax_t{runs});
  return fed == 0 ? 1 : 0;
}
