#pragma once
// What both programs know about a command line that CLI11 describes.

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

namespace undersong {

// The verbs and the options that --help shows.
std::vector<CLI::App*> visible_verbs(CLI::App& app);
std::vector<CLI::Option*> visible_options(const CLI::App& verb);

// For --seed: digits alone, as far as 64 bits hold them.
CLI::Validator whole_number();

// For texts that mean something: an empty one is most often a variable of a script that was not
// set.
CLI::Validator not_empty();

// A sentence for what CLI11 refused: what was wrong, the nearest thing that exists, and where to
// look. `app` is the root after the failed parse.
std::string usage_sentence(CLI::App& app, const CLI::ParseError& error);

}  // namespace undersong
