#include "kong/validity.h"

#include "engine/text.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace kong {
namespace {

using engine::Cat;
using testing::HasSubstr;

struct Case {
  std::string_view array, row;
  std::string_view field;  // Of the first breach.
  std::string_view why;    // A part of it; empty: no breach.
  bool expressions = false;
};

void Expect(const Case& c) {
  std::optional<Json> row = ParseJson(c.row);
  ASSERT_TRUE(row) << c.row;
  Breaches breaches = CheckEntity(c.array, *row, c.expressions);
  if (c.why.empty()) {
    EXPECT_TRUE(breaches.empty()) << c.row << ": " << breaches[0].field << ": " << breaches[0].why;
    return;
  }
  ASSERT_FALSE(breaches.empty()) << c.row;
  EXPECT_EQ(breaches[0].field, c.field) << c.row;
  EXPECT_THAT(breaches[0].why, HasSubstr(std::string(c.why))) << c.row;
}

TEST(ValidityTest, TagsAndNames) {
  for (const Case& c : std::vector<Case>{
           {"services", R"({"name": "shop.cart~1_a-b", "tags": ["a b", "ü"]})", "", ""},
           {"services", R"({"tags": ["a", "b,c"]})", "tags.1", "invalid tag 'b,c'"},
           {"services", R"({"tags": ["a/b"]})", "tags.0", "invalid tag"},
           {"services", R"({"name": "a b"})", "name", "only accepted ascii"},
           {"services", R"({"name": "ü"})", "", ""},
           {"routes", R"({"name": "a*b", "hosts": ["a"]})", "name", "only accepted ascii"},
           {"upstreams", R"({"name": "cart.shop.80.svc"})", "", ""},
           {"upstreams", R"({"name": "a/b"})", "name", "valid hostname"},
           {"snis", R"({"name": "*.a.example"})", "", ""},
           {"snis", R"({"name": "a b"})", "name", "invalid value"},
           {"services", R"({"host": "cart.shop.80.svc"})", "", ""},
           {"services", R"({"host": "a..b"})", "host", "invalid value"},
           {"targets", R"({"target": "10.0.0.1:80"})", "", ""},
           {"targets", R"({"target": "[2001:db8::1]:80"})", "", ""},
           {"targets", R"({"target": "a b:80"})", "target", "Invalid target"},
       })
    Expect(c);
}

TEST(ValidityTest, Routes) {
  for (const Case& c : std::vector<Case>{
           {"routes", R"({"paths": ["/a", "~/b$"]})", "", ""},
           {"routes", R"({"paths": ["/a", "/b//c"]})", "paths.1", "non-normalized path"},
           {"routes", R"({"paths": ["/a%20b"]})", "paths.0", "consider use '/a b'"},
           {"routes", R"j({"paths": ["~/("]})j", "paths.0", "invalid regex"},
           {"routes", R"j({"paths": ["~/(?=a)"]})j", "", "Router Expression failed"},
           {"routes", R"j({"paths": ["~/(?<name>a)"]})j", "", ""},
           {"routes", R"({"hosts": ["*.a.example", "a.*", "a.example:80"]})", "", ""},
           {"routes", R"({"hosts": ["a b"]})", "hosts.0", "invalid hostname"},
           {"routes", R"({})", "", "must set one of 'methods'"},
           {"routes", R"({"protocols": ["http"], "snis": ["a"]})", "", "must set one of 'methods'"},
           {"routes", R"({"protocols": ["grpc"], "methods": ["GET"]})", "methods",
            "cannot set 'methods'"},
           {"routes", R"({"protocols": ["grpc"], "strip_path": true, "paths": ["/"]})",
            "strip_path", "cannot set 'strip_path'"},
           {"routes", R"({"protocols": ["grpc"], "strip_path": false, "paths": ["/"]})", "", ""},
           {"routes", R"({"protocols": ["tcp"]})", "", "must set one of 'sources'"},
           {"routes", R"({"protocols": ["tcp"], "destinations": [{"port": 80}]})", "", ""},
           {"routes", R"({"protocols": ["tcp"], "paths": ["/"]})", "paths", "cannot set 'paths'"},
           {"routes", R"({"protocols": ["tls_passthrough"], "snis": ["a"]})", "", ""},
           {"routes", R"({"protocols": ["tls_passthrough"]})", "", "must set snis"},
           {"routes", R"({"expression": "http.path ^= \"/\""})", "", "must set one of"},
           {"routes", R"({"expression": "http.path ^= \"/\""})", "", "", true},
           {"routes", R"({"expression": "http.path ^ \"/\""})", "", "Router Expression failed",
            true},
           {"routes", R"({"expression": "http.queries.a-b == \"1\""})", "", "Router Expression",
            true},
           {"routes", R"({"expression": "http.path ^= \"/\"", "hosts": ["a"]})", "",
            "together with", true},
           {"routes", R"({"expression": "net.dst.port == 1", "protocols": ["tcp"]})", "", "", true},
           {"routes", R"({"expression": "http.path == \"/\"", "protocols": ["tcp"]})", "",
            "Router Expression", true},
       })
    Expect(c);
}

TEST(ValidityTest, PluginsAndKeys) {
  for (const Case& c : std::vector<Case>{
           {"plugins", R"({"name": "redirect", "config": {"location": "/a"}})", "config.location",
            "missing host"},
           {"plugins", R"({"name": "redirect", "config": {"location": "//a/b"}})",
            "config.location", "missing scheme"},
           {"plugins", R"({"name": "redirect", "config": {"location": "http://a/b"}})", "", ""},
           {"plugins", R"({"name": "http-log", "config": {"http_endpoint": "{vault://env/x}"}})",
            "", ""},
           {"certificates", R"({"cert": "x", "key": "y"})", "cert", "invalid certificate"},
           {"ca_certificates", R"({"cert": "x"})", "cert", "invalid certificate"},
           {"jwt_secrets", R"({"rsa_public_key": "x"})", "rsa_public_key", "invalid key"},
       })
    Expect(c);
}

TEST(ValidityTest, HostileRowsAreOnlyBreaches) {
  for (std::string_view array : {"routes", "services", "plugins", "certificates", "upstreams"}) {
    for (std::string_view row :
         {"[]", "null", R"({"paths": 3, "hosts": {"a": 1}, "protocols": [1, null], "tags": [[]]})",
          R"({"name": {"a": 1}, "headers": [1], "methods": "GET", "snis": [null]})"}) {
      std::optional<Json> parsed = ParseJson(row);
      ASSERT_TRUE(parsed);
      CheckEntity(array, *parsed, true);
      CheckEntity(array, *parsed, false);
    }
  }
}

TEST(ValidityTest, NormalPathsAreThoseOfKong) {
  EXPECT_EQ(NormalPath("/my%20path/123/"), "/my path/123/");
  EXPECT_EQ(NormalPath("/a/../b/./c"), "/b/c");
  EXPECT_EQ(NormalPath("/a%2fb"), "/a%2Fb");
  EXPECT_EQ(NormalPath("/"), "/");
}

}  // namespace
}  // namespace kong
