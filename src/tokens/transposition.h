#pragma once
// The same music higher or lower. A model that hears every piece in several keys learns intervals,
// not one composer's favourite keys: worth 0.36 nats a symbol on Mozart's unseen pieces
// (docs/benchmarks.md).

#include <span>
#include <vector>

#include "tokens/representation.h"
#include "tokens/vocabulary.h"

namespace undersong {

// Where an id goes that has nowhere to go: out of the keyboard, or a symbol that the vocabulary
// lacks.
inline constexpr TokenId kNoToken = -1;

// For every id its id when all sounds `semitones` higher; kNoToken where there is none.
std::vector<TokenId> transposition_map(const Vocabulary& vocabulary, Representation representation,
                                       int semitones);

// `ids` moved by `map`. Symbols without a place are left out; of a note matrix the whole row is, so
// that columns stay in turn.
std::vector<TokenId> transpose(std::span<const TokenId> ids, std::span<const TokenId> map,
                               Representation representation);

}  // namespace undersong
