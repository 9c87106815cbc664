#pragma once
// The command line as a description: one App with a subcommand a verb. Help, completion and the
// manual page are all made from it.

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

namespace undersong {

// Adds every verb of verbs/verbs.h. `arguments` are those after the program's name; `train` hands
// them on.
void describe_program(CLI::App& app, const std::vector<std::string>& arguments);

// Runs the program and returns its exit code: 0, 1 (failed), 2 (usage), 3 (too close to what was
// learned), 130 (interrupted). Every failure is one line on stderr.
int run_cli(int argc, char** argv);

}  // namespace undersong
