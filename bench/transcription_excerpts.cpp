#include "transcription_excerpts.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <sstream>
#include <utility>

#include "base/error.h"
#include "base/file.h"
#include "base/parallel.h"
#include "base/rng.h"
#include "excerpt_sound.h"
#include "midi/midi_file.h"
#include "score/general_midi.h"
#include "score/tempo_map.h"

namespace undersong {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr std::uint64_t kSeed = 6;
constexpr std::size_t kFewestNotes = 12;
constexpr int kTriesAPiece = 6;
constexpr double kShortestSeconds = 12.0;
constexpr double kLongestSeconds = 15.0;
constexpr const char* kLabels = "labels.jsonl";

// Even numbers: the halves are equal.
struct Share {
  const char* set;
  std::size_t excerpts;
};
constexpr std::array kShares = {Share{"piano-midi-de", 48},
                                Share{"openscore-lieder", 40},
                                Share{"openscore-quartets", 32},
                                Share{"openscore-orchestra", 24},
                                Share{"mutopia", 32},
                                Share{"freedoom", 28},
                                Share{"easyrpg-rtp", 14},
                                Share{"blasphemer", 10}};

// Of Debian's packages fluid-soundfont-gm, timgm6mb-soundfont and csound-soundfont.
constexpr std::array kSoundFonts = {"/usr/share/sounds/sf2/FluidR3_GM.sf2",
                                    "/usr/share/sounds/sf2/TimGM6mb.sf2",
                                    "/usr/share/sounds/sf2/sf_GMbank.sf2"};

// Piano, electric piano, harpsichord, vibraphone, organ, two guitars, violin, strings, trumpet,
// saxophone, flute.
constexpr std::array kPrograms = {0, 4, 6, 11, 19, 24, 27, 40, 48, 56, 65, 73};
constexpr std::array kSnrs = {10.0, 15.0, 20.0, 30.0};
constexpr std::array kRates = {64, 96, 128};

template <typename T, std::size_t N>
T one_of(const std::array<T, N>& values, Rng& rng) {
  return values[static_cast<std::size_t>(rng.below(N))];
}

std::vector<fs::path> pieces_of(const fs::path& folder) {
  if (!fs::is_directory(folder)) {
    throw Error(ErrorKind::kUsage, display(folder) + " is no folder; unpack the set there.");
  }
  std::vector<fs::path> pieces;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.path().extension() == ".mid") pieces.push_back(entry.path());
  }
  std::sort(pieces.begin(), pieces.end());
  return pieces;
}

// How the `index`-th excerpt sounds: a third has noise, a third is MP3, a ninth of all both.
void choose_sound(ExcerptPlan& plan, std::size_t index, Rng rng) {
  plan.soundfont = one_of(kSoundFonts, rng);
  if (rng.below(2) == 0) plan.program = one_of(kPrograms, rng);
  const NoiseKind kind = rng.below(2) == 0 ? NoiseKind::kWhite : NoiseKind::kPink;
  const double snr = one_of(kSnrs, rng);
  const int rate = one_of(kRates, rng);
  // Halves alternate by piece, so that conditions go by pairs.
  if (index / 2 % 3 == 0) plan.noise = AddedNoise{kind, snr};
  if (index / 6 % 3 == 0) plan.mp3_kbps = rate;
}

// A stretch with enough notes; false when the piece has none.
bool choose_stretch(const Score& piece, ExcerptPlan& plan, Rng rng) {
  const double length = length_seconds(piece);
  for (int i = 0; i < kTriesAPiece; ++i) {
    plan.length_seconds = kShortestSeconds + (kLongestSeconds - kShortestSeconds) * rng.uniform();
    if (length < plan.length_seconds) return false;
    plan.begin_seconds = (length - plan.length_seconds) * rng.uniform();
    const Score excerpt = cut_excerpt(piece, plan);
    if (truth_of(piece, excerpt, plan).notes.size() >= kFewestNotes) return true;
  }
  return false;
}

std::vector<ExcerptPlan> plan_set(const Share& share, const fs::path& data) {
  const Rng rng = Rng(kSeed).fork(share.set);
  std::vector<fs::path> pieces = pieces_of(data / share.set);
  Rng order = rng.fork("order");
  order.shuffle(std::span(pieces));
  std::vector<ExcerptPlan> plans;
  for (const fs::path& file : pieces) {
    if (plans.size() == share.excerpts) break;
    const std::size_t index = plans.size();
    ExcerptPlan plan;
    plan.name = fmt::format("{}-{:03}", share.set, index + 1);
    plan.set = share.set;
    plan.piece = fs::relative(file, data);
    plan.half = index % 2 == 0 ? "tune" : "test";
    choose_sound(plan, index, rng.fork("sound").fork(index));
    try {
      const Score piece = load_midi(file).score;
      if (!choose_stretch(piece, plan, rng.fork(plan.piece.string()))) continue;
    } catch (const Error& error) {
      fmt::print(stderr, "left out: {}\n", error.message());
      continue;
    }
    plans.push_back(plan);
  }
  return plans;
}

const char* name_of(NoiseKind kind) { return kind == NoiseKind::kWhite ? "white" : "pink"; }

json json_of(const LabelledExcerpt& excerpt) {
  const ExcerptPlan& plan = excerpt.plan;
  json line = {{"name", plan.name},
               {"audio", excerpt.audio.string()},
               {"set", plan.set},
               {"piece", plan.piece.string()},
               {"half", plan.half},
               {"begin_seconds", plan.begin_seconds},
               {"length_seconds", plan.length_seconds},
               {"soundfont", plan.soundfont.string()},
               {"offsets", "where the key goes up; the pedal is not counted"},
               {"beats", excerpt.truth.beats},
               {"tempo_bpm", excerpt.truth.tempo_bpm},
               {"tempo_spread", excerpt.truth.tempo_spread}};
  if (plan.program) line["program"] = *plan.program;
  if (plan.noise) {
    line["noise"] = {{"kind", name_of(plan.noise->kind)}, {"snr_db", plan.noise->snr_db}};
  }
  if (plan.mp3_kbps) line["mp3_kbps"] = *plan.mp3_kbps;
  line["notes"] = json::array();
  for (const NoteInSeconds& note : excerpt.truth.notes) {
    line["notes"].push_back({note.onset_seconds, note.offset_seconds, note.pitch});
  }
  line["hits"] = json::array();
  for (const HitInSeconds& hit : excerpt.truth.hits) {
    line["hits"].push_back({hit.seconds, hit.kind});
  }
  return line;
}

ExcerptPlan plan_of(const json& line) {
  ExcerptPlan plan;
  plan.name = line.at("name");
  plan.set = line.at("set");
  plan.piece = line.at("piece").get<std::string>();
  plan.half = line.at("half");
  plan.begin_seconds = line.at("begin_seconds");
  plan.length_seconds = line.at("length_seconds");
  plan.soundfont = line.at("soundfont").get<std::string>();
  if (line.contains("program")) plan.program = line.at("program").get<int>();
  if (line.contains("mp3_kbps")) plan.mp3_kbps = line.at("mp3_kbps").get<int>();
  if (line.contains("noise")) {
    const json& noise = line.at("noise");
    plan.noise = AddedNoise{noise.at("kind") == "white" ? NoiseKind::kWhite : NoiseKind::kPink,
                            noise.at("snr_db")};
  }
  return plan;
}

ExcerptTruth truth_of(const json& line) {
  ExcerptTruth truth;
  for (const json& note : line.at("notes")) {
    truth.notes.push_back({note.at(0), note.at(1), note.at(2)});
  }
  for (const json& hit : line.at("hits")) truth.hits.push_back({hit.at(0), hit.at(1)});
  truth.beats = line.at("beats").get<std::vector<double>>();
  truth.tempo_bpm = line.at("tempo_bpm");
  truth.tempo_spread = line.at("tempo_spread");
  return truth;
}

LabelledExcerpt make_excerpt(const ExcerptPlan& plan, const fs::path& data,
                             const fs::path& folder) {
  const Score piece = load_midi(data / plan.piece).score;
  const Score excerpt = cut_excerpt(piece, plan);
  const Rng rng = Rng(kSeed).fork("noise").fork(plan.name);
  return {plan, save_excerpt_sound(excerpt, plan, rng, folder), truth_of(piece, excerpt, plan)};
}

// How many notes sound at once, of the time in which any does.
double polyphony_of(const ExcerptTruth& truth) {
  constexpr double kStep = 0.02;
  std::map<int, int> sounding;
  for (const NoteInSeconds& note : truth.notes) {
    const int begin = static_cast<int>(note.onset_seconds / kStep);
    const int end = std::max(static_cast<int>(note.offset_seconds / kStep), begin + 1);
    for (int step = begin; step < end; ++step) ++sounding[step];
  }
  double sum = 0.0;
  for (const auto& [step, count] : sounding) sum += count;
  return sum / static_cast<double>(std::max<std::size_t>(sounding.size(), 1));
}

}  // namespace

void make_excerpts(const fs::path& data, const fs::path& folder) {
  std::vector<ExcerptPlan> plans;
  for (const Share& share : kShares) {
    for (ExcerptPlan& plan : plan_set(share, data)) plans.push_back(std::move(plan));
  }
  fmt::print("{} excerpts\n", plans.size());
  fs::create_directories(folder);
  std::vector<std::string> lines(plans.size());
  for_each_in_parallel(plans.size(), [&](std::size_t i) {
    lines[i] = json_of(make_excerpt(plans[i], data, folder)).dump() + "\n";
  });
  std::string labels;
  for (const std::string& line : lines) labels += line;
  save_file(folder / kLabels, labels, Overwrite::kAllow);
}

std::vector<LabelledExcerpt> load_excerpts(const fs::path& folder) {
  std::istringstream lines(read_text_file(folder / kLabels));
  std::vector<LabelledExcerpt> excerpts;
  for (std::string text; std::getline(lines, text);) {
    try {
      const json line = json::parse(text);
      excerpts.push_back({plan_of(line), line.at("audio").get<std::string>(), truth_of(line)});
    } catch (const json::exception& error) {
      throw Error(ErrorKind::kFormat, fmt::format("{}, line {}: {}", display(folder / kLabels),
                                                  excerpts.size() + 1, error.what()));
    }
  }
  return excerpts;
}

std::map<std::string, std::string> categories_of(const LabelledExcerpt& excerpt) {
  const ExcerptPlan& plan = excerpt.plan;
  const double polyphony = polyphony_of(excerpt.truth);
  std::map<std::string, std::string> categories = {{"half", plan.half},
                                                   {"set", plan.set},
                                                   {"soundfont", plan.soundfont.stem().string()},
                                                   {"program", "as written"},
                                                   {"noise", "none"},
                                                   {"MP3", "no"},
                                                   {"polyphony", polyphony < 2.0   ? "below 2"
                                                                 : polyphony < 4.0 ? "2 to 4"
                                                                                   : "4 and more"}};
  if (plan.program) {
    categories["program"] = kGeneralMidiPrograms[static_cast<std::size_t>(*plan.program)];
  }
  if (plan.noise) {
    categories["noise"] =
        fmt::format("{}, {:.0f} dB", name_of(plan.noise->kind), plan.noise->snr_db);
  }
  if (plan.mp3_kbps) categories["MP3"] = fmt::format("{} kbit/s", *plan.mp3_kbps);
  return categories;
}

}  // namespace undersong
