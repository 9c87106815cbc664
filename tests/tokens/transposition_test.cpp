#include "tokens/transposition.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tokens/note_matrix.h"

namespace undersong {
namespace {

using testing::ElementsAre;

Vocabulary few_symbols() {
  return {{"0.4.7", "2.6.9", "B-4", "C4", "C5", "D4"}, {1, 1, 1, 1, 1, 1}};
}

TEST(TranspositionMap, MovesNotesAndChords) {
  const auto map = transposition_map(few_symbols(), Representation::kSymbols, 2);
  EXPECT_THAT(map, ElementsAre(1, kNoToken, 4, 5, kNoToken, kNoToken));
}

TEST(TranspositionMap, IsTheIdentityForNoSemitones) {
  EXPECT_THAT(transposition_map(few_symbols(), Representation::kSymbols, 0),
              ElementsAre(0, 1, 2, 3, 4, 5));
}

TEST(TranspositionMap, MovesThePitchColumnAlone) {
  const Vocabulary vocabulary = note_matrix_vocabulary();
  const auto map = transposition_map(vocabulary, Representation::kNoteMatrix, -3);
  EXPECT_EQ(map[60], 57);
  EXPECT_EQ(map[1], kNoToken);
  const auto velocity = static_cast<std::size_t>(*vocabulary.id_of("velocity:60"));
  EXPECT_EQ(map[velocity], static_cast<TokenId>(velocity));
}

TEST(Transpose, LeavesOutSymbolsWithoutAPlace) {
  const auto map = transposition_map(few_symbols(), Representation::kSymbols, 2);
  EXPECT_THAT(transpose(std::vector<TokenId>{0, 1, 3}, map, Representation::kSymbols),
              ElementsAre(1, 5));
}

TEST(Transpose, LeavesOutWholeRowsOfTheNoteMatrix) {
  const Vocabulary vocabulary = note_matrix_vocabulary();
  const auto map = transposition_map(vocabulary, Representation::kNoteMatrix, 1);
  const auto id = [&](const char* symbol) { return *vocabulary.id_of(symbol); };
  const auto row = [&](const char* pitch) {
    return std::vector<TokenId>{id(pitch), id("velocity:60"), id("interval:12"), id("duration:12"),
                                id("tempo:120")};
  };
  std::vector<TokenId> ids = row("pitch:127");
  for (const TokenId next : row("pitch:60")) ids.push_back(next);
  EXPECT_EQ(transpose(ids, map, Representation::kNoteMatrix), row("pitch:61"));
}

}  // namespace
}  // namespace undersong
