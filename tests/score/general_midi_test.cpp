#include "score/general_midi.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "base/error.h"
#include "support/thrown_error.h"

namespace undersong {
namespace {

TEST(GeneralMidi, Has128DifferentNames) {
  const std::set<std::string_view> names(kGeneralMidiPrograms.begin(), kGeneralMidiPrograms.end());
  EXPECT_EQ(names.size(), 128U);
  EXPECT_EQ(kGeneralMidiPrograms[40], "Violin");
  EXPECT_EQ(kGeneralMidiPrograms[73], "Flute");
  EXPECT_EQ(kGeneralMidiPrograms[104], "Sitar");
  EXPECT_EQ(kGeneralMidiPrograms[127], "Gunshot");
}

TEST(ParseProgram, TakesNumbersFrom0To127) {
  EXPECT_EQ(parse_program("0"), 0);
  EXPECT_EQ(parse_program("127"), 127);
}

TEST(ParseProgram, TakesEveryName) {
  for (std::size_t i = 0; i < kGeneralMidiPrograms.size(); ++i)
    EXPECT_EQ(parse_program(kGeneralMidiPrograms[i]), static_cast<int>(i));
}

TEST(ParseProgram, TakesPartsOfNamesInAnyCase) {
  EXPECT_EQ(parse_program("VIOLIN"), 40);
  EXPECT_EQ(parse_program("viol"), 40);
  EXPECT_EQ(parse_program("piano"), 0);
  EXPECT_EQ(parse_program("nylon"), 24);
}

TEST(ParseProgram, TakesAllWordsOfANameInAnyOrder) {
  EXPECT_EQ(parse_program("warm pad"), 89);
  EXPECT_EQ(parse_program("fingered bass"), 33);
  EXPECT_EQ(parse_program("jazz guitar"), 26);
  EXPECT_EQ(parse_program("Nylon Guitar"), 24);
  EXPECT_EQ(parse_program("saw lead"), 81);
}

TEST(ParseProgram, SaysWhatItTakes) {
  for (const char* text : {"128", "-1", "", "kazoo", "1.5"}) {
    const Error error = thrown_error([&] { parse_program(text); });
    EXPECT_EQ(error.kind(), ErrorKind::kUsage);
    EXPECT_EQ(error.message(), "there is no instrument '" + std::string(text) +
                                   "': give a number from 0 to 127 or a General MIDI name such as "
                                   "violin");
  }
}

}  // namespace
}  // namespace undersong
