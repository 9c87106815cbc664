#include "undersong/cli.h"

#include <fmt/format.h>

#include <csignal>
#include <cstdio>
#include <filesystem>
#include <new>
#include <stdexcept>

#include "base/cancel.h"
#include "base/error.h"
#include "undersong/console.h"
#include "undersong/messages.h"
#include "undersong/usage.h"
#include "undersong/verbs/verbs.h"

namespace undersong {
namespace {

constexpr int kUsageExit = 2;

int fail(int code, const std::string& message) {
  std::fflush(stdout);
  fmt::print(stderr, "undersong: {}\n", one_line(message));
  return code;
}

// What the flags ask for and nothing has to be done for: --help and --version.
int print_and_leave(CLI::App& app, const CLI::Success& answer) {
  app.exit(answer);
  flush_standard_output();
  return 0;
}

int parse_and_run(CLI::App& app, std::vector<std::string> arguments) {
  try {
    // CLI11 takes them from the back.
    app.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
    flush_standard_output();
    return 0;
  } catch (const CLI::Success& answer) {
    return print_and_leave(app, answer);
  } catch (const CLI::ParseError& error) {
    return fail(kUsageExit, usage_sentence(app, error));
  }
}

}  // namespace

void describe_program(CLI::App& app, const std::vector<std::string>& arguments) {
  app.name("undersong");
  app.description(tr("Background music for people who make videos"));
  app.set_version_flag("--version", "undersong " UNDERSONG_VERSION, tr("Print the version"));
  app.set_help_flag("-h,--help", tr("Print this help"));
  app.get_formatter()->column_width(30);
  app.require_subcommand(1);
  app.footer(tr("Each verb explains itself: undersong generate --help"));
  add_corpus_verb(app);
  add_train_verb(app, arguments);
  add_generate_verb(app);
  add_render_verb(app);
  add_doctor_verb(app);
  add_completion_verb(app);
  add_manual_verb(app);
}

int run_cli(int argc, char** argv) {
  install_translations();
  install_cancel_handlers();
  std::signal(SIGPIPE, SIG_IGN);  // a closed pipe is a failed write, told like any other
  try {
    const std::vector<std::string> arguments(argv + 1, argv + argc);
    hand_over_to_trainer(arguments);
    CLI::App app;
    describe_program(app, arguments);
    return parse_and_run(app, arguments);
  } catch (const Error& error) {
    return fail(exit_code(error.kind()), error.message());
  } catch (const std::bad_alloc&) {
    return fail(1,
                tr("there is not enough memory for this; ask for fewer notes or a smaller file"));
  } catch (const std::logic_error& bug) {
    return fail(1, fmt::format("this is a bug in undersong {}: {}; please report it with the "
                               "command that you ran",
                               UNDERSONG_VERSION, bug.what()));
  } catch (const std::exception& failure) {  // std::filesystem and std::system_error among them
    return fail(1, failure.what());
  }
}

std::vector<CLI::App*> visible_verbs(CLI::App& app) {
  return app.get_subcommands([](CLI::App* verb) { return !verb->get_group().empty(); });
}

std::vector<CLI::Option*> visible_options(const CLI::App& verb) {
  std::vector<CLI::Option*> visible;
  for (const CLI::Option* option : verb.get_options()) {
    if (option->nonpositional() && !option->get_group().empty())
      visible.push_back(const_cast<CLI::Option*>(option));
  }
  return visible;
}

}  // namespace undersong
