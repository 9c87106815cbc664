#pragma once

#include <CLI/CLI.hpp>
#include <string>

namespace undersong {

// A sentence for what CLI11 refused: what was wrong, the nearest thing that exists, and where to
// look. `app` is the root after the failed parse.
std::string usage_sentence(CLI::App& app, const CLI::ParseError& error);

}  // namespace undersong
