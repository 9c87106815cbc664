#pragma once
// Style packs: TOML -> Style.

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "style/style.h"

namespace undersong {

// Reads and validates a whole pack (docs/formats/style-pack.md). All that is wrong is told at once,
// a line each, with its place: `line 12, column 9: tempo.range: …; give …`.
// Errors: kFormat for what is no TOML or not a valid pack, unknown keys among it (with the nearest
//         known one), and for more than 1 MiB.
Style read_style(std::string_view toml);

// The same, where the path of the pack stands before each line of the message.
Style read_style(std::string_view toml, const std::filesystem::path& from);

// A pack's bytes. Errors: those of read_text_file; kFormat for more than 1 MiB.
std::string read_style_text(const std::filesystem::path& path);

// All of it, from a file.
Style load_style(const std::filesystem::path& path);

}  // namespace undersong
