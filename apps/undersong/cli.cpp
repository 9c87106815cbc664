#include "undersong/cli.h"

#include "common/messages.h"
#include "common/run.h"
#include "undersong/verbs/verbs.h"

namespace undersong {

void describe_program(CLI::App& app, const std::vector<std::string>& arguments) {
  app.name("undersong");
  app.description(tr("Background music for people who make videos"));
  app.set_version_flag("--version", "undersong " UNDERSONG_VERSION, tr("Print the version"));
  app.set_help_flag("-h,--help", tr("Print this help"));
  app.get_formatter()->column_width(30);
  app.require_subcommand(1);
  app.footer(tr("Each verb explains itself: undersong generate --help"));
  add_compose_verb(app);
  add_corpus_verb(app);
  add_fetch_verb(app);
  add_train_verb(app, arguments);
  add_generate_verb(app);
  add_check_verb(app);
  add_render_verb(app);
  add_transcribe_verb(app);
  add_evaluate_verb(app);
  add_styles_verb(app);
  add_doctor_verb(app);
  add_completion_verb(app);
  add_manual_verb(app);
}

int run_cli(int argc, char** argv) {
  install_translations();
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  CLI::App app;
  describe_program(app, arguments);
  return run_program("undersong", [&] {
    hand_over_to_trainer(arguments);
    parse_and_run(app, arguments);
  });
}

}  // namespace undersong
