#include "kong/http_filters.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace kong {
namespace {

using k8s::PathModifier;
using k8s::RouteFilter;
using testing::HasSubstr;
using testing::IsEmpty;

RouteFilter Filter(std::string type) {
  RouteFilter filter;
  filter.type_text = std::move(type);
  return filter;
}

RouteFilter Redirect(std::optional<std::string> scheme, std::optional<std::string> host) {
  RouteFilter filter = Filter("RequestRedirect");
  filter.redirect.scheme = std::move(scheme);
  filter.redirect.hostname = std::move(host);
  return filter;
}

std::vector<PlannedPlugin> Plugins(const RouteFilter& filter, const FilterSurroundings& around) {
  auto plugins = PluginsOf({filter}, around);
  EXPECT_TRUE(plugins.ok()) << plugins.status();
  return plugins.ok() ? plugins->plugins : std::vector<PlannedPlugin>();
}

TEST(HttpFiltersTest, SettingAHeaderReplacesAndAddsIt) {
  RouteFilter filter = Filter("RequestHeaderModifier");
  filter.request_headers = {{{"a", "1"}}, {{"b", "2"}}, {"c"}};
  auto plugins = Plugins(filter, {});
  ASSERT_EQ(plugins.size(), 1u);
  EXPECT_EQ(plugins[0].name, "request-transformer");
  EXPECT_EQ(plugins[0].config,
            R"({"add":{"headers":["a:1"]},"append":{"headers":["b:2"]},"remove":{"headers":["c"]},)"
            R"("replace":{"headers":["a:1"]}})");
}

TEST(HttpFiltersTest, TheMatchedPrefixIsReplaced) {
  struct Case {
    std::string_view path, replacement, uri;
  };
  for (const Case& c : std::initializer_list<Case>{
           {"/p", "/new/", "/new$(uri_captures[1])"},
           {"/p", "/", R"($(uri_captures[1] == nil and \"/\" or uri_captures[1]))"},
           {"/", "/new", R"(/new$(uri_captures[1] == nil and \"\" or \"/\" .. uri_captures[1]))"},
           {"/", "", R"($(uri_captures[1] == nil and \"/\" or \"/\" .. uri_captures[1]))"}}) {
    RouteFilter filter = Filter("URLRewrite");
    filter.rewrite.path = PathModifier{"ReplacePrefixMatch", {}, std::string(c.replacement)};
    auto plugins = Plugins(filter, {.path = c.path, .prefix = true});
    ASSERT_EQ(plugins.size(), 1u);
    EXPECT_EQ(plugins[0].config, engine::Cat(R"({"replace":{"uri":")", c.uri, R"("}})"));
  }
}

TEST(HttpFiltersTest, ARedirectToAKnownPlaceHasAFormForEachVersion) {
  auto plugins = Plugins(Redirect("https", "h.example"), {.path = "/a"});
  ASSERT_EQ(plugins.size(), 3u);
  EXPECT_EQ(plugins[0].config,
            R"({"keep_incoming_path":true,"location":"https://h.example","status_code":302})");
  EXPECT_EQ(plugins[0].needs, kNeedsFrom3_9);
  EXPECT_EQ(plugins[1].name, "request-termination");
  EXPECT_EQ(plugins[1].needs, kNeedsBelow3_9);
  EXPECT_EQ(plugins[2].config, R"({"add":{"headers":["Location:https://h.example/a"]}})");
  EXPECT_EQ(plugins[2].needs, kNeedsBelow3_9);
}

TEST(HttpFiltersTest, ARedirectKeepsTheSchemeByWhichRequestsCome) {
  auto plugins = Plugins(Redirect({}, "h.example"), {.path = "/", .http = false, .https = true});
  EXPECT_THAT(plugins[0].config, HasSubstr("https://h.example"));
}

TEST(HttpFiltersTest, ARedirectWithoutAHostTakesTheOnlyOneThatIsServed) {
  auto plugins = Plugins(Redirect("https", {}), {.path = "/", .host = "only.example"});
  EXPECT_THAT(plugins[0].config, HasSubstr("https://only.example"));
}

TEST(HttpFiltersTest, WhatDependsOnTheRequestIsComputed) {
  auto plugins = Plugins(Redirect("https", {}), {.path = "/"});
  ASSERT_EQ(plugins.size(), 1u);
  EXPECT_EQ(plugins[0].name, "pre-function");
  EXPECT_THAT(plugins[0].config, HasSubstr("kong.request.get_forwarded_host()"));
}

TEST(HttpFiltersTest, TextOfAuthorsCannotLeaveItsPlaceInTheCode) {
  RouteFilter filter = Redirect({}, "h.example");
  filter.redirect.path = PathModifier{"ReplacePrefixMatch", {}, "/]] os.execute() --[["};
  auto plugins = Plugins(filter, {.path = "/a", .prefix = true});
  ASSERT_EQ(plugins.size(), 1u);
  EXPECT_THAT(plugins[0].config, HasSubstr("[=[/]] os.execute() --[[]=]"));
}

TEST(HttpFiltersTest, CorsBecomesAPlugin) {
  RouteFilter filter = Filter("CORS");
  filter.cors.origins = {"https://*.example.com"};
  filter.cors.methods = {"*"};
  auto plugins = Plugins(filter, {});
  ASSERT_EQ(plugins.size(), 1u);
  EXPECT_EQ(plugins[0].config, R"({"max_age":5,"origins":["^https://.+\\.example\\.com$"]})");
}

TEST(HttpFiltersTest, WhatCannotBeServedIsNamed) {
  EXPECT_FALSE(PluginsOf({Filter("RequestMirror")}, {}).ok());
  EXPECT_FALSE(PluginsOf({Filter("URLRewrite")}, {}).ok());
  EXPECT_FALSE(PluginsOf({Filter("ExtensionRef")}, {}).ok());
  EXPECT_THAT(PluginsOf({}, {})->plugins, IsEmpty());
}

}  // namespace
}  // namespace kong
