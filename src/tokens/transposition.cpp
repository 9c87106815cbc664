#include "tokens/transposition.h"

#include <charconv>
#include <string>
#include <string_view>

#include "tokens/note_matrix.h"
#include "tokens/symbols.h"

namespace undersong {
namespace {

constexpr std::string_view kPitchPrefix = "pitch:";
constexpr int kMiddleOctave = 60;  // a chord has no octave: any will do

// The symbol `semitones` higher; empty when it leaves the range of MIDI.
std::string moved_symbol(const std::string& symbol, int semitones) {
  std::vector<int> pitches = symbol_pitches(symbol, kMiddleOctave);
  for (int& pitch : pitches) pitch += semitones;
  const bool is_chord = symbol.front() >= '0' && symbol.front() <= '9';
  if (is_chord) return chord_symbol(pitches);
  return pitches.front() < 12 || pitches.front() > 127 ? std::string()
                                                       : note_symbol(pitches.front());
}

// "pitch:60" moves, every other column of a note stays what it is.
std::string moved_column(const std::string& symbol, int semitones) {
  if (!symbol.starts_with(kPitchPrefix)) return symbol;
  int pitch = 0;
  std::from_chars(symbol.data() + kPitchPrefix.size(), symbol.data() + symbol.size(), pitch);
  return std::string(kPitchPrefix) + std::to_string(pitch + semitones);
}

}  // namespace

std::vector<TokenId> transposition_map(const Vocabulary& vocabulary, Representation representation,
                                       int semitones) {
  std::vector<TokenId> map;
  map.reserve(static_cast<std::size_t>(vocabulary.size()));
  for (TokenId id = 0; id < vocabulary.size(); ++id) {
    const std::string& symbol = vocabulary.symbol(id);
    const std::string moved = representation == Representation::kSymbols
                                  ? moved_symbol(symbol, semitones)
                                  : moved_column(symbol, semitones);
    map.push_back(vocabulary.id_of(moved).value_or(kNoToken));
  }
  return map;
}

std::vector<TokenId> transpose(std::span<const TokenId> ids, std::span<const TokenId> map,
                               Representation representation) {
  const std::size_t row_length = representation == Representation::kNoteMatrix ? kNoteColumns : 1;
  std::vector<TokenId> moved;
  moved.reserve(ids.size());
  for (std::size_t row = 0; row + row_length <= ids.size(); row += row_length) {
    const std::size_t start = moved.size();
    for (std::size_t column = 0; column < row_length; ++column) {
      const TokenId id = map[static_cast<std::size_t>(ids[row + column])];
      if (id == kNoToken) {
        moved.resize(start);
        break;
      }
      moved.push_back(id);
    }
  }
  return moved;
}

}  // namespace undersong
