#include "kong/plugin_attachments.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace kong {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> Refs(std::string_view annotation) {
  k8s::TextMap annotations;
  annotations.Set(Symbol(kPluginsAnnotation), std::string(annotation));
  std::vector<std::string> texts;
  for (const PluginRef& plugin : PluginsOf(annotations, Symbol("shop")))
    texts.push_back(engine::Cat(plugin.ns, ' ', plugin.name));
  return texts;
}

TEST(PluginAttachmentsTest, NamesAreLookedForInTheOwnNamespaceUnlessTheyNameAnother) {
  EXPECT_THAT(Refs("a, ops:b ,c"), ElementsAre("shop a", "ops b", "shop c"));
}

TEST(PluginAttachmentsTest, EachCountsOnce) {
  EXPECT_THAT(Refs("a,a,shop:a"), ElementsAre("shop a"));
}

TEST(PluginAttachmentsTest, HostileEntriesAreSkippedOrJustNames) {
  EXPECT_THAT(Refs(":a,b:,:,,"), IsEmpty());
  EXPECT_THAT(Refs("a:b:c"), ElementsAre("a b:c"));
  EXPECT_THAT(Refs(std::string(100'000, ',')), IsEmpty());
}

TEST(PluginAttachmentsTest, WithoutTheAnnotationThereAreNone) {
  EXPECT_THAT(PluginsOf({}, Symbol("shop")), IsEmpty());
}

}  // namespace
}  // namespace kong
