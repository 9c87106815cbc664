#include "render/production_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string>

#include "base/error.h"
#include "render/render.h"

namespace undersong::detail {
namespace {

constexpr std::size_t kMostStems = 16;

void require(bool holds, const std::string& message) {
  if (!holds) throw Error(ErrorKind::kUsage, message);
}

struct Range {
  double low;
  double high;
};

// `zero` says whether 0 stands for "none" beside the range.
enum class Zero { kInRangeOnly, kMeansNone };

void require_in(const std::string& what, double value, Range range,
                Zero zero = Zero::kInRangeOnly) {
  if (zero == Zero::kMeansNone && value == 0.0) return;
  require(value >= range.low && value <= range.high,
          fmt::format("{} of {} is out of range: give {} to {}{}", what, value, range.low,
                      range.high, zero == Zero::kMeansNone ? ", or 0 for none" : ""));
}

void check_role_sound(const std::string& name, const RoleSound& sound) {
  const std::string whose = "stem " + name + ": a ";
  require_in(whose + "level", sound.level_db, {-40.0, 12.0});
  require_in(whose + "pan", sound.pan, {-1.0, 1.0});
  require_in(whose + "high-pass", sound.high_pass_hz, {20.0, 2000.0}, Zero::kMeansNone);
  require_in(whose + "low-pass", sound.low_pass_hz, {200.0, 20000.0}, Zero::kMeansNone);
  require_in(whose + "saturation", sound.saturation, {0.0, 1.0});
  require_in(whose + "width", sound.width, {0.0, 2.0});
  require_in(whose + "side chain", sound.side_chain_db, {0.0, 24.0});
  require_in(whose + "chorus send", sound.chorus, {0.0, 1.0});
  require_in(whose + "delay send", sound.delay, {0.0, 1.0});
  require_in(whose + "reverb send", sound.reverb, {0.0, 1.0});
}

void check_mix_sound(const MixSound& mix) {
  require_in("mix: a low-pass", mix.low_pass_hz, {200.0, 20000.0}, Zero::kMeansNone);
  require_in("mix: a high-pass", mix.high_pass_hz, {20.0, 2000.0}, Zero::kMeansNone);
  require_in("mix: a width", mix.width, {0.0, 2.0});
  require_in("mix: a wow", mix.wow_cents, {0.0, 50.0});
  require_in("mix: a vinyl level", mix.vinyl_db, {-120.0, -20.0});
  require_in("mix: a reverb time", mix.reverb_seconds, {0.2, 12.0});
  require_in("mix: a reverb damping", mix.reverb_damping_hz, {500.0, 20000.0});
  require_in("mix: a delay time in beats", mix.delay_beats, {0.125, 4.0});
  require_in("mix: a delay feedback", mix.delay_feedback, {0.0, 0.85});
}

void check_stems(const Score& score, const std::vector<ProducedStem>& stems) {
  require(stems.size() <= kMostStems,
          fmt::format("a production has at most {} stems, not {}", kMostStems, stems.size()));
  std::set<std::size_t> tracks;
  for (const ProducedStem& stem : stems) {
    require(stem.track < score.tracks.size(),
            fmt::format("stem {} is of track {}, and the score has {}", stem.name, stem.track,
                        score.tracks.size()));
    require(tracks.insert(stem.track).second, fmt::format("track {} has two stems", stem.track));
    check_role_sound(stem.name, stem.sound);
  }
  for (std::size_t track = 0; track < score.tracks.size(); ++track) {
    require(score.tracks[track].notes.empty() || tracks.contains(track),
            fmt::format("track {} has notes and no stem", track));
  }
}

}  // namespace

void check_production(const Score& score, const ProductionSettings& settings) {
  require(note_count(score) > 0, "there is nothing to render: the piece has no notes");
  require(settings.sample_rate >= 8000 && settings.sample_rate <= 96000,
          fmt::format("a sample rate of {} Hz is out of range: give 8000 to 96000",
                      settings.sample_rate));
  require(settings.frames > 0, "a production needs at least one frame");
  const double hours = static_cast<double>(settings.frames) / settings.sample_rate / 3600.0;
  require(hours * 3600.0 <= kLongestRenderSeconds,
          fmt::format("the piece lasts {:.1f} hours, and the longest that is rendered is {:.0f}: "
                      "give a shorter length",
                      hours, kLongestRenderSeconds / 3600.0));
  require_in("a fade in seconds", settings.fade_seconds, {0.0, kLongestRenderSeconds});
  check_stems(score, settings.stems);
  check_mix_sound(settings.mix);
  check_options(settings.mastering);
}

}  // namespace undersong::detail
