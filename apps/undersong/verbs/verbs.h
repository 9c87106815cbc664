#pragma once
// One file a verb. Each adds its subcommand, reads the flags, calls `pipeline` and prints; what it
// throws becomes the program's exit code in cli.cpp.

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

namespace undersong {

void add_corpus_verb(CLI::App& app);
void add_fetch_verb(CLI::App& app);
// `arguments` are all of the program's: a network's go to undersong-train as they are.
void add_train_verb(CLI::App& app, const std::vector<std::string>& arguments);
// Becomes undersong-train when the command line is `train NETWORK …`, so that its own --help and
// its own errors are seen; else returns.
void hand_over_to_trainer(const std::vector<std::string>& arguments);
void add_generate_verb(CLI::App& app);
void add_compose_verb(CLI::App& app);
void add_check_verb(CLI::App& app);
void add_evaluate_verb(CLI::App& app);
void add_render_verb(CLI::App& app);
void add_transcribe_verb(CLI::App& app);
void add_styles_verb(CLI::App& app);
void add_doctor_verb(CLI::App& app);

// Not listed in --help; the build runs them.
void add_completion_verb(CLI::App& app);
void add_manual_verb(CLI::App& app);

}  // namespace undersong
