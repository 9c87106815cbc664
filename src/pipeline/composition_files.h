#pragma once
// A composed piece as files: audio in several formats from one rendering, stems, MIDI, a picture.

#include <filesystem>
#include <optional>
#include <vector>

#include "base/progress.h"
#include "pipeline/composition.h"
#include "pipeline/render.h"
#include "render/production.h"

namespace undersong {

// Of the files that compose writes; WAV, FLAC and MP3 all take it.
inline constexpr int kCompositionSampleRate = 48000;

struct CompositionFiles {
  std::vector<std::filesystem::path> outputs;  // by suffix: audio, .mid, .svg
  std::optional<std::filesystem::path> stems;  // a folder
};

// What can be told before long work. Errors: kUsage for suffixes that are none, for what exists
// (kRefuse), and for a loop in a format that cannot loop.
void check_files(const CompositionFiles& files, Ending ending, const MusicFileOptions& options);

// Whether any of them is heard, and so wants a SoundFont.
bool has_sound(const CompositionFiles& files);

// The one that gives a piece its name: the first audio file, else the first MIDI file, else the
// stems' folder. Empty for pictures alone.
std::optional<std::filesystem::path> main_file(const CompositionFiles& files);

struct WrittenFiles {
  std::vector<MusicFileReport> outputs;  // one an output, in their order
  std::vector<MusicFileReport> stems;
};

// Sound is made once, whatever it is written to, and has llround(length * rate) frames. All files
// appear together at the end, under their names. Tags tell style and seed besides what `options`
// say.
// Errors: as write_music() and produce().
WrittenFiles write_files(const Composition& composition, const Score& score,
                         const CompositionFiles& files, const MusicFileOptions& options,
                         Progress& progress);

// How `compose` asks for the sound of a piece.
ProductionSettings production_settings(const Composition& composition, const Score& score,
                                       const MusicFileOptions& options);

}  // namespace undersong
