#include "pipeline/generate_composer.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "base/error.h"
#include "base/file.h"
#include "compose/gap_writer.h"
#include "compose/neural_network.h"
#include "midi/midi_file.h"
#include "model/likeliest_style.h"
#include "pipeline/generate.h"
#include "sample/composer_piece.h"
#include "score/transform.h"
#include "tokens/composer_text.h"
#include "tokens/score_grid.h"

namespace undersong {
namespace {

constexpr int kA = 9;  // the tonic of the minor key without signature

bool is_composer(const LoadedModel& model) {
  return model.info.representation == Representation::kComposer;
}

bool is_drums(GridStyle style) { return name_of(style).starts_with("drums"); }

// Semitones that move a key to the one without signature, -6…5.
int shift_of(int tonic, bool minor) {
  const int up = ((minor ? kA : 0) - tonic + 12) % 12;
  return up > 5 ? up - 12 : up;
}

// "3/4" -> its index. Errors: kUsage with all that there are.
std::uint8_t meter_index(const std::string& text) {
  std::string all;
  for (std::size_t i = 0; i < kGridMeters.size(); ++i) {
    const auto name = fmt::format("{}/{}", kGridMeters[i].numerator, kGridMeters[i].denominator);
    if (name == text) return static_cast<std::uint8_t>(i);
    all += (all.empty() ? "" : ", ") + name;
  }
  throw Error(ErrorKind::kUsage, fmt::format("--meter is \"{}\"; a composer knows {}", text, all));
}

GridPiece grid_of_prompt(const Score& score, const GenerateRequest& request) {
  GridOptions options;
  options.style = request.composer.style.value_or(GridStyle::kOwn);
  options.drums_only = is_drums(options.style);
  return with_context(display(*request.prompt), [&] { return to_grid(score, options).piece; });
}

// The prompt's bars, and how far they were moved.
struct PromptText {
  std::vector<TokenId> ids;
  int shift = 0;
};

PromptText read_prompt(const ComposerModel& model, const GenerateRequest& request) {
  const GridPiece piece = grid_of_prompt(load_midi(*request.prompt).score, request);
  TextLayout layout = TextLayout::whole(piece);
  // Energy is relative to a style, relations want the whole piece, and it is not at its end.
  layout.controls = {.chords = true, .energy = false, .relation = false, .left = false};
  std::vector<TokenId> ids = to_composer_text(piece, layout);
  ids.pop_back();
  if (!request.composer.style) ids = in_likeliest_style(model, std::move(ids));
  return {std::move(ids), piece.shift};
}

ComposerPieceRequest piece_request(const GenerateRequest& request) {
  const ComposerWishes& wishes = request.composer;
  ComposerPieceRequest piece;
  piece.style = wishes.style;
  if (wishes.key) piece.minor = is_minor(wishes.key->mode);
  if (!wishes.meter.empty()) piece.meter = meter_index(wishes.meter);
  if (request.bpm) piece.tempo = tempo_step(*request.bpm);
  piece.bars = wishes.bars;
  piece.notes = request.notes;
  piece.draw.sampling = request.sampling;
  return piece;
}

// Obeying what it is told helps as it does in compose (pipeline/writer_network.h).
constexpr double kGapGuidance = 1.5;

// The prompt with some of its bars written anew.
Score rewrite_prompt(const ComposerModel& model, const GenerateRequest& request, const Rng& rng,
                     Progress& progress) {
  const ComposerWishes& wishes = request.composer;
  const Score prompt = load_midi(*request.prompt).score;
  GridPiece piece = grid_of_prompt(prompt, request);
  if (!wishes.style)
    piece.style = likeliest_style(model, to_composer_text(piece, TextLayout::whole(piece)));
  const auto source =
      make_network_source(model, {.sampling = request.sampling, .guidance = kGapGuidance});
  const GapRequest gap{.bars = *wishes.rewrite, .roles = wishes.roles};
  Score score = from_grid(with_context(display(*request.prompt), [&] {
    return rewrite_gap(std::move(piece), gap, *source, rng.fork("gap"), progress);
  }));
  // The grid's tempos come in steps; where the file has but one, that stays.
  if (request.bpm) return with_bpm(std::move(score), *request.bpm);
  const auto& changes = prompt.tempos;
  return changes.size() == 1 ? with_bpm(std::move(score), 6e7 / changes[0].microseconds_per_quarter)
                             : score;
}

void refuse_contradictions(const GenerateRequest& request) {
  const ComposerWishes& wishes = request.composer;
  if (wishes.rewrite && !request.prompt) {
    throw Error(ErrorKind::kUsage,
                "--rewrite is for bars of a piece; name it with --prompt FILE.mid");
  }
  if (wishes.rewrite && wishes.bars != 0) {
    throw Error(ErrorKind::kUsage,
                "--rewrite keeps the piece as long as it is, so --bars says nothing; leave one of "
                "the two out");
  }
  if (!wishes.roles.empty() && !wishes.rewrite) {
    throw Error(ErrorKind::kUsage,
                "--roles says whose bars are written anew; add --rewrite, such as --rewrite 5-8");
  }
  if (request.prompt && (wishes.key || !wishes.meter.empty())) {
    throw Error(ErrorKind::kUsage,
                "--prompt has a key and a meter already, and the music goes on in them; leave out "
                "--key and --meter");
  }
  if (request.rhythm == Rhythm::kEven) {
    throw Error(ErrorKind::kUsage,
                "--rhythm even is for models of symbols that know no rhythm, and a composer writes "
                "its own; leave it out");
  }
  if (wishes.style && wishes.key && is_drums(*wishes.style)) {
    throw Error(ErrorKind::kUsage, fmt::format("--style {} has no pitches, so no --key; leave one "
                                               "of the two out",
                                               name_of(*wishes.style)));
  }
  if (wishes.bars < 0 || wishes.bars > kMostBarsOfAComposer) {
    throw Error(ErrorKind::kUsage, fmt::format("--bars is {}; it must lie between 1 and {}",
                                               wishes.bars, kMostBarsOfAComposer));
  }
}

}  // namespace

void check_composer_wishes(const LoadedModel& model, const GenerateRequest& request) {
  const ComposerWishes& wishes = request.composer;
  const bool wants = wishes.style || wishes.key || !wishes.meter.empty() || wishes.bars != 0 ||
                     wishes.rewrite || !wishes.roles.empty();
  if (wants && !is_composer(model)) {
    throw Error(
        ErrorKind::kUsage,
        fmt::format("--style, --key, --meter, --bars and --rewrite are for a composer, and these "
                    "weights are of the architecture {}",
                    model.info.architecture));
  }
  if (!is_composer(model)) return;
  refuse_contradictions(request);
  check_piece(composer_of(model), piece_request(request));
}

Score draw_composer_score(const LoadedModel& model, const GenerateRequest& request, const Rng& rng,
                          Progress& progress) {
  const ComposerModel& composer = composer_of(model);
  if (request.composer.rewrite) return rewrite_prompt(composer, request, rng, progress);
  ComposerPieceRequest wanted = piece_request(request);
  // The network knows one key of each mode; music has twelve.
  constexpr std::uint64_t kTonics = 12;
  int tonic = static_cast<int>(rng.fork("key").below(kTonics));
  if (request.composer.key) tonic = request.composer.key->tonic;
  std::optional<int> shift;
  if (request.prompt) {
    PromptText prompt = read_prompt(composer, request);
    wanted.prompt = std::move(prompt.ids);
    shift = prompt.shift;
  }
  GridPiece piece = write_piece(composer, wanted, rng.fork("notes"), progress);
  piece.shift = shift.value_or(shift_of(tonic, piece.minor));
  Score score = from_grid(piece);
  return request.bpm && note_count(score) > 0 ? with_bpm(std::move(score), *request.bpm) : score;
}

}  // namespace undersong
