#include "pipeline/generate.h"

#include <fmt/format.h>

#include <random>

#include "base/error.h"
#include "midi/midi_file.h"
#include "model/composer_model.h"
#include "pipeline/generate_composer.h"
#include "sample/sequence.h"
#include "score/tempo_map.h"
#include "score/transform.h"
#include "tokens/note_matrix.h"
#include "tokens/rhythm.h"
#include "tokens/symbols.h"

namespace undersong {
namespace {

constexpr std::int64_t kMostNotes = 1'000'000;  // days of music; more is a slip of the keyboard
constexpr double kDefaultBpm = 120.0;
constexpr std::uint64_t kSeedsDrawn = 1'000'000'000;  // short enough to type again

void check_request(const GenerateRequest& request) {
  if (request.notes < 1 || request.notes > kMostNotes) {
    throw Error(ErrorKind::kUsage, fmt::format("--notes is {}; it must lie between 1 and {}",
                                               request.notes, kMostNotes));
  }
  if (request.outputs.empty())
    throw Error(ErrorKind::kUsage, "name an output with -o, such as -o out/LSTM.mid");
  check_options(request.sampling);
  check_options(request.gate);
  // As with_bpm has it; and not a number is not within.
  if (request.bpm && !(*request.bpm >= 10.0 && *request.bpm <= 1000.0)) {
    throw Error(ErrorKind::kUsage,
                fmt::format("--bpm is {}; it must lie between 10 and 1000", *request.bpm));
  }
  check_options(request.music.mastering);
  for (const auto& output : request.outputs) {
    check_music_suffix(output);
    check_output(output, request.music.overwrite);
    require_not_an_input(output, request.model);
    if (request.prompt) require_not_an_input(output, *request.prompt);
    require_not_an_input(output, request.music.render.soundfont);
  }
}

// A weight file of another program may speak a vocabulary that is not music to us.
void check_vocabulary(const LoadedModel& model) {
  if (model.info.representation == Representation::kComposer) return;  // load_model has
  if (model.info.representation == Representation::kNoteMatrix) {
    const Vocabulary known = note_matrix_vocabulary();
    bool same = model.vocabulary.size() == known.size();
    for (TokenId id = 0; same && id < known.size(); ++id) {
      same = model.vocabulary.symbol(id) == known.symbol(id);
    }
    if (same) return;
    throw Error(ErrorKind::kMismatch,
                "its vocabulary is not the note matrix of this version; train the model again");
  }
  for (TokenId id = 0; id < model.vocabulary.size(); ++id) {
    try {
      symbol_pitches(model.vocabulary.symbol(id), 0);
    } catch (const Error& error) {
      throw Error(ErrorKind::kMismatch,
                  "its vocabulary is not one of ours (" + error.message() + "); train it again");
    }
  }
}

std::uint64_t choose_seed(const GenerateRequest& request) {
  if (request.seed) return *request.seed;
  std::random_device
      device;  // the one place that may: the seed is reported, and everything follows from it
  return ((std::uint64_t{device()} << 32U) | device()) % kSeedsDrawn;
}

std::vector<TokenId> read_prompt(const LoadedModel& model, const std::filesystem::path& path) {
  const Score score = load_midi(path).score;
  if (model.info.representation == Representation::kNoteMatrix) return encode_note_matrix(score);
  std::vector<std::string> symbols;
  for (const auto& event : symbol_events(score)) symbols.push_back(event.symbol);
  return model.vocabulary.encode(symbols);
}

// A window of held-out music that training left in the weight file: the seed's way to begin.
std::vector<TokenId> draw_prompt(const LoadedModel& model, Rng rng) {
  const auto found = model.weights.tensors.find("prompts");
  if (found == model.weights.tensors.end() || found->second.shape.size() != 2) return {};
  const auto& ids = model.weights.ints("prompts");
  const auto rows = static_cast<std::uint64_t>(found->second.shape[0]);
  const auto length = static_cast<std::size_t>(found->second.shape[1]);
  if (rows == 0) return {};
  const auto row = static_cast<std::ptrdiff_t>(rng.below(rows) * length);
  std::vector<TokenId> prompt(ids.begin() + row,
                              ids.begin() + row + static_cast<std::ptrdiff_t>(length));
  for (const TokenId id : prompt) {
    if (id < 0 || id >= model.vocabulary.size()) {
      throw Error(ErrorKind::kMismatch,
                  "the weight file's prompts name symbols that its vocabulary has not");
    }
  }
  return prompt;
}

Score score_of_symbols(const LoadedModel& model, const std::vector<TokenId>& ids,
                       const GenerateRequest& request, Rng rng) {
  const double bpm = request.bpm.value_or(kDefaultBpm);
  if (request.rhythm == Rhythm::kEven) return even_score(ids, model.vocabulary, bpm);
  if (!model.weights.tensors.contains("rhythm")) {
    throw Error(ErrorKind::kMismatch,
                "these weights hold no learned rhythm; train them again, or use --rhythm even");
  }
  const auto table = RhythmTable::from_rows(model.weights.ints("rhythm"), model.vocabulary.size());
  return learned_score(ids, model.vocabulary, table, bpm, rng);
}

DrawnPiece draw_notes(const LoadedModel& model, const GenerateRequest& request, const Rng& rng,
                      Progress& progress) {
  const bool is_matrix = model.info.representation == Representation::kNoteMatrix;
  SequenceRequest sequence;
  sequence.prompt =
      request.prompt ? read_prompt(model, *request.prompt) : draw_prompt(model, rng.fork("prompt"));
  sequence.count = static_cast<std::size_t>(request.notes) * (is_matrix ? kNoteColumns : 1U);
  sequence.sampling = request.sampling;
  Rng notes_rng = rng.fork("notes");
  const auto ids = write_sequence(*model.model, sequence, notes_rng, progress);

  DrawnPiece drawn;
  if (is_matrix) {
    drawn.score = decode_note_matrix(ids);
    if (request.bpm) drawn.score = with_bpm(std::move(drawn.score), *request.bpm);
  } else {
    drawn.score = score_of_symbols(model, ids, request, rng.fork("rhythm"));
    drawn.symbols = even_score(ids, model.vocabulary, kDefaultBpm);
  }
  return drawn;
}

DrawnPiece draw_piece(const LoadedModel& model, const GenerateRequest& request, const Rng& rng,
                      Progress& progress) {
  DrawnPiece drawn;
  if (model.info.representation == Representation::kComposer) {
    drawn.score = draw_composer_score(model, request, rng, progress);
  } else {
    drawn = draw_notes(model, request, rng, progress);
  }
  if (request.program) drawn.score = with_program(std::move(drawn.score), *request.program);
  return drawn;
}

}  // namespace

Score generate_score(const LoadedModel& model, const GenerateRequest& request, std::uint64_t seed,
                     Progress& progress) {
  return generate_score(model, request, Rng(seed), progress);
}

Score generate_score(const LoadedModel& model, const GenerateRequest& request, const Rng& rng,
                     Progress& progress) {
  return draw_piece(model, request, rng, progress).score;
}

namespace {

// What the model learned, as far as it is at hand. With copies allowed a reference that cannot be
// used stops nobody.
ModelReference open_learned(const LoadedModel& model, const GenerateRequest& request,
                            Progress& progress) {
  try {
    return reference_of_model(request.model, model.info, progress);
  } catch (const Error& error) {
    if (request.gate.copies == Copies::kRefuse || error.kind() == ErrorKind::kCancelled) throw;
    return {std::nullopt, error.message()};
  }
}

// Music that the model knows from weights that it was adapted from.
References open_learned_before(const LoadedModel& model, const GenerateRequest& request,
                               Progress& progress) {
  const auto* composer = dynamic_cast<const ComposerModel*>(model.model.get());
  if (composer == nullptr) return {};
  return references_of_bases(request.model, composer->knowledge().based_on, progress);
}

GatedScore draw_and_compare(const LoadedModel& model, const GenerateRequest& request,
                            std::uint64_t seed, std::vector<UnusedReference>& unused,
                            Progress& progress) {
  ModelReference learned = open_learned(model, request, progress);
  References before = open_learned_before(model, request, progress);
  unused = std::move(before.unused);
  std::vector<OpenReference> references = std::move(before.open);
  if (learned.reference) references.push_back(std::move(*learned.reference));
  GatedScore gated = draw_original(
      [&](int candidate) {
        return draw_piece(model, request, candidate_rng(seed, candidate), progress);
      },
      std::move(references), request.gate);
  gated.report.why_not = learned.why_not;
  return gated;
}

}  // namespace

GenerateReport generate(const GenerateRequest& request, Progress& progress) {
  check_request(request);
  const LoadedModel model = load_model(request.model);
  with_context("loading " + display(request.model), [&] { check_vocabulary(model); });
  check_composer_wishes(model, request);
  GenerateReport report;
  report.seed = choose_seed(request);
  report.model = model.info;
  GatedScore gated = draw_and_compare(model, request, report.seed, report.unused, progress);
  report.originality = std::move(gated.report);
  Score& score = gated.score;
  MusicFileOptions music = request.music;
  music.origin.seed = report.seed;
  music.origin.model = model.info.architecture;
  note_origin(music.origin, score);
  report.notes = note_count(score);
  report.length_seconds = length_seconds(score);
  for (const auto& output : request.outputs)
    report.files.push_back(write_music(score, output, music, progress));
  return report;
}

}  // namespace undersong
