#include "io/line_splitter.h"

#include <string>
#include <vector>

#include "engine/text.h"
#include "gtest/gtest.h"

namespace io {
namespace {

using Lines = std::vector<std::string>;

struct Reader {
  LineSplitter splitter;
  Lines lines;
  absl::Status Feed(std::string_view piece) {
    return splitter.Feed(piece, [this](std::string_view line) {
      lines.emplace_back(line);
      return true;
    });
  }
};

TEST(LineSplitterTest, LinesAreTheSameHoweverTheStreamIsCut) {
  const std::string stream = "{\"a\":1}\n\n{\"b\":2}\nno end";
  for (size_t size = 1; size <= stream.size(); ++size) {
    Reader reader{LineSplitter(100), {}};
    for (size_t i = 0; i < stream.size(); i += size) {
      ASSERT_TRUE(reader.Feed(std::string_view(stream).substr(i, size)).ok());
    }
    EXPECT_EQ(reader.lines, (Lines{"{\"a\":1}", "{\"b\":2}"})) << "pieces of " << size;
    EXPECT_EQ(reader.splitter.rest(), "no end");
  }
}

TEST(LineSplitterTest, AWholeLineIsHandedOverWithoutACopy) {
  const std::string_view piece = "first\nsecond\n";
  LineSplitter splitter(100);
  std::vector<const char*> starts;
  ASSERT_TRUE(splitter
                  .Feed(piece,
                        [&](std::string_view line) {
                          starts.push_back(line.data());
                          return true;
                        })
                  .ok());
  EXPECT_EQ(starts, (std::vector<const char*>{piece.data(), piece.data() + 6}));
}

TEST(LineSplitterTest, TheLongestLineIsTakenAndOneByteMoreIsAnError) {
  for (const bool in_pieces : {false, true}) {
    Reader reader{LineSplitter(4), {}};
    ASSERT_TRUE(reader.Feed("1234\n").ok());
    if (in_pieces) {
      ASSERT_TRUE(reader.Feed("123").ok());
    }
    const absl::Status status = reader.Feed(in_pieces ? "45\n" : "12345\n");
    EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted);
    EXPECT_EQ(engine::MessageOf(status), "a line is longer than 4 bytes");
    EXPECT_EQ(reader.lines, (Lines{"1234"}));
    EXPECT_EQ(reader.splitter.rest(), "");
  }
}

TEST(LineSplitterTest, ALineWithoutEndIsAnErrorBeforeItEatsTheMemory) {
  Reader reader{LineSplitter(4), {}};
  EXPECT_FALSE(reader.Feed("12345").ok());
}

TEST(LineSplitterTest, StoppingDropsTheRestOfThePiece) {
  LineSplitter splitter(100);
  Lines lines;
  ASSERT_TRUE(splitter
                  .Feed("a\nb\nc",
                        [&](std::string_view line) {
                          lines.emplace_back(line);
                          return false;
                        })
                  .ok());
  EXPECT_EQ(lines, (Lines{"a"}));
  EXPECT_EQ(splitter.rest(), "");
}

}  // namespace
}  // namespace io
