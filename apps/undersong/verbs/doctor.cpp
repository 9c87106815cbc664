// `undersong doctor`: what the machine has of what the program can use.

#include "pipeline/doctor.h"

#include <memory>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "common/messages.h"
#include "undersong/console.h"
#include "undersong/verbs/verbs.h"

namespace undersong {
namespace {

void print_text(Console& console, const DoctorReport& report) {
  std::string section;
  for (const Finding& finding : report.findings) {
    if (finding.section != section) console.show("{}", finding.section);
    section = finding.section;
    const bool lacking = !finding.found && finding.need != Finding::Need::kInformation;
    const std::string mark = finding.found ? Console::green("OK     ")
                             : lacking     ? Console::red("missing")
                                           : "none   ";
    console.show("  {} {:<16} {}", mark, finding.name, finding.detail);
    if (!finding.install.empty())
      console.show("  {:7} {:<16} {}: {}", "", "", tr("to get it"), finding.install);
  }
}

nlohmann::json to_json(const DoctorReport& report) {
  nlohmann::json findings = nlohmann::json::array();
  for (const Finding& finding : report.findings) {
    findings.push_back({{"section", finding.section},
                        {"name", finding.name},
                        {"found", finding.found},
                        {"detail", finding.detail},
                        {"install", finding.install},
                        {"needed_for_generate", finding.need == Finding::Need::kGenerate}});
  }
  return {{"can_generate", report.can_generate()}, {"findings", findings}};
}

}  // namespace

void add_doctor_verb(CLI::App& app) {
  auto console = std::make_shared<Console>();
  CLI::App* verb = app.add_subcommand("doctor", tr("Say what this machine has and what it lacks"));
  console->add_options(*verb);
  verb->footer(tr("Example: undersong doctor"));
  verb->callback([console] {
    const DoctorReport report = examine_machine();
    if (console->json()) console->print_json(to_json(report));
    print_text(*console, report);
    if (!report.can_generate())
      throw Error(ErrorKind::kNotFound,
                  tr("something that `generate` needs is missing, see above"));
  });
}

}  // namespace undersong
