#include "pipeline/render.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <chrono>
#include <cstdlib>
#include <ctime>
#include <string_view>
#include <system_error>
#include <utility>

#include "base/check.h"
#include "base/error.h"
#include "midi/midi_file.h"
#include "pipeline/picture.h"
#include "pipeline/request_text.h"
#include "render/soundfont.h"
#include "score/tempo_map.h"
#include "score/transform.h"

namespace undersong {
namespace {

namespace fs = std::filesystem;

// Around the model's name in a MIDI file's text.
constexpr std::string_view kModelMark = "undersong: model ";
constexpr std::string_view kSeedMark = "; seed ";

using Clock = std::chrono::steady_clock;

std::string lower_suffix(const fs::path& path) {
  std::string suffix = path.extension().string();
  std::transform(suffix.begin(), suffix.end(), suffix.begin(), [](char c) {
    return static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  });
  return suffix;
}

bool is_midi(const fs::path& path) {
  const std::string suffix = lower_suffix(path);
  return suffix == ".mid" || suffix == ".midi";
}

bool is_picture(const fs::path& path) { return lower_suffix(path) == ".svg"; }

std::string comment_for_tags(const MusicOrigin& origin) {
  std::string comment;
  const auto add = [&](const std::string& part) {
    if (!comment.empty()) comment += "; ";
    comment += part;
  };
  if (!origin.model.empty()) add("model " + origin.model);
  if (!origin.style.empty()) add("style " + origin.style);
  if (origin.seed) add(fmt::format("seed {}", *origin.seed));
  return comment;
}

// What can be told before minutes of rendering, and before anything is created.
void check_target(const fs::path& path, Overwrite overwrite) {
  check_music_suffix(path);
  check_output(path, overwrite);
}

MusicFileReport write_audio(const Score& score, const fs::path& path,
                            const MusicFileOptions& options, Progress& progress) {
  const auto start = Clock::now();
  MusicFileReport report;
  report.path = path;
  report.is_audio = true;
  RenderOptions rendering = options.render;
  rendering.soundfont = find_soundfont(rendering.soundfont);
  check_soundfont(rendering.soundfont);
  report.soundfont = rendering.soundfont;
  { const AtomicFile probe(path, options.overwrite); }  // the folder takes files, before the work
  AudioBuffer audio = render(score, rendering, progress);
  report.mastering = master(audio, options.mastering);
  save_audio(path, audio, tags_for(path, options.origin), options.overwrite);
  report.length_seconds = audio.length_seconds();
  report.seconds_taken = std::chrono::duration<double>(Clock::now() - start).count();
  report.times_real_time = report.length_seconds / std::max(report.seconds_taken, 1e-9);
  return report;
}

bool is_same_file(const fs::path& a, const fs::path& b) {
  std::error_code ignored;
  return fs::equivalent(a, b, ignored);
}

}  // namespace

// SOURCE_DATE_EPOCH, seconds since 1970, takes its place where the same bytes are
// wanted on another day. Source: reproducible-builds.org/specs/source-date-epoch.
std::string date_for_tags() {
  std::time_t now = std::time(nullptr);
  if (const char* fixed = std::getenv("SOURCE_DATE_EPOCH"); fixed != nullptr) {
    const std::string_view text = fixed;
    std::int64_t seconds = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), seconds);
    if (failure == std::errc() && end == text.data() + text.size() && seconds >= 0)
      now = static_cast<std::time_t>(seconds);
  }
  return fmt::format("{:%Y-%m-%d}", fmt::gmtime(now));
}

std::string title_of(const fs::path& path, const MusicOrigin& origin) {
  return origin.title.empty() ? path.stem().string() : origin.title;
}

AudioTags tags_for(const fs::path& path, const MusicOrigin& origin) {
  return {.title = title_of(path, origin),
          .artist = "",
          .date = origin.date.empty() ? date_for_tags() : origin.date,
          .genre = origin.genre,
          .comment = comment_for_tags(origin),
          .software = "undersong " UNDERSONG_VERSION};
}

void require_not_an_input(const fs::path& output, const fs::path& input) {
  if (!is_same_file(input, output)) return;
  throw Error(ErrorKind::kUsage,
              display(output) + " is the input itself; give the output another name");
}

void note_origin(const MusicOrigin& origin, Score& score) {
  UNDERSONG_CHECK(!score.tracks.empty() && origin.seed.has_value());
  const std::string text =
      fmt::format("{}{}{}{}", kModelMark, origin.model, kSeedMark, *origin.seed);
  auto& texts = score.tracks.front().texts;
  texts.insert(texts.begin(), {0, TextEvent::Kind::kText, text});
}

namespace {

// A request that cannot be read does not keep anybody from rendering.
std::optional<MusicOrigin> composed_origin(const Score& score) {
  try {
    const auto composed = composition_of(score);
    if (!composed) return std::nullopt;
    MusicOrigin origin;
    origin.style = composed->request.style;
    origin.seed = composed->request.seed;
    return origin;
  } catch (const Error&) {
    return std::nullopt;
  }
}

}  // namespace

MusicOrigin origin_of(const Score& score) {
  if (auto composed = composed_origin(score)) return std::move(*composed);
  for (const Track& track : score.tracks) {
    for (const TextEvent& event : track.texts) {
      const std::string_view text = event.text;
      const std::size_t seed_mark = text.find(kSeedMark);
      if (!text.starts_with(kModelMark) || seed_mark == std::string_view::npos) continue;
      MusicOrigin origin;
      origin.model = text.substr(kModelMark.size(), seed_mark - kModelMark.size());
      const std::string_view digits = text.substr(seed_mark + kSeedMark.size());
      std::uint64_t seed = 0;
      const auto [end, failure] =
          std::from_chars(digits.data(), digits.data() + digits.size(), seed);
      if (failure == std::errc() && end == digits.data() + digits.size()) origin.seed = seed;
      return origin;
    }
  }
  return {};
}

void check_music_suffix(const fs::path& path) {
  if (is_midi(path) || is_picture(path) || audio_format_of(path)) return;
  throw Error(ErrorKind::kUsage, "cannot tell the format of " + display(path) +
                                     " by its suffix: end the name in .mid, .svg (a piano roll), " +
                                     kAudioSuffixes);
}

MusicFileReport write_music(const Score& score, const fs::path& path,
                            const MusicFileOptions& options, Progress& progress) {
  check_options(options.mastering);
  check_target(path, options.overwrite);
  if (is_picture(path)) {
    save_file(path, piano_roll_svg(score, title_of(path, options.origin)), options.overwrite);
  } else if (is_midi(path)) {
    save_midi(path, score, options.overwrite);
  } else {
    return write_audio(score, path, options, progress);
  }
  MusicFileReport report;
  report.path = path;
  report.length_seconds = length_seconds(score);
  return report;
}

RenderReport render_file(const RenderRequest& request, Progress& progress) {
  require_not_an_input(request.output, request.input);
  require_not_an_input(request.output, request.options.render.soundfont);
  check_options(request.options.mastering);
  check_target(request.output, request.options.overwrite);
  MidiReading reading = load_midi(request.input);
  Score score = std::move(reading.score);
  if (request.bpm) score = with_bpm(std::move(score), *request.bpm);
  if (request.program) score = with_program(std::move(score), *request.program);
  MusicFileOptions options = request.options;
  const MusicOrigin origin = origin_of(score);
  if (options.origin.model.empty()) options.origin.model = origin.model;
  if (options.origin.style.empty()) options.origin.style = origin.style;
  if (!options.origin.seed) options.origin.seed = origin.seed;
  if (options.origin.title.empty()) options.origin.title = request.input.stem().string();
  return {
      .file = with_context("rendering " + display(request.input),
                           [&] { return write_music(score, request.output, options, progress); }),
      .repairs = std::move(reading.repairs)};
}

}  // namespace undersong
