// Hostile and broken input from end to end, through `kdelta translate`. Each case is told by its
// object, and what stands beside it is translated.
#include <sys/wait.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "engine/text.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "io/json_writer.h"

namespace kdelta {
namespace {

using engine::Cat;
using ::testing::HasSubstr;

std::string Service() {
  return R"({"apiVersion":"v1","kind":"Service","metadata":{"name":"web","namespace":"shop"},)"
         R"("spec":{"clusterIP":"10.0.0.1","ports":[{"name":"http","port":80}]}})";
}

std::string Path(std::string_view path) {
  std::string json;
  io::JsonWriter(json)
      .BeginObject()
      .Member("path", path)
      .Member("pathType", "Prefix")
      .Key("backend")
      .Raw(R"({"service":{"name":"web","port":{"number":80}}})")
      .EndObject();
  return json;
}

std::string Rule(std::string_view host, std::string_view paths) {
  std::string json;
  io::JsonWriter(json)
      .BeginObject()
      .Member("host", host)
      .Key("http")
      .Raw(Cat(R"({"paths":[)", paths, "]}"))
      .EndObject();
  return json;
}

struct Wish {
  std::string annotations = "{}";
  std::string more;  // Members of the object, each after a comma.
  std::string tls = "[]";
};

std::string Ingress(std::string_view name, std::string_view rules, const Wish& wish = {}) {
  return Cat(R"({"apiVersion":"networking.k8s.io/v1","kind":"Ingress","metadata":{"name":")", name,
             R"(","namespace":"shop","annotations":)", wish.annotations,
             R"(},"spec":{"ingressClassName":"kong","tls":)", wish.tls, R"(,"rules":[)", rules,
             "]}", wish.more, "}");
}

std::string Good() { return Ingress("good", Rule("good.example", Path("/good"))); }
std::string Secret(std::string_view fields) {
  return Cat(R"({"apiVersion":"v1","kind":"Secret","metadata":{"name":"s","namespace":"shop"},)"
             R"("type":"kubernetes.io/tls",)",
             fields, "}");
}
std::string WithTls() {
  return Ingress("bad", Rule("bad.example", Path("/")),
                 {.tls = R"([{"hosts":["bad.example"],"secretName":"s"}])"});
}
std::string Annotated(std::string_view name, std::string_view value) {
  std::string json;
  io::JsonWriter(json).BeginObject().Member(name, value).EndObject();
  return Ingress("bad", Rule("bad.example", Path("/bad")), {.annotations = json});
}

std::string ManyRules(int count) {
  std::string rules;
  for (int i = 0; i < count; ++i)
    rules += Cat(i > 0 ? "," : "", Rule(Cat("h", i, ".example"), Path(Cat("/p", i))));
  return Ingress("bad", rules);
}
std::string ManyPaths(int count) {
  std::string paths;
  for (int i = 0; i < count; ++i) paths += Cat(i > 0 ? "," : "", Path(Cat("/p", i)));
  return Ingress("bad", Rule("bad.example", paths));
}
std::string ManyHosts(int count) {
  std::string hosts;
  for (int i = 0; i < count; ++i) hosts += Cat(i > 0 ? "," : "", "h", i, ".example");
  return hosts;
}
std::string Deep(int depth) {
  return Ingress("bad", Rule("bad.example", Path("/bad")),
                 {.more = Cat(R"(,"config":)", std::string(static_cast<size_t>(depth), '['),
                              std::string(static_cast<size_t>(depth), ']'))});
}
std::string Bomb() {
  std::string text = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: bomb}\na0: &a0 [x]\n";
  for (int i = 1; i < 9; ++i) {
    const std::string one = Cat("*a", i - 1);
    text += Cat("a", i, ": &a", i, " [", one);
    for (int n = 1; n < 8; ++n) text += Cat(", ", one);
    text += "]\n";
  }
  return text;
}

struct Outcome {
  int status = 0;
  std::string out, err;
};

std::string ReadWhole(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

// `kdelta translate` of one file.
Outcome Translate(const std::string& text) {
  const std::string stem = Cat(::testing::TempDir(), "/bad_input");
  std::ofstream(stem + ".yaml", std::ios::binary | std::ios::trunc) << text;
  const std::string command = Cat(KDELTA_BINARY, " translate --output json --input ", stem,
                                  ".yaml >", stem, ".out 2>", stem, ".err");
  const int status = std::system(command.c_str());
  return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, ReadWhole(stem + ".out"),
          ReadWhole(stem + ".err")};
}

#if defined(KDELTA_CHECKS) || defined(__SANITIZE_THREAD__)
constexpr int kManyPaths = 10'000;  // Where each costs ten times as much.
#else
constexpr int kManyPaths = 100'000;
#endif

// JSON documents one a line, or YAML documents with `---` between them: the Service first, the good
// Ingress last.
std::string Lines(const std::string& bad) { return Cat(Service(), "\n", bad, "\n", Good(), "\n"); }
std::string Documents(const std::string& bad) {
  return Cat(Service(), "\n---\n", bad, "\n---\n", Good(), "\n");
}

TEST(BadInputTest, TranslateNamesWhatIsBadAndLosesNothingElse) {
  const std::string megabytes(3'000'000, 'x');
  struct Case {
    const char* name;
    std::string text;
    int status;
    const char* told;  // On standard error; empty: nothing is wrong.
  };
  const Case cases[] = {
      {"malformed YAML", Documents("kind: [a"), 1, "bad_input.yaml:4: end of sequence flow"},
      {"a tab", Documents("kind: Ingress\n\tmetadata: {}"), 1, "bad_input.yaml:4: "},
      {"malformed JSON", Documents("{\"kind\": \"Ingress\", }}"), 1, "bad_input.yaml:3: "},
      {"alias bomb", Documents(Bomb()), 1, "aliases expand to more than 400000 values; write out"},
      {"invalid UTF-8", Documents("kind: \xff\xfe"), 1,
       "bad_input.yaml:3: a byte that is not UTF-8"},
      {"NUL byte", Documents(Cat("kind: a", std::string(1, '\0'))), 1,
       "bad_input.yaml:3: a NUL byte"},
      {"escaped NUL in a host", Lines(Ingress("bad", Rule(std::string("n\0ul", 4), Path("/")))), 0,
       "Ingress shop/bad: "},
      {"no kind", Lines(R"({"metadata":{"name":"x"}})"), 1,
       "bad_input.yaml:2: apiVersion and kind must be set"},
      {"no name", Lines(R"({"apiVersion":"v1","kind":"Service","metadata":{}})"), 1,
       "bad_input.yaml:2: Service: metadata.name must be set"},
      {"one item of a list",
       Lines(Cat(R"({"apiVersion":"v1","kind":"List","items":[{"kind":"x"},)",
                 Ingress("other", Rule("o.example", Path("/"))), "]}")),
       1, "bad_input.yaml:2: items[0]: apiVersion and kind must be set"},
      {"wrong type", Lines(Ingress("bad", R"({"host":7})")), 0,
       "Ingress shop/bad: shop/bad: spec.rules[0].host: expected a string"},
      {"1,000 deep", Lines(Deep(1000)), 1, "bad_input.yaml:2: nested deeper than 100"},
      {"3 MB in an annotation that is none of ours", Lines(Annotated("a/b", megabytes)), 0, ""},
      {"3 MB in strip-path", Lines(Annotated("konghq.com/strip-path", megabytes)), 0,
       "Ingress shop/bad: "},
      {"100,000 host aliases", Lines(Annotated("konghq.com/host-aliases", ManyHosts(100'000))), 0,
       ""},
      {"3 MB in host-aliases", Lines(Annotated("konghq.com/host-aliases", megabytes)), 0,
       "Ingress shop/bad: "},
      {"a host of 3 MB", Lines(Ingress("bad", Rule(megabytes, Path("/")))), 0,
       "Ingress shop/bad: "},
      {"10,000 rules", Lines(ManyRules(10'000)), 0, ""},
      {"100,000 paths", Lines(ManyPaths(kManyPaths)), 0, ""},
      {"a Secret of garbage",
       Lines(Cat(Secret(R"("data":{"tls.crt":"!!!","tls.key":"QQ=="})"), "\n", WithTls())), 0,
       "Secret shop/s: shop/s: data.tls.crt: "},
      {"a certificate of garbage",
       Lines(Cat(Secret(R"("data":{"tls.crt":"Z2FyYmFnZQ==","tls.key":"Z2FyYmFnZQ=="})"), "\n",
                 WithTls())),
       0, "Secret shop/s: "},
  };
  for (const Case& c : cases) {
    const Outcome outcome = Translate(c.text);
    EXPECT_EQ(outcome.status, c.status) << c.name;
    EXPECT_THAT(outcome.err.substr(0, 2000), HasSubstr(c.told)) << c.name;
    EXPECT_LT(outcome.err.size(), 4000u) << c.name << ": a message must not repeat what is huge";
    EXPECT_THAT(outcome.out.find("\"good.example\""), ::testing::Ne(std::string::npos)) << c.name;
  }
}

TEST(BadInputTest, AFileThatCannotBeReadDoesNotLoseTheOthersOfItsFolder) {
  const std::string folder = Cat(::testing::TempDir(), "/bad_folder");
  std::filesystem::create_directories(folder);
  std::ofstream(folder + "/a.yaml", std::ios::trunc) << "kind: [";
  std::ofstream(folder + "/b.yaml", std::ios::trunc) << Lines("");
  const std::string command = Cat(KDELTA_BINARY, " translate --output json --input ", folder, " >",
                                  folder, "/out 2>", folder, "/err");
  const int status = std::system(command.c_str());
  EXPECT_EQ(WEXITSTATUS(status), 1);
  EXPECT_THAT(ReadWhole(folder + "/err"), HasSubstr("/a.yaml:"));
  EXPECT_THAT(ReadWhole(folder + "/out"), HasSubstr("good.example"));
}

}  // namespace
}  // namespace kdelta
