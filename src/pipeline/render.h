#pragma once
// A score into a finished music file: what `undersong render` does, and what every `-o` uses.

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "audio/audio_file.h"
#include "base/file.h"
#include "base/progress.h"
#include "render/mastering.h"
#include "render/render.h"
#include "score/score.h"

namespace undersong {

// Where the music came from, for the tags of audio files.
struct MusicOrigin {
  std::string title;                  // empty: the output's file name without its suffix
  std::string genre;                  // empty: left out
  std::optional<std::uint64_t> seed;  // unset: left out
  std::string model;                  // what wrote the notes; empty: left out
  std::string style;                  // what composed them; empty: left out
  std::string date;                   // ISO 8601; empty: date_for_tags()
};

struct MusicFileOptions {
  MusicOrigin origin;
  RenderOptions render;
  MasteringOptions mastering;
  Overwrite overwrite = Overwrite::kRefuse;
};

struct MusicFileReport {
  std::filesystem::path path;
  double length_seconds = 0.0;  // of the sound, or of the notes
  bool is_audio = false;        // the rest is for audio alone
  std::filesystem::path soundfont;
  MasteringReport mastering;
  double seconds_taken = 0.0;    // wall clock: rendering, mastering and writing
  double times_real_time = 0.0;  // length_seconds / seconds_taken
};

// Today in UTC, or the day of $SOURCE_DATE_EPOCH, as ISO 8601.
std::string date_for_tags();

// The tags of an audio file of this name: title, date, seed, model and style as far as they are
// known, "undersong VERSION".
AudioTags tags_for(const std::filesystem::path& path, const MusicOrigin& origin);

// A title for people: the origin's, else the file's name without its suffix.
std::string title_of(const std::filesystem::path& path, const MusicOrigin& origin);

// Writes the origin's model and seed into the score's first track as a text, so that a MIDI file
// says where it came from too; origin_of() reads it back, or what a composed file says
// (request_text.h), and render_file() tags with it.
void note_origin(const MusicOrigin& origin, Score& score);
MusicOrigin origin_of(const Score& score);

// Errors: kUsage when both paths lead to one file: an input is never overwritten, --force or not.
void require_not_an_input(const std::filesystem::path& output, const std::filesystem::path& input);

// Writes `score` to `path`: .mid or .midi as a MIDI file, .svg as a piano roll, .wav, .flac, .ogg
// or .mp3 rendered, mastered and tagged (title, date, seed and model when known, "undersong
// VERSION"). The date is today's, or that of $SOURCE_DATE_EPOCH. Errors: kUsage for another suffix,
// an existing file (kRefuse), an empty or endless score; kIo; and those of render().
MusicFileReport write_music(const Score& score, const std::filesystem::path& path,
                            const MusicFileOptions& options, Progress& progress);

// Whether write_music knows the suffix. Errors: kUsage, with the suffixes that it knows. Call it
// before long work.
void check_music_suffix(const std::filesystem::path& path);

struct RenderRequest {
  std::filesystem::path input;   // a MIDI file
  std::filesystem::path output;  // by suffix, as write_music; never the input itself
  std::optional<double> bpm;     // see with_bpm (score/transform.h)
  std::optional<int> program;    // 0-127; parse_program (score/general_midi.h) takes names too
  MusicFileOptions options;
};

struct RenderReport {
  MusicFileReport file;
  std::vector<std::string> repairs;  // what reading the MIDI file mended
};

RenderReport render_file(const RenderRequest& request, Progress& progress);

}  // namespace undersong
