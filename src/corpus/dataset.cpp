#include "corpus/dataset.h"

#include <algorithm>
#include <cctype>
#include <set>
#include <sstream>

#include "base/cancel.h"
#include "base/error.h"
#include "base/file.h"
#include "tokens/composer_text.h"
#include "tokens/note_matrix.h"
#include "tokens/score_grid.h"
#include "tokens/symbols.h"

namespace undersong {
namespace {

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return result;
}

Score with_tracks_named(Score score, const std::string& name) {
  if (name.empty()) return score;
  std::erase_if(score.tracks, [&](const Track& track) {
    return lower(track.name).find(lower(name)) == std::string::npos;
  });
  return score;
}

std::vector<Piece> pieces_of_groups(const Manifest& manifest,
                                    const std::vector<std::string>& groups) {
  if (groups.empty()) return manifest.pieces;
  std::vector<Piece> pieces;
  for (const auto& group : groups) {
    for (auto& piece : pieces_of_group(manifest, group)) pieces.push_back(std::move(piece));
  }
  return pieces;
}

// The split of a piece when some are held out by name: those validate, all others train.
Split chosen_split(const Piece& piece, const std::set<std::string>& held_out) {
  if (held_out.empty()) return piece.split;
  return held_out.contains(piece.path) ? Split::kValid : Split::kTrain;
}

// Scores of one corpus, with what the dataset keeps of each piece.
struct ChosenPiece {
  DatasetPiece piece;
  Score score;
};

std::vector<ChosenPiece> read_chosen(const Corpus& corpus, const DatasetOptions& options) {
  const Manifest& manifest = corpus.manifest();
  const std::set<std::string> held_out(options.held_out.begin(), options.held_out.end());
  std::set<std::string> found;
  std::vector<ChosenPiece> chosen;
  for (auto& [piece, score] : hear_pieces(corpus, options.groups, options.track_name)) {
    if (held_out.contains(piece.path)) found.insert(piece.path);
    chosen.push_back(
        {{piece.path, piece.licence, chosen_split(piece, held_out), {}}, std::move(score)});
  }
  if (!held_out.empty() && found.empty()) {
    throw Error(ErrorKind::kUsage,
                "none of the pieces to hold out is among those chosen from the corpus " +
                    manifest.name + "; name them as `undersong corpus show` does");
  }
  return chosen;
}

void encode_symbols(std::vector<ChosenPiece>& chosen, const DatasetOptions& options,
                    Dataset& dataset) {
  std::vector<std::vector<SymbolEvent>> events;
  std::vector<std::vector<std::string>> symbols;
  std::vector<std::vector<SymbolEvent>> training_events;
  for (const auto& [piece, score] : chosen) {
    events.push_back(symbol_events(score));
    symbols.emplace_back();
    for (const auto& event : events.back()) symbols.back().push_back(event.symbol);
    if (piece.split == Split::kTrain) training_events.push_back(events.back());
  }
  dataset.vocabulary =
      options.vocabulary ? *options.vocabulary : Vocabulary::count(symbols, options.minimum_count);
  for (std::size_t i = 0; i < chosen.size(); ++i)
    chosen[i].piece.ids = dataset.vocabulary.encode(symbols[i]);
  dataset.rhythm = RhythmTable::learn(training_events, dataset.vocabulary);
}

void encode_note_rows(std::vector<ChosenPiece>& chosen, Dataset& dataset) {
  dataset.vocabulary = note_matrix_vocabulary();
  dataset.column_sizes = note_column_sizes();
  for (auto& [piece, score] : chosen) piece.ids = encode_note_matrix(score);
}

// Whole pieces without controls: what a model has to find out by itself. The manifest does not say
// what style a piece is of.
void encode_bars(std::vector<ChosenPiece>& chosen, Dataset& dataset) {
  dataset.vocabulary = composer_vocabulary();
  for (auto& [piece, score] : chosen) {
    throw_if_cancelled();
    const GridPiece bars = to_grid(score, {}).piece;
    TextLayout layout = TextLayout::whole(bars);
    layout.controls = ControlChoice::none();
    piece.ids = to_composer_text(bars, layout);
  }
}

void encode(std::vector<ChosenPiece>& chosen, const DatasetOptions& options, Dataset& dataset) {
  switch (options.representation) {
    case Representation::kSymbols: return encode_symbols(chosen, options, dataset);
    case Representation::kNoteMatrix: return encode_note_rows(chosen, dataset);
    case Representation::kComposer: return encode_bars(chosen, dataset);
  }
}

}  // namespace

std::vector<const DatasetPiece*> Dataset::of(Split split) const {
  std::vector<const DatasetPiece*> chosen;
  for (const auto& piece : pieces) {
    if (piece.split == split) chosen.push_back(&piece);
  }
  return chosen;
}

std::vector<std::string> Dataset::licences() const {
  std::set<std::string> names;
  for (const auto& piece : pieces) names.insert(piece.licence.empty() ? "unknown" : piece.licence);
  return {names.begin(), names.end()};
}

std::vector<HeardPiece> hear_pieces(const Corpus& corpus, const std::vector<std::string>& groups,
                                    const std::string& track_name) {
  std::vector<HeardPiece> heard;
  for (Piece& piece : pieces_of_groups(corpus.manifest(), groups)) {
    if (!piece.duplicate_of.empty()) continue;
    throw_if_cancelled();
    Score score = with_tracks_named(corpus.read_piece(piece), track_name);
    if (note_count(score) > 0) heard.push_back({std::move(piece), std::move(score)});
  }
  return heard;
}

Dataset load_dataset(const Corpus& corpus, const DatasetOptions& options) {
  Dataset dataset;
  dataset.options = options;
  dataset.corpus = corpus.manifest().name;
  dataset.corpus_sha256 = corpus.manifest().sha256();
  dataset.representation = options.representation;
  std::vector<ChosenPiece> chosen = read_chosen(corpus, options);
  encode(chosen, options, dataset);
  for (auto& [piece, score] : chosen) {
    if (!piece.ids.empty()) dataset.pieces.push_back(std::move(piece));
  }
  if (dataset.pieces.empty()) {
    throw Error(ErrorKind::kUsage,
                "nothing is left to learn from in the corpus " + dataset.corpus +
                    (options.track_name.empty()
                         ? ": its music is too small, or every symbol is rarer than --minimum-count"
                         : ": no track is named \"" + options.track_name + "\""));
  }
  return dataset;
}

std::vector<std::string> read_held_out(const std::filesystem::path& path) {
  std::vector<std::string> lines;
  std::istringstream text(read_text_file(path));
  for (std::string line; std::getline(text, line);) {
    while (!line.empty() && (line.back() == '\r' || line.back() == ' ')) line.pop_back();
    if (!line.empty() && line.front() != '#') lines.push_back(line);
  }
  if (lines.empty()) {
    throw Error(ErrorKind::kUsage, display(path) +
                                       " names no piece; put one path a line, as `undersong corpus "
                                       "show` writes them");
  }
  return lines;
}

}  // namespace undersong
