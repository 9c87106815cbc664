#include "render/production.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <future>
#include <utility>

#include "audio/loudness_profile.h"
#include "audio/true_peak.h"
#include "base/cancel.h"
#include "base/check.h"
#include "render/effects/vinyl.h"
#include "render/end_fade.h"
#include "render/mix_desk.h"
#include "render/production_check.h"
#include "render/scratch_sound.h"
#include "render/soundfont.h"
#include "render/stem_player.h"

namespace undersong {

using detail::EndFade;
using detail::ScratchSound;
using detail::StereoBlock;
using detail::StereoBuffer;

struct Production::Files {
  std::int64_t frames = 0;
  int sample_rate = 48000;
  std::vector<std::string> stem_names;
  ScratchSound mix;
  std::vector<ScratchSound> stems;
  Mastered mastered;
};

namespace {

constexpr std::size_t kBlockFrames = 8192;  // between looks for cancellation

constexpr double kRingFadeSeconds = 1.0;
constexpr double kCutFadeSeconds = 0.010;
constexpr double kLongestLoopTailSeconds = 8.0;
constexpr double kLoopTailFadeSeconds = 2.0;  // of a tail that does not end by itself
constexpr double kNoVinylDb = -120.0;
constexpr float kInaudible = 1e-5F;  // of the loudest sample: -100 dB

// From blocks to frames on disk, with the end's fade.
class Recorder {
 public:
  explicit Recorder(EndFade fade) : fade_(fade) {}

  // `first` may be negative: what lies before 0 is left out, and so is what lies at `end` or after.
  void record(std::int64_t first, std::int64_t end, StereoBlock block, ScratchSound& sound) {
    const auto frames = static_cast<std::int64_t>(block.frames());
    const std::int64_t from = std::max<std::int64_t>(0, -first);
    const std::int64_t until = std::min(frames, end - first);
    interleaved_.clear();
    for (std::int64_t i = from; i < until; ++i) {
      interleaved_.push_back(block.left[static_cast<std::size_t>(i)]);
      interleaved_.push_back(block.right[static_cast<std::size_t>(i)]);
    }
    if (interleaved_.empty()) return;
    fade_.apply(first + from, interleaved_);
    sound.write(first + from, interleaved_);
  }

 private:
  EndFade fade_;
  std::vector<float> interleaved_;
};

// Blocks of all stems, and what becomes of them.
struct Lane {
  explicit Lane(std::size_t stems) : buffers(stems, StereoBuffer(kBlockFrames)) {}

  std::vector<StereoBlock> blocks() {
    std::vector<StereoBlock> all;
    for (StereoBuffer& buffer : buffers) all.push_back(buffer.all());
    return all;
  }

  std::vector<StereoBuffer> buffers;
};

std::int64_t frames_in(double seconds, int sample_rate) {
  return static_cast<std::int64_t>(seconds * sample_rate);
}

EndFade end_fade(const ProductionSettings& settings) {
  const auto at_most = [&](double seconds) {
    return std::clamp<std::int64_t>(frames_in(seconds, settings.sample_rate), 1, settings.frames);
  };
  switch (settings.finish) {
    case Finish::kRing:
      return {settings.frames,
              std::min(at_most(kRingFadeSeconds), std::max<std::int64_t>(1, settings.frames / 2))};
    case Finish::kFade:
      return {settings.frames, at_most(std::max(settings.fade_seconds, kCutFadeSeconds))};
    case Finish::kCut: return {settings.frames, at_most(kCutFadeSeconds)};
    case Finish::kLoop: break;
  }
  return {settings.frames + frames_in(kLongestLoopTailSeconds, settings.sample_rate),
          frames_in(kLoopTailFadeSeconds, settings.sample_rate)};
}

// Plays and mixes side by side: while one block is mixed and written, the next is played.
class Session {
 public:
  Session(const Score& score, const ProductionSettings& settings, Stems stems,
          Production::Files& files)
      : settings_(settings),
        player_(score, tracks_of(settings), find_soundfont(settings.soundfont),
                settings.sample_rate),
        desk_(detail::timing_of(score, settings), settings, stems, kBlockFrames),
        files_(files),
        recorder_(end_fade(settings)),
        lanes_{Lane(settings.stems.size()), Lane(settings.stems.size())},
        mix_(kBlockFrames),
        finished_(stems == Stems::kKeep ? settings.stems.size() : 0) {}

  // Returns the frames that were recorded: more than asked for where a loop rings on.
  std::int64_t run(Progress& progress) {
    const std::int64_t wanted = settings_.frames;
    const std::int64_t longest =
        settings_.finish == Finish::kLoop
            ? wanted + frames_in(kLongestLoopTailSeconds, settings_.sample_rate)
            : wanted;
    progress.begin("rendering", wanted / settings_.sample_rate, "s");
    std::future<void> mixing;
    std::int64_t recorded = 0;
    bool rings = true;
    for (std::size_t turn = 0; recorded < wanted || (recorded < longest && rings); ++turn) {
      throw_if_cancelled();
      const auto dry = lanes_.at(turn % 2).blocks();
      player_.play(dry);
      if (mixing.valid()) mixing.get();
      rings = !player_.is_silent() || quiet_frames_ < desk_.longest_pause();
      const std::int64_t first = player_.frame() - static_cast<std::int64_t>(kBlockFrames);
      mixing = std::async(std::launch::async, [this, dry, first, longest] {
        mix(dry, first - desk_.latency(), longest);
      });
      recorded = player_.frame() - desk_.latency();
      progress.update(std::min(recorded, wanted) / settings_.sample_rate, "");
    }
    if (mixing.valid()) mixing.get();
    progress.end();
    return std::min(recorded, longest);
  }

 private:
  static std::vector<std::size_t> tracks_of(const ProductionSettings& settings) {
    std::vector<std::size_t> tracks;
    for (const ProducedStem& stem : settings.stems) tracks.push_back(stem.track);
    return tracks;
  }

  void mix(std::span<const StereoBlock> dry, std::int64_t first, std::int64_t end) {
    const auto finished = finished_.blocks();
    desk_.process(dry, mix_.all(), finished);
    recorder_.record(first, end, mix_.all(), files_.mix);
    for (std::size_t i = 0; i < finished.size(); ++i)
      recorder_.record(first, end, finished[i], files_.stems[i]);
    const float peak = peak_of(mix_.all());
    highest_peak_ = std::max(highest_peak_, peak);
    const bool is_quiet = peak <= kInaudible * highest_peak_;
    quiet_frames_ = is_quiet ? quiet_frames_ + static_cast<std::int64_t>(kBlockFrames) : 0;
  }

  const ProductionSettings& settings_;
  detail::StemPlayer player_;
  detail::MixDesk desk_;
  Production::Files& files_;
  Recorder recorder_;
  std::array<Lane, 2> lanes_;
  StereoBuffer mix_;
  Lane finished_;
  float highest_peak_ = 0.0F;
  std::int64_t quiet_frames_ = 0;  // up to the block that was mixed last
};

SoundSource source_of(const ScratchSound& file, const ProductionSettings& settings) {
  return {
      .sample_rate = settings.sample_rate,
      .channels = 2,
      .frames = settings.frames,
      .read = [&file](std::int64_t first, std::span<float> samples) { file.read(first, samples); }};
}

// How much mastering will add, but for the limiter's part: a noise that is to stand at a level in
// the result has to be so much quieter in the mix.
double expected_gain_db(const SoundSource& source, double target_lufs) {
  LoudnessProfile profile(source.sample_rate, source.channels);
  std::vector<float> block(2 * kBlockFrames);
  for (std::int64_t first = 0; first < source.frames;) {
    throw_if_cancelled();
    const auto count = std::min(source.frames - first, static_cast<std::int64_t>(kBlockFrames));
    const auto samples = std::span(block).first(static_cast<std::size_t>(2 * count));
    source.read(first, samples);
    profile.add(samples);
    first += count;
  }
  profile.finish();
  const double lufs = profile.integrated_lufs(std::vector<float>(profile.cells() + 1, 1.0F), 1.0);
  return std::isfinite(lufs) ? target_lufs - lufs : 0.0;
}

// The crackle's stem. It stops with the end, but for what its filters hold.
ScratchSound make_vinyl(const ProductionSettings& settings, double level_db) {
  constexpr double kFadeInSeconds = 0.010;
  const bool is_loop = settings.finish == Finish::kLoop;
  const auto level = static_cast<float>(linear_from_db(level_db));
  const auto fade_in = is_loop ? 0 : frames_in(kFadeInSeconds, settings.sample_rate);
  const std::int64_t end =
      settings.frames + (is_loop ? static_cast<std::int64_t>(kBlockFrames) : 0);
  detail::Vinyl vinyl(settings.seed, settings.sample_rate);
  ScratchSound sound;
  StereoBuffer buffer(kBlockFrames);
  Recorder recorder(end_fade(settings));
  for (std::int64_t first = 0; first < end;) {
    throw_if_cancelled();
    const bool is_on = first < settings.frames;
    const std::int64_t until = is_on ? settings.frames : end;
    const auto count = std::min(until - first, static_cast<std::int64_t>(kBlockFrames));
    const StereoBlock block = buffer.first(static_cast<std::size_t>(count));
    vinyl.generate(block, is_on ? detail::Vinyl::Source::kOn : detail::Vinyl::Source::kOff);
    for (std::int64_t i = 0; i < count; ++i) {
      const float gain = first + i < fade_in
                             ? level * static_cast<float>(first + i) / static_cast<float>(fade_in)
                             : level;
      block.left[static_cast<std::size_t>(i)] *= gain;
      block.right[static_cast<std::size_t>(i)] *= gain;
    }
    recorder.record(first, end, block, sound);
    first += count;
  }
  fold_tail(settings.frames, end, sound);
  return sound;
}

void add_vinyl(const ProductionSettings& settings, Stems stems, Production::Files& files) {
  if (settings.mix.vinyl_db <= kNoVinylDb) return;
  const double gain_db =
      expected_gain_db(source_of(files.mix, settings), settings.mastering.target_lufs);
  ScratchSound vinyl = make_vinyl(settings, settings.mix.vinyl_db - gain_db);
  add_sound(vinyl, settings.frames, files.mix);
  if (stems == Stems::kNone) return;
  files.stem_names.emplace_back(kVinylStem);
  files.stems.push_back(std::move(vinyl));
}

}  // namespace

Production::Production(std::unique_ptr<Files> files) : files_(std::move(files)) {}
Production::~Production() = default;
Production::Production(Production&&) noexcept = default;
Production& Production::operator=(Production&&) noexcept = default;

std::int64_t Production::frames() const { return files_->frames; }
int Production::sample_rate() const { return files_->sample_rate; }
const MasteringReport& Production::mastering() const { return files_->mastered.report; }
const std::vector<std::string>& Production::stems() const { return files_->stem_names; }

void Production::read_mix(std::int64_t first, std::span<float> samples) const {
  UNDERSONG_CHECK(first + static_cast<std::int64_t>(samples.size() / 2) <= files_->frames);
  files_->mix.read(first, samples);
  files_->mastered.apply(first, 2, samples);
}

void Production::read_stem(std::size_t stem, std::int64_t first, std::span<float> samples) const {
  UNDERSONG_CHECK(first + static_cast<std::int64_t>(samples.size() / 2) <= files_->frames);
  files_->stems.at(stem).read(first, samples);
  files_->mastered.apply(first, 2, samples);
}

Production produce(const Score& score, const ProductionSettings& settings, Stems stems,
                   Progress& progress) {
  detail::check_production(score, settings);
  auto files = std::make_unique<Production::Files>();
  files->frames = settings.frames;
  files->sample_rate = settings.sample_rate;
  if (stems == Stems::kKeep) {
    for (const ProducedStem& stem : settings.stems) files->stem_names.push_back(stem.name);
    files->stems.resize(settings.stems.size());
  }
  const std::int64_t recorded = Session(score, settings, stems, *files).run(progress);
  fold_tail(settings.frames, recorded, files->mix);
  for (ScratchSound& stem : files->stems) fold_tail(settings.frames, recorded, stem);
  add_vinyl(settings, stems, *files);
  progress.begin("mastering", settings.frames / settings.sample_rate, "s");
  files->mastered = find_mastering(source_of(files->mix, settings), settings.mastering);
  progress.update(settings.frames / settings.sample_rate, "");
  progress.end();
  return Production(std::move(files));
}

}  // namespace undersong
