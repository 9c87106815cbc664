#include "pipeline/generate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <set>

#include "base/error.h"
#include "midi/midi_file.h"
#include "model/architecture.h"
#include "model/counting_model.h"
#include "model/model_metadata.h"
#include "score/tempo_map.h"
#include "support/random_weights.h"
#include "support/temporary_folder.h"
#include "support/tiny_composer.h"
#include "tokens/note_matrix.h"
#include "tokens/rhythm.h"

namespace undersong {
namespace {

namespace fs = std::filesystem;

// Scales up and down in quavers that swell, from middle C.
Score scales() {
  Score score;
  score.tracks.resize(1);
  for (int i = 0; i < 64; ++i) {
    const int step = i % 16 < 8 ? i % 16 : 15 - i % 16;
    score.tracks[0].notes.push_back({.onset_ticks = 240 * i,
                                     .duration_ticks = 240,
                                     .pitch = static_cast<std::uint8_t>(60 + 2 * step),
                                     .velocity = static_cast<std::uint8_t>(40 + i)});
  }
  return score;
}

class GenerateTest : public testing::Test {
 protected:
  GenerateTest() {
    save_symbol_model();
    save_matrix_model();
    save_midi(folder_ / "scales.mid", scales(), Overwrite::kRefuse);
    request_.model = folder_ / "markov.safetensors";
    request_.outputs = {folder_ / "a.mid"};
    request_.notes = 40;
    request_.seed = 7;
  }

  void save_symbol_model() {
    const auto events = symbol_events(scales());
    std::vector<std::vector<std::string>> symbols(1);
    for (const auto& event : events) symbols[0].push_back(event.symbol);
    const Vocabulary vocabulary = Vocabulary::count(symbols, 1);
    const std::vector<std::vector<TokenId>> pieces = {vocabulary.encode(symbols[0])};
    WeightFile weights = train_counts(pieces, {2, vocabulary.size()});
    const std::vector<std::vector<SymbolEvent>> played = {events};
    const auto rows = RhythmTable::learn(played, vocabulary).to_rows();
    weights.tensors["rhythm"] = {{static_cast<std::int64_t>(rows.size() / RhythmTable::kRowLength),
                                  static_cast<std::int64_t>(RhythmTable::kRowLength)},
                                 rows};
    weights.tensors["prompts"] = {{1, 3}, std::vector<std::int32_t>{0, 1, 2}};
    ModelInfo info;
    info.architecture = "markov";
    weights.metadata = weight_metadata(info, vocabulary);
    save_weights(folder_ / "markov.safetensors", weights, Overwrite::kRefuse);
  }

  // Untrained, which the grammar of rows and columns must not mind.
  void save_matrix_model() {
    const Vocabulary vocabulary = note_matrix_vocabulary();
    const Architecture& architecture = find_architecture("note-matrix");
    const int window = architecture.defaults.window;
    WeightFile weights =
        random_weights(architecture.network(vocabulary.size(), window, note_column_sizes()), 1);
    ModelInfo info;
    info.architecture = architecture.name;
    info.representation = Representation::kNoteMatrix;
    info.window = window;
    info.column_sizes = note_column_sizes();
    weights.metadata = weight_metadata(info, vocabulary);
    save_weights(folder_ / "matrix.safetensors", weights, Overwrite::kRefuse);
  }

  GenerateReport run() const { return generate(request_, silent_progress()); }

  std::string message() const {
    try {
      run();
    } catch (const Error& error) {
      return error.message();
    }
    return "no error";
  }

  TemporaryFolder folder_;
  GenerateRequest request_;
};

TEST_F(GenerateTest, WritesTheMidiThatTheSeedSays) {
  const GenerateReport report = run();
  EXPECT_EQ(report.seed, 7U);
  const auto first = read_file(folder_ / "a.mid");
  request_.music.overwrite = Overwrite::kAllow;
  run();
  EXPECT_EQ(read_file(folder_ / "a.mid"), first);
  request_.seed = 8;
  run();
  EXPECT_NE(read_file(folder_ / "a.mid"), first);
}

TEST_F(GenerateTest, ChoosesASeedThatRepeatsThePiece) {
  request_.seed.reset();
  const GenerateReport report = run();
  const auto first = read_file(folder_ / "a.mid");
  request_.seed = report.seed;
  request_.music.overwrite = Overwrite::kAllow;
  run();
  EXPECT_EQ(read_file(folder_ / "a.mid"), first);
}

TEST_F(GenerateTest, PlaysEvenQuartersOrTheRhythmThatItLearned) {
  request_.rhythm = Rhythm::kEven;
  const LoadedModel model = load_model(request_.model);
  const Score even = generate_score(model, request_, 7, silent_progress());
  std::set<Ticks> durations;
  for (const auto& note : even.tracks[0].notes) durations.insert(note.duration_ticks);
  EXPECT_EQ(durations, std::set<Ticks>{480});
  EXPECT_EQ(even.tracks[0].notes.size(), 40U);

  request_.rhythm = Rhythm::kLearned;
  const Score learned = generate_score(model, request_, 7, silent_progress());
  std::set<std::uint8_t> velocities;
  for (const auto& note : learned.tracks[0].notes) velocities.insert(note.velocity);
  EXPECT_GT(velocities.size(), 5U) << "the scales swell";
}

TEST_F(GenerateTest, WritesNotesOfTheNoteMatrix) {
  request_.model = folder_ / "matrix.safetensors";
  const Score score = generate_score(load_model(request_.model), request_, 7, silent_progress());
  EXPECT_EQ(note_count(score), 40U);
  EXPECT_GT(score.tempos.size(), 1U) << "tempo is the model's to say";
  request_.bpm = 60.0;
  const Score slow = generate_score(load_model(request_.model), request_, 7, silent_progress());
  EXPECT_EQ(slow.tempos.front().microseconds_per_quarter, 1'000'000);
}

TEST_F(GenerateTest, GoesOnFromAMidiFile) {
  request_.prompt = folder_ / "scales.mid";
  request_.sampling.method = SamplingOptions::Method::kGreedy;
  const Score score = generate_score(load_model(request_.model), request_, 7, silent_progress());
  const auto& notes = score.tracks[0].notes;
  EXPECT_EQ(notes[0].pitch, 60) << "a scale comes down to C4, and the next one starts there";
  EXPECT_EQ(notes[1].pitch, 62);
}

TEST_F(GenerateTest, RefusesNumbersThatMakeNoSense) {
  request_.notes = 0;
  EXPECT_THAT(message(), testing::HasSubstr("--notes is 0"));
  request_.notes = 40;
  request_.sampling.temperature = -1.0;
  EXPECT_THAT(message(), testing::HasSubstr("--temperature is -1"));
  request_.sampling = {};
  request_.outputs = {folder_ / "a.xyz"};
  EXPECT_THAT(message(), testing::HasSubstr(".xyz"));
  request_.outputs = {folder_ / "scales.mid"};
  EXPECT_THAT(message(), testing::HasSubstr("exists already"));
}

TEST_F(GenerateTest, SaysInTheMidiFileWhereItCameFrom) {
  run();
  const MusicOrigin origin = origin_of(load_midi(folder_ / "a.mid").score);
  EXPECT_EQ(origin.model, "markov");
  EXPECT_EQ(origin.seed, std::optional<std::uint64_t>(7));
  EXPECT_EQ(origin_of(scales()).model, "") << "other music says nothing";
}

TEST_F(GenerateTest, NeverOverwritesWhatItReads) {
  request_.music.overwrite = Overwrite::kAllow;
  request_.prompt = folder_ / "scales.mid";
  request_.outputs = {folder_ / "scales.mid"};
  EXPECT_THAT(message(), testing::HasSubstr("is the input itself"));
}

TEST_F(GenerateTest, RefusesAVocabularyOfOtherThings) {
  WeightFile weights = load_weights(request_.model);
  const LoadedModel model = load_model(request_.model);
  std::vector<std::string> symbols;
  for (TokenId id = 0; id < model.vocabulary.size(); ++id) {
    symbols.push_back("word" + std::to_string(id));
  }
  std::vector<std::int64_t> counts(symbols.size(), 1);
  weights.metadata = weight_metadata(model.info, {std::move(symbols), std::move(counts)});
  save_weights(request_.model, weights, Overwrite::kAllow);
  EXPECT_THAT(message(), testing::AllOf(testing::HasSubstr("markov.safetensors"),
                                        testing::HasSubstr("its vocabulary is not one of ours")));
}

TEST_F(GenerateTest, RefusesWeightsThatAreNotNumbers) {
  request_.model = folder_ / "matrix.safetensors";
  WeightFile weights = load_weights(request_.model);
  auto& values = std::get<std::vector<float>>(weights.tensors.at("layers.0.table").values);
  values[3] = std::numeric_limits<float>::quiet_NaN();
  save_weights(request_.model, weights, Overwrite::kAllow);
  EXPECT_THAT(message(), testing::HasSubstr("holds what is not a number"));
}

TEST_F(GenerateTest, SaysWhenTheWeightsHoldNoRhythm) {
  WeightFile weights = load_weights(request_.model);
  weights.tensors.erase("rhythm");
  save_weights(request_.model, weights, Overwrite::kAllow);
  EXPECT_THAT(message(), testing::HasSubstr("--rhythm even"));
  EXPECT_FALSE(fs::exists(folder_ / "a.mid"));
}

// A composer -----------------------------------------------------------------------------------

class GenerateByComposer : public GenerateTest {
 protected:
  GenerateByComposer() {
    save_weights(folder_ / "composer.safetensors", tiny_composer_weights(256), Overwrite::kRefuse);
    request_.model = folder_ / "composer.safetensors";
    request_.gate.copies = Copies::kAllow;
    request_.composer.bars = 3;
  }

  Score score() const {
    return generate_score(load_model(request_.model), request_, 7, silent_progress());
  }
};

TEST_F(GenerateByComposer, WritesTheSameBytesForTheSameSeed) {
  run();
  const auto first = read_file(folder_ / "a.mid");
  request_.music.overwrite = Overwrite::kAllow;
  run();
  EXPECT_EQ(read_file(folder_ / "a.mid"), first);
}

TEST_F(GenerateByComposer, WritesTheBarsTempoAndKeyThatWereAsked) {
  request_.bpm = 93.0;
  request_.composer.style = GridStyle::kPiano;
  request_.composer.key = Key{3, Mode::kMinor};
  request_.composer.meter = "3/4";
  const Score score = this->score();
  ASSERT_FALSE(score.keys.empty());
  // E flat minor has six flats.
  EXPECT_EQ(score.keys[0].sharps, -6);
  EXPECT_TRUE(score.keys[0].minor);
  EXPECT_NEAR(TempoMap(score).bpm_at(0), 93.0, 0.01);
  EXPECT_EQ(score.meters.at(0).numerator, 3);
}

TEST_F(GenerateByComposer, GoesOnFromAMidiFile) {
  request_.prompt = folder_ / "scales.mid";
  const Score score = this->score();
  EXPECT_GT(note_count(score), 0U);
  request_.prompt.reset();
  EXPECT_NE(score.tracks, this->score().tracks);
  request_.prompt = folder_ / "scales.mid";
  request_.composer.key = Key{};
  EXPECT_EQ(message(),
            "--prompt has a key and a meter already, and the music goes on in them; leave out "
            "--key and --meter");
}

TEST_F(GenerateByComposer, RefusesWhatItCannotWrite) {
  request_.composer.meter = "11/8";
  EXPECT_THAT(message(),
              testing::StartsWith("--meter is \"11/8\"; a composer knows 2/4, 3/4, 4/4"));
  request_.composer.meter.clear();
  request_.composer.bars = 10001;
  EXPECT_EQ(message(), "--bars is 10001; it must lie between 1 and 10000");
  request_.composer.bars = 0;
  request_.composer.style = GridStyle::kDrumsRock;
  request_.composer.key = Key{0, Mode::kMinor};
  EXPECT_THAT(message(), testing::StartsWith("--style drums-rock has no pitches, so no --key"));
  request_.rhythm = Rhythm::kEven;
  EXPECT_THAT(message(), testing::StartsWith("--rhythm even is for models of symbols"));
}

TEST_F(GenerateTest, RefusesWishesThatOnlyAComposerFulfils) {
  request_.composer.bars = 8;
  EXPECT_EQ(message(),
            "--style, --key, --meter, --bars and --rewrite are for a composer, and these weights are of the "
            "architecture markov");
}

}  // namespace
}  // namespace undersong
