#include "analysis/chords.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <string>
#include <vector>

#include "support/hand_made.h"

namespace undersong {
namespace {

// "0-1920 C | 1920-3840 Am"
std::string progression(const Score& score) {
  std::string text;
  for (const ChordSpan& span : recognise_chords(score)) {
    if (!text.empty()) text += " | ";
    text += std::to_string(span.onset_ticks) + "-" + std::to_string(span.end_ticks) + " " +
            chord_name(span.chord);
  }
  return text;
}

std::string names(const Score& score) {
  std::string text;
  for (const ChordSpan& span : recognise_chords(score))
    text += (text.empty() ? "" : " ") + chord_name(span.chord);
  return text;
}

TEST(Chords, AreNamedByRootAndQuality) {
  EXPECT_EQ(chord_name({0, ChordQuality::kMajor}), "C");
  EXPECT_EQ(chord_name({6, ChordQuality::kMinor7}), "F#m7");
  EXPECT_EQ(chord_name({11, ChordQuality::kHalfDiminished7}), "Bm7b5");
}

TEST(Chords, ChangeWithTheBars) {
  HandMade piece;
  piece.chord(0, 4, {48, 60, 64, 67});
  piece.chord(4, 4, {45, 60, 64, 69});
  piece.chord(8, 4, {41, 60, 65, 69});
  piece.chord(12, 4, {43, 59, 62, 67});
  EXPECT_EQ(progression(piece.score()), "0-1920 C | 1920-3840 Am | 3840-5760 F | 5760-7680 G");
}

TEST(Chords, ChangeInTheMiddleOfABar) {
  HandMade piece;
  piece.chord(0, 2, {48, 64, 67}).chord(2, 2, {43, 62, 65, 71});
  EXPECT_EQ(progression(piece.score()), "0-960 C | 960-1920 G7");
}

TEST(Chords, OfThreeBeatsComeBarByBar) {
  HandMade piece;
  piece.meter(0, 3, 4);
  piece.note(0, 1, 48).chord(1, 2, {64, 67});
  piece.note(3, 1, 43).chord(4, 2, {59, 62});
  EXPECT_EQ(progression(piece.score()), "0-1440 C | 1440-2880 G");
}

TEST(Chords, EveryTemplateIsFoundOnEveryRoot) {
  const std::vector<std::vector<int>> shapes = {
      {0, 4, 7},     {0, 3, 7},     {0, 3, 6},     {0, 4, 8},     {0, 5, 7},
      {0, 4, 7, 10}, {0, 4, 7, 11}, {0, 3, 7, 10}, {0, 3, 6, 10}, {0, 3, 6, 9}};
  for (std::size_t quality = 0; quality < shapes.size(); ++quality) {
    for (int root = 0; root < 12; ++root) {
      HandMade piece;
      for (const int interval : shapes[quality]) piece.note(0, 4, 48 + root + interval);
      const Chord expected = {root, static_cast<ChordQuality>(quality)};
      EXPECT_EQ(names(piece.score()), chord_name(expected));
    }
  }
}

TEST(Chords, PassingNotesDoNotChangeThem) {
  HandMade piece;
  piece.chord(0, 4, {48, 55, 64});
  piece.note(0, 0.5, 72).note(0.5, 0.5, 74).note(1, 0.5, 76).note(1.5, 0.5, 77);
  piece.note(2, 0.5, 79).note(2.5, 0.5, 77).note(3, 0.5, 76).note(3.5, 0.5, 74);
  EXPECT_EQ(names(piece.score()), "C");
}

TEST(Chords, TheBassTellsASixthFromASeventh) {
  EXPECT_EQ(names(HandMade().chord(0, 4, {45, 60, 64, 67}).score()), "Am7");
  EXPECT_EQ(names(HandMade().chord(0, 4, {51, 54, 57, 60}).score()), "D#dim7");
  EXPECT_EQ(names(HandMade().chord(0, 4, {54, 57, 60, 63}).score()), "F#dim7");
}

TEST(Chords, InversionsKeepTheirRoot) {
  EXPECT_EQ(names(HandMade().chord(0, 4, {52, 55, 60}).score()), "C");
  EXPECT_EQ(names(HandMade().chord(0, 4, {55, 60, 64}).score()), "C");
  EXPECT_EQ(names(HandMade().chord(0, 4, {53, 59, 62, 67}).score()), "G7");
}

TEST(Chords, AnOctaveKeepsTheChordBefore) {
  HandMade piece;
  piece.chord(0, 4, {43, 62, 67, 70}).chord(4, 4, {43, 55}).chord(8, 4, {43, 55, 62});
  EXPECT_EQ(names(piece.score()), "Gm");
}

TEST(Chords, SilenceHasNone) {
  HandMade piece;
  piece.chord(0, 2, {48, 52, 55}).chord(8, 2, {48, 52, 55}).note(12, 1, 40, kDrumChannel);
  EXPECT_EQ(progression(piece.score()), "0-960 C | 3840-4800 C");
  EXPECT_EQ(progression(Score{}), "");
}

TEST(Chords, ALongNoteIsOneSpan) {
  Score score;
  score.ticks_per_quarter = 1;
  score.tracks.resize(1);
  score.tracks[0].notes = {{3, 2000000000, 60}, {3, 2000000000, 64}, {3, 2000000000, 67}};
  EXPECT_EQ(progression(score), "2-2000000004 C");
}

// I-vi-IV-V as broken chords over a bass, with a line of chord tones and passing notes on top.
Score broken_chords(int key) {
  const std::vector<std::vector<int>> chords = {{0, 4, 7}, {9, 12, 16}, {5, 9, 12}, {7, 11, 14}};
  const std::vector<int> scale = {0, 2, 4, 5, 7, 9, 11, 12, 14, 16};
  const std::vector<std::size_t> degrees = {0, 5, 3, 4};
  const std::vector<std::size_t> line = {0, 1, 2, 3, 4, 3, 2, 1};
  HandMade piece;
  for (std::size_t bar = 0; bar < chords.size(); ++bar) {
    const double onset = 4.0 * static_cast<double>(bar);
    piece.note(onset, 2, 36 + key + chords[bar][0]);
    for (std::size_t i = 0; i < 16; ++i)
      piece.note(onset + static_cast<double>(i) / 4, 0.25, 48 + key + chords[bar][i % 3]);
    for (std::size_t i = 0; i < 8; ++i)
      piece.note(onset + static_cast<double>(i) / 2, 0.5, 72 + key + scale[degrees[bar] + line[i]]);
  }
  return piece.score();
}

std::string chord_at(const std::vector<ChordSpan>& spans, Ticks tick) {
  for (const ChordSpan& span : spans) {
    if (span.onset_ticks <= tick && tick < span.end_ticks) return chord_name(span.chord);
  }
  return "none";
}

TEST(Chords, ArpeggiosWithAMelodyAreRecognisedInEveryKey) {
  int right = 0;
  for (int key = 0; key < 12; ++key) {
    const std::vector<ChordSpan> spans = recognise_chords(broken_chords(key));
    const std::vector<Chord> expected = {{key, ChordQuality::kMajor},
                                         {(key + 9) % 12, ChordQuality::kMinor},
                                         {(key + 5) % 12, ChordQuality::kMajor},
                                         {(key + 7) % 12, ChordQuality::kMajor}};
    for (std::size_t half = 0; half < 8; ++half) {
      const std::string found = chord_at(spans, static_cast<Ticks>(half) * 960);
      if (found == chord_name(expected[half / 2])) ++right;
    }
  }
  EXPECT_EQ(right, 96);
}

TEST(Chords, ComeInOrderWithoutOverlapWhateverTheMusic) {
  const bool holds = rc::check("spans", [] {
    Score score;
    score.ticks_per_quarter = *rc::gen::inRange(1, 500);
    score.tracks.resize(1);
    for (int i = *rc::gen::inRange(0, 40); i > 0; --i) {
      const auto pitch = static_cast<std::uint8_t>(*rc::gen::inRange(0, 128));
      score.tracks[0].notes.push_back(
          {*rc::gen::inRange(0, 9000), *rc::gen::inRange(0, 4000), pitch});
    }
    for (int i = *rc::gen::inRange(0, 4); i > 0; --i) {
      const auto numerator = static_cast<std::uint8_t>(*rc::gen::inRange(1, 13));
      score.meters.push_back({*rc::gen::inRange(0, 9000), numerator, 4});
    }
    sort_events(score);
    Ticks end = 0;
    for (const ChordSpan& span : recognise_chords(score)) {
      RC_ASSERT(span.onset_ticks >= end);
      RC_ASSERT(span.end_ticks > span.onset_ticks);
      end = span.end_ticks;
    }
  });
  EXPECT_TRUE(holds);
}

}  // namespace
}  // namespace undersong
