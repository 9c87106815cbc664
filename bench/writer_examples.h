#pragma once
// What a person sees and hears first, and what can be looked at.

#include <filesystem>

#include "corpus/training_file.h"
#include "writer_pieces.h"

namespace undersong {

// Every style's example as `undersong styles` plays it, by its own writer and by the network; what
// ./music makes; a piece that the network writes alone in each style that it knows. Each as the
// program makes it, so the gate has its say: how near does what was taken come to what was learned?
void print_examples(const std::filesystem::path& weights);

// For each style and seed a page with the piano rolls of both writers and of a real passage of the
// network's style, and their MIDI files.
void write_rolls(const WriterBenchSetting& setting, const TrainingFile& file,
                 const std::filesystem::path& folder);

}  // namespace undersong
