#include "originality/fingerprints.h"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <tuple>
#include <utility>

#include "base/cancel.h"
#include "base/error.h"
#include "originality/distinctive.h"
#include "originality/fingerprint_file.h"
#include "originality/melodic_text.h"
#include "originality/print_chains.h"
#include "originality/symbol_text.h"
#include "originality/winnow.h"
#include "score/bars.h"
#include "score/tempo_map.h"

namespace undersong {

namespace {

// A voice of the track with one of its texts.
struct Reading {
  const Voice& voice;
  bool backwards = false;
  std::vector<std::uint8_t> text;
  TimedRuns timed;
};

Reading read_line(const Voice& voice, std::vector<std::uint8_t> text, bool backwards,
                  const BarGrid& bars) {
  Reading reading{voice, backwards, std::move(text), {}};
  reading.timed.runs = hash_runs(reading.text);
  const auto bar_of = [&](std::size_t note) {
    return bars.bar_at(voice[backwards ? voice.size() - 1 - note : note].onset_ticks);
  };
  for (std::size_t i = 0; i < reading.timed.runs.hashes.size(); ++i)
    reading.timed.bars_passed.push_back(std::abs(bar_of(i) - bar_of(0)));
  return reading;
}

// The longest and the most distinctive run so far. Which of equals is taken depends on the runs
// alone, not on the order in which they come.
class BestRuns {
 public:
  BestRuns(const TempoMap& tempos, const BarGrid& bars) : tempos_(tempos), bars_(bars) {}

  void offer(const Reading& reading, const PrintChain& chain);

  SharedRun longest() const { return longest_; }
  SharedRun most_distinctive() const { return most_distinctive_; }

 private:
  SharedRun run_of(const Reading& reading, const PrintChain& chain) const;

  const TempoMap& tempos_;
  const BarGrid& bars_;
  SharedRun longest_;
  SharedRun most_distinctive_;
};

// Earlier in the track is better, then forwards, then earlier in the pieces.
auto place_of(const SharedRun& run) {
  return std::tuple(run.bars.first, run.backwards, run.nearest.piece, run.nearest.bars.first,
                    run.nearest.bars.last, run.bars.last, run.seconds);
}

SharedRun BestRuns::run_of(const Reading& reading, const PrintChain& chain) const {
  const std::size_t last_note = chain.last + kFingerprintNotes - 1;
  const std::size_t notes = reading.voice.size();
  const VoiceNote& first = reading.voice[reading.backwards ? notes - 1 - last_note : chain.first];
  const VoiceNote& last = reading.voice[reading.backwards ? notes - 1 - chain.first : last_note];
  const auto run = std::span(reading.text).subspan(2 * chain.first, bytes_of_run(chain.notes()));
  // The learned piece's last bar is that in which the last hit begins, and as many bars as the
  // last eight notes take in the track.
  const std::size_t tail = reading.backwards ? notes - 1 - chain.last : chain.last;
  const std::int64_t tail_bars = std::abs(
      bars_.bar_at(
          reading.voice[reading.backwards ? notes - 1 - last_note : last_note].onset_ticks) -
      bars_.bar_at(reading.voice[tail].onset_ticks));
  SharedRun shared;
  shared.notes = chain.notes();
  shared.distinctive_notes = distinctive_notes(run);
  shared.seconds = tempos_.seconds_at(last.onset_ticks + last.duration_ticks) -
                   tempos_.seconds_at(first.onset_ticks);
  shared.bars = {bars_.bar_at(first.onset_ticks) + 1, bars_.bar_at(last.onset_ticks) + 1};
  shared.nearest = {chain.piece,
                    {chain.first_bar + std::int64_t{1}, chain.last_bar + 1 + tail_bars}};
  shared.backwards = reading.backwards;
  return shared;
}

void BestRuns::offer(const Reading& reading, const PrintChain& chain) {
  // A run has no more distinctive notes than notes.
  if (chain.notes() < std::min(longest_.notes, most_distinctive_.distinctive_notes)) return;
  const SharedRun run = run_of(reading, chain);
  const auto better = [&run](std::int64_t mine, std::int64_t best, const SharedRun& other) {
    return mine > best || (mine == best && place_of(run) < place_of(other));
  };
  if (better(run.notes, longest_.notes, longest_)) longest_ = run;
  if (better(run.distinctive_notes, most_distinctive_.distinctive_notes, most_distinctive_))
    most_distinctive_ = run;
}

// Of the track's own winnowed runs, those that stand in a learned piece.
struct KnownRuns {
  std::int64_t all = 0;
  std::int64_t known = 0;
};

class LoadedFingerprints : public Fingerprints {
 public:
  explicit LoadedFingerprints(FingerprintFile file) : file_(std::move(file)) {}

  const std::string& name() const override { return file_.corpus; }
  const std::string& corpus_sha256() const override { return file_.corpus_sha256; }
  std::span<const LearnedPiece> pieces() const override { return file_.pieces; }
  const Baseline& baseline() const override { return file_.baseline; }
  std::size_t hashes() const override { return file_.prints.size(); }
  Closeness compare(const Score& track, const std::string& except) const override;

 private:
  std::vector<bool> pieces_of(const std::string& family) const;
  void count_known(const HashedRuns& runs, const std::vector<bool>& skip, KnownRuns& known) const;

  FingerprintFile file_;
};

std::vector<bool> LoadedFingerprints::pieces_of(const std::string& family) const {
  if (family.empty()) return {};
  std::vector<bool> members;
  members.reserve(file_.pieces.size());
  for (const LearnedPiece& piece : file_.pieces) members.push_back(piece.family == family);
  return members;
}

void LoadedFingerprints::count_known(const HashedRuns& runs, const std::vector<bool>& skip,
                                     KnownRuns& known) const {
  for (const std::size_t position : winnow(runs.hashes, kWinnow)) {
    const auto prints = prints_of(file_.prints, runs.hashes[position]);
    ++known.all;
    // A dull run is kept once for all pieces.
    const bool stands =
        runs.dull[position]
            ? !prints.empty()
            : std::any_of(prints.begin(), prints.end(), [&skip](const Print& print) {
                return skip.empty() || !skip[print.piece];
              });
    if (stands) ++known.known;
  }
}

Closeness LoadedFingerprints::compare(const Score& track, const std::string& except) const {
  const TempoMap tempos(track);
  const BarGrid bars(track);
  const std::vector<bool> skip = pieces_of(except);
  BestRuns best(tempos, bars);
  BestRuns best_symbols(tempos, bars);
  KnownRuns known;
  Closeness closeness;
  closeness.seconds = length_seconds(track);
  for (const Voice& voice : separate_voices(track)) {
    throw_if_cancelled();
    closeness.notes += static_cast<std::int64_t>(voice.size());
    for (const bool backwards : {false, true}) {
      const Reading reading = read_line(
          voice, backwards ? backwards_text(voice) : melodic_text(voice), backwards, bars);
      if (!backwards) count_known(reading.timed.runs, skip, known);
      for_each_chain(reading.timed, file_.prints, skip,
                     [&](const PrintChain& chain) { best.offer(reading, chain); });
    }
  }
  for (const SymbolLine& line : symbol_lines(track)) {
    throw_if_cancelled();
    const Reading reading = read_line(line.symbols, line.text, false, bars);
    for_each_chain(reading.timed, file_.prints, skip,
                   [&](const PrintChain& chain) { best_symbols.offer(reading, chain); });
  }
  closeness.longest_run = best.longest();
  closeness.most_distinctive_run = best.most_distinctive();
  closeness.symbol_run = best_symbols.most_distinctive();
  if (known.all > 0)
    closeness.coverage[1] = static_cast<double>(known.known) / static_cast<double>(known.all);
  return closeness;
}

// The pieces of which the baseline is measured, spread evenly.
std::vector<std::size_t> spread_evenly(std::size_t of, std::size_t most) {
  std::vector<std::size_t> chosen;
  const std::size_t count = std::min(of, most);
  for (std::size_t i = 0; i < count; ++i) chosen.push_back(i * of / count);
  return chosen;
}

}  // namespace

class FingerprintBuilder::Impl {
 public:
  Impl(std::string corpus, std::string corpus_sha256) {
    file_.corpus = std::move(corpus);
    file_.corpus_sha256 = std::move(corpus_sha256);
  }

  void add(const LearnedPiece& piece, const Score& score) {
    const auto number = static_cast<std::uint32_t>(file_.pieces.size());
    const BarGrid bars(score);
    auto bar_count = static_cast<std::uint32_t>(bars.count());
    const auto add_line = [&](const Voice& voice, const std::vector<std::uint8_t>& text) {
      const HashedRuns runs = hash_runs(text);
      for (const std::size_t position : winnow(runs.hashes, kWinnow)) {
        const auto bar = static_cast<std::uint32_t>(bars.bar_at(voice[position].onset_ticks));
        // A note without length may stand where the last bar ends.
        bar_count = std::max(bar_count, bar + 1);
        const Print print = {runs.hashes[position], number, bar};
        if (runs.dull[position]) {
          dull_.emplace(print.hash, print);
        } else {
          file_.prints.push_back(print);
        }
      }
    };
    for (const Voice& voice : separate_voices(score)) add_line(voice, melodic_text(voice));
    for (const SymbolLine& line : symbol_lines(score)) add_line(line.symbols, line.text);
    file_.pieces.push_back(piece);
    file_.bars.push_back(bar_count);
    scores_.push_back(score);
  }

  void save(const std::filesystem::path& path, std::size_t baseline_pieces, Overwrite overwrite,
            Progress& progress) {
    check_output(path, overwrite);
    FingerprintFile file = file_;
    for (const auto& [hash, print] : dull_) file.prints.push_back(print);
    std::sort(file.prints.begin(), file.prints.end());
    file.prints.erase(std::unique(file.prints.begin(), file.prints.end()), file.prints.end());
    const LoadedFingerprints loaded(file);
    std::vector<Score> tracks;
    std::vector<std::string> families;
    for (const std::size_t piece : spread_evenly(scores_.size(), baseline_pieces)) {
      tracks.push_back(scores_[piece]);
      families.push_back(file.pieces[piece].family);
    }
    progress.begin("comparing", static_cast<std::int64_t>(tracks.size()), "pieces");
    file.baseline = measure_baseline(loaded, tracks, families, progress);
    progress.end();
    save_file(path, write_fingerprints(file), overwrite);
  }

 private:
  FingerprintFile file_;
  std::map<std::uint64_t, Print> dull_;  // the first of each, for all pieces
  std::vector<Score> scores_;
};

FingerprintBuilder::FingerprintBuilder(std::string corpus, std::string corpus_sha256)
    : impl_(std::make_unique<Impl>(std::move(corpus), std::move(corpus_sha256))) {}

FingerprintBuilder::~FingerprintBuilder() = default;

void FingerprintBuilder::add(const LearnedPiece& piece, const Score& score) {
  impl_->add(piece, score);
}

void FingerprintBuilder::save(const std::filesystem::path& path, std::size_t baseline_pieces,
                              Overwrite overwrite, Progress& progress) {
  impl_->save(path, baseline_pieces, overwrite, progress);
}

std::shared_ptr<const Fingerprints> Fingerprints::load(const std::filesystem::path& path) {
  const std::vector<std::uint8_t> bytes = read_file(path);
  return with_context("reading " + display(path), [&bytes] { return parse(bytes); });
}

std::shared_ptr<const Fingerprints> Fingerprints::parse(std::span<const std::uint8_t> bytes) {
  return std::make_shared<LoadedFingerprints>(read_fingerprints(bytes));
}

std::filesystem::path fingerprints_beside(const std::filesystem::path& weights) {
  return std::filesystem::path(weights).replace_extension(".fingerprints");
}

}  // namespace undersong
