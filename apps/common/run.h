#pragma once
// How a program of ours ends: everything that leaves it becomes one line on stderr and an exit
// code.

#include <CLI/CLI.hpp>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace undersong {

// Runs `action` with Ctrl-C handled and returns the exit code: 0, 1 (failed), 2 (usage), 3
// (too close to what was learned), 130 (interrupted). `name` opens the line: `undersong: reading
// a.mid: …`.
int run_program(std::string_view name, const std::function<void()>& action);

// Parses and runs the verbs' callbacks; prints help and version. Errors: kUsage with a sentence for
// what CLI11 refuses, and what the callbacks throw.
void parse_and_run(CLI::App& app, const std::vector<std::string>& arguments);

// Control characters escaped, so that an error stays one line whatever a file is called.
std::string one_line(std::string_view text);

}  // namespace undersong
