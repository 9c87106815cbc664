#include "composed_sound.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include "audio/audio_file.h"
#include "audio/loudness.h"
#include "audio/true_peak.h"
#include "base/quantile.h"
#include "base/scratch_folder.h"
#include "bench_verbs.h"
#include "composed_piece.h"
#include "pipeline/compose.h"

namespace undersong {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr double kTargetLufs = -14.0;
// Shorter than the notes of a roll lie apart.
constexpr double kHitSearchSeconds = 0.02;
constexpr double kSilence = 1e-4;  // -80 dBFS

std::vector<float> mono_of(const AudioBuffer& audio) {
  std::vector<float> mono(audio.frames());
  const auto channels = static_cast<std::size_t>(audio.channels);
  for (std::size_t i = 0; i < mono.size(); ++i) {
    for (std::size_t c = 0; c < channels; ++c)
      mono[i] += audio.samples[i * channels + c] / static_cast<float>(channels);
  }
  return mono;
}

// Sound energy of what is quick: the differences of neighbours, so that a held bass hides nothing.
double quick_energy(const std::vector<float>& mono, std::int64_t from, std::int64_t to) {
  double energy = 1e-9;
  const auto last = static_cast<std::int64_t>(mono.size());
  for (std::int64_t i = std::max<std::int64_t>(from, 1); i < std::min(to, last); ++i) {
    const double difference =
        double{mono[static_cast<std::size_t>(i)]} - double{mono[static_cast<std::size_t>(i - 1)]};
    energy += difference * difference;
  }
  return energy;
}

// Milliseconds from the hit to the steepest rise of the sound near it.
double onset_error_ms(const std::vector<float>& mono, int sample_rate, double hit_seconds) {
  const auto rate = static_cast<double>(sample_rate);
  const auto window = static_cast<std::int64_t>(0.004 * rate);
  const auto hop = static_cast<std::int64_t>(0.0005 * rate);
  const auto centre = static_cast<std::int64_t>(hit_seconds * rate);
  const auto reach = static_cast<std::int64_t>(kHitSearchSeconds * rate);
  double steepest = -1.0;
  std::int64_t place = centre;
  for (std::int64_t at = centre - reach; at <= centre + reach; at += hop) {
    const double rise = std::log(quick_energy(mono, at, at + window)) -
                        std::log(quick_energy(mono, at - 2 * window, at)) + std::log(2.0);
    if (rise > steepest) {
      steepest = rise;
      place = at;
    }
  }
  return 1e3 * static_cast<double>(place - centre) / rate;
}

std::vector<double> bar_levels(const std::vector<float>& mono, int sample_rate,
                               const std::vector<double>& times, std::size_t bars) {
  std::vector<double> levels;
  for (std::size_t b = 0; b < bars; ++b) {
    double energy = 1e-12;
    const auto from = static_cast<std::size_t>(times[b] * sample_rate);
    const auto to = std::min(mono.size(), static_cast<std::size_t>(times[b + 1] * sample_rate));
    for (std::size_t i = from; i < to; ++i) energy += double{mono[i]} * double{mono[i]};
    levels.push_back(10 *
                     std::log10(energy / static_cast<double>(std::max<std::size_t>(to - from, 1))));
  }
  return levels;
}

double longest_silence(const std::vector<float>& mono, int sample_rate, double until_seconds) {
  const auto end = std::min(mono.size(), static_cast<std::size_t>(until_seconds * sample_rate));
  std::size_t longest = 0;
  std::size_t silent = 0;
  for (std::size_t i = 0; i < end; ++i) {
    silent = std::abs(double{mono[i]}) < kSilence ? silent + 1 : 0;
    longest = std::max(longest, silent);
  }
  return static_cast<double>(longest) / sample_rate;
}

// The last sample beside full scale: a file that stops within a wave clicks.
double last_level_db(const AudioBuffer& audio) {
  double last = 0.0;
  const std::size_t channels = static_cast<std::size_t>(audio.channels);
  const std::size_t size = audio.samples.size();
  for (std::size_t i = size - std::min(size, 8 * channels); i < size; ++i)
    last = std::max(last, std::abs(double{audio.samples[i]}));
  return db_from_linear(std::max(last, 1e-7));
}

json measure(const Style& style, std::uint64_t seed, double seconds, Asking asking) {
  const ScratchFolder folder;
  const fs::path path = folder.path() / "piece.wav";
  ComposeRequest request;
  request.composition = bench_request(style, seed, seconds, asking);
  request.seed = seed;
  request.outputs = {path};
  request.certificate = CertificateWish::kOmit;
  request.gate.copies = Copies::kAllow;
  const auto begin = std::chrono::steady_clock::now();
  const ComposeReport report = compose_music(request, silent_progress());
  const double taken =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  const AudioBuffer audio = load_audio(path).audio;
  const Loudness loudness = measure_loudness(audio);
  const std::vector<float> mono = mono_of(audio);

  ComposedPiece piece;
  piece.request = request.composition;
  piece.plan = report.variants.front().plan;
  const std::vector<double> asked = asked_energy(piece);
  const std::vector<double> times = bar_times(piece.plan);
  json hits = json::array();
  for (const double hit : request.composition.hits_seconds)
    hits.push_back(onset_error_ms(mono, audio.sample_rate, hit));
  json line = {{"style", style.name},
               {"seed", seed},
               {"seconds", seconds},
               {"asking", static_cast<int>(asking)},
               {"frame_error", static_cast<std::int64_t>(audio.frames()) -
                                   std::llround(seconds * audio.sample_rate)},
               {"loudness_error", loudness.integrated_lufs - kTargetLufs},
               {"true_peak", loudness.true_peak_dbtp},
               {"silence", longest_silence(mono, audio.sample_rate, times[asked.size()])},
               {"last_db", last_level_db(audio)},
               {"hits_ms", hits},
               {"taken", taken}};
  const auto levels = bar_levels(mono, audio.sample_rate, times, asked.size());
  const auto r = correlation(asked, levels);
  if (r && asked.size() >= kFewestEnergyBars) line["energy"] = *r;
  return line;
}

std::string key_of(const json& line) {
  return fmt::format("{} {} {} {}", line["style"].get<std::string>(),
                     line["seed"].get<std::uint64_t>(), line["seconds"].get<double>(),
                     line["asking"].get<int>());
}

std::vector<json> read_lines(const fs::path& path) {
  std::vector<json> lines;
  std::ifstream in(path);
  for (std::string text; std::getline(in, text);) {
    const json line = json::parse(text, nullptr, false);
    if (!line.is_discarded()) lines.push_back(line);
  }
  return lines;
}

double share_of(std::vector<double> values, double share) {
  std::ranges::sort(values);
  return values.empty() ? 0.0 : quantile(values, share);
}

void print_row(const std::string& name, const std::vector<json>& lines) {
  std::vector<double> loudness;
  std::vector<double> energy;
  std::vector<double> hits;
  std::int64_t frame_error = 0;
  double peak = -100.0;
  double silence = 0.0;
  double last = -200.0;
  for (const json& line : lines) {
    loudness.push_back(
        std::abs(line["loudness_error"].is_number() ? line["loudness_error"].get<double>() : 99.0));
    frame_error = std::max(frame_error, std::abs(line["frame_error"].get<std::int64_t>()));
    peak = std::max(peak, line["true_peak"].is_number() ? line["true_peak"].get<double>() : 0.0);
    silence = std::max(silence, line["silence"].get<double>());
    last = std::max(last, line["last_db"].get<double>());
    for (const json& hit : line["hits_ms"]) hits.push_back(std::abs(hit.get<double>()));
    if (line.contains("energy")) energy.push_back(line["energy"].get<double>());
  }
  fmt::print(
      "| {} | {} | {} | {:.2f}/{:.2f} | {:.2f} | {:.2f} | {:.0f} | {:.2f}/{:.2f} ({}) | "
      "{:.1f}/{:.1f} ({}) |\n",
      name, lines.size(), frame_error, share_of(loudness, 0.5), share_of(loudness, 1.0), peak,
      silence, last, share_of(energy, 0.5), share_of(energy, 0.05), energy.size(),
      share_of(hits, 0.5), share_of(hits, 0.95), hits.size());
}

}  // namespace

void measure_sound(const std::vector<Style>& styles, std::size_t seeds,
                   const std::vector<double>& lengths, const fs::path& results) {
  std::set<std::string> done;
  for (const json& line : read_lines(results)) done.insert(key_of(line));
  std::ofstream out(results, std::ios::app);
  std::size_t number = 0;
  const std::size_t total = styles.size() * seeds;
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    for (std::size_t s = 0; s < styles.size(); ++s) {
      ++number;
      const double seconds = lengths[(seed + s) % lengths.size()];
      const Asking asking = seconds < 15.0  ? Asking::kFreely
                            : seed % 3 == 0 ? Asking::kHits
                            : seed % 3 == 1 ? Asking::kCurve
                                            : Asking::kFreely;
      const json key = {{"style", styles[s].name},
                        {"seed", seed},
                        {"seconds", seconds},
                        {"asking", static_cast<int>(asking)}};
      if (done.contains(key_of(key))) continue;
      try {
        const json line = measure(styles[s], seed, seconds, asking);
        out << line.dump() << "\n" << std::flush;
        fmt::print(stderr, "{}/{} {}\n", number, total, line.dump());
      } catch (const std::exception& error) {
        fmt::print(stderr, "{}/{} {} failed: {}\n", number, total, key.dump(), error.what());
      }
    }
  }
}

void print_sound(const fs::path& results) {
  std::map<std::string, std::vector<json>> by_style;
  std::map<double, std::vector<json>> by_length;
  const std::vector<json> lines = read_lines(results);
  for (const json& line : lines) {
    by_style[line["style"].get<std::string>()].push_back(line);
    by_length[line["seconds"].get<double>()].push_back(line);
  }
  fmt::print(
      "| | files | length error, frames | loudness error, LU, median/most | true peak, most "
      "dBTP | longest silence, s | end, dBFS | energy r, median/5 % | hits ms, median/95 % "
      "|\n|---|---|---|---|---|---|---|---|---|\n");
  for (const auto& [style, group] : by_style) print_row(style, group);
  for (const auto& [seconds, group] : by_length) print_row(fmt::format("{} s", seconds), group);
  print_row("all", lines);
}

}  // namespace undersong
