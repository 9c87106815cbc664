#pragma once
// A corpus as numbers: what models learn from and are judged on.

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "corpus/corpus.h"
#include "tokens/representation.h"
#include "tokens/rhythm.h"
#include "tokens/vocabulary.h"

namespace undersong {

struct DatasetOptions {
  Representation representation = Representation::kSymbols;
  std::vector<std::string> groups;  // empty: all
  std::string track_name;  // only tracks whose name holds this, whatever the case; empty: all
  std::int64_t minimum_count = 10;  // symbols seen fewer times are dropped, as the seed meant to
  std::vector<std::string>
      held_out;  // paths of pieces to validate on instead of the manifest's split
  // A model's own: symbols that it lacks are left out, and `minimum_count` says nothing. Unset:
  // counted.
  std::optional<Vocabulary> vocabulary;
};

struct DatasetPiece {
  std::string path;
  std::string licence;
  Split split = Split::kTrain;
  std::vector<TokenId> ids;  // of kComposer in the style `own`, which a caller may change
};

struct Dataset {
  DatasetOptions options;  // what it was chosen by
  std::string corpus;
  std::string corpus_sha256;
  Representation representation = Representation::kSymbols;
  Vocabulary vocabulary;
  std::vector<int> column_sizes;     // for the note matrix
  std::vector<DatasetPiece> pieces;  // duplicates left out
  RhythmTable rhythm;                // for symbols, from the pieces of the training split

  std::vector<const DatasetPiece*> of(Split split) const;
  // Sorted and distinct; an empty one is named "unknown".
  std::vector<std::string> licences() const;
};

// A piece as training hears it: the chosen tracks alone.
struct HeardPiece {
  Piece piece;
  Score score;
};

// Pieces of the chosen groups that have notes on chosen tracks, whichever their split; duplicates
// left out. Errors: kNotFound for a group that is not there, kCancelled, those of read_piece.
std::vector<HeardPiece> hear_pieces(const Corpus& corpus, const std::vector<std::string>& groups,
                                    const std::string& track_name);

// A vocabulary that is not given is counted over all chosen pieces, whichever their split.
// Errors: kUsage for a group, track name or held-out path that is not there, and when nothing is
// left to learn from.
Dataset load_dataset(const Corpus& corpus, const DatasetOptions& options);

// The paths in a text file, one a line; empty lines and those that begin with # are left out.
// Errors: kUsage when it names none; those of read_text_file.
std::vector<std::string> read_held_out(const std::filesystem::path& path);

}  // namespace undersong
