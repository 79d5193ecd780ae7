#include "io/http_message.h"

#include "engine/text.h"
#include "gtest/gtest.h"

namespace io {
namespace {

TEST(HeadersTest, NamesCompareWithoutCase) {
  Headers headers;
  headers.Add("Content-Type", "a");
  headers.Add("content-type", "b");
  EXPECT_EQ(headers.Find("CONTENT-TYPE"), "a");
  headers.Set("CONTENT-type", "c");
  EXPECT_EQ(headers.Find("content-type"), "c");
  EXPECT_EQ(headers.all().size(), 1u);
  EXPECT_EQ(headers.Find("Content"), "");
}

TEST(HeadersTest, WhatFramesTheMessageIsNotTheCallers) {
  Headers headers;
  for (const char* name : {"Host", "content-length", "Transfer-Encoding", "CONNECTION", "X-Mine"})
    headers.Add(name, "1");
  std::string out;
  AppendHeaderLines(out, headers);
  EXPECT_EQ(out, "X-Mine: 1\r\n");
}

TEST(HeadersTest, ALineBreakIsRefusedWithoutShowingTheValue) {
  for (const std::string& value :
       {std::string("a\r\nX: b"), std::string("a\nb"), std::string("a\0b", 3)}) {
    Headers headers;
    headers.Add("Authorization", value);
    const absl::Status status = CheckHeaders(headers);
    EXPECT_EQ(engine::MessageOf(status), "header Authorization holds a line break or a NUL");
  }
  Headers named;
  named.Add("a b", "c");
  EXPECT_FALSE(CheckHeaders(named).ok());
}

}  // namespace
}  // namespace io
