// `undersong manual`: the manual page in roff, made from the description of the command line. The
// build writes undersong.1, which is installed.

#include <fmt/format.h>

#include <cstdio>

#include "common/messages.h"
#include "common/usage.h"
#include "undersong/verbs/verbs.h"

namespace undersong {
namespace {

// A dash would be typeset as a hyphen, and a line that begins with a dot is a request.
std::string roff(const std::string& text) {
  std::string escaped;
  for (const char character : text) {
    const bool at_line_start = escaped.empty() || escaped.back() == '\n';
    if (at_line_start && (character == '.' || character == '\'')) escaped += "\\&";
    if (character == '-' || character == '\\') escaped += '\\';
    escaped += character;
  }
  return escaped;
}

std::string option_entry(const CLI::Option& option) {
  std::string names;
  for (const std::string& name : option.get_snames()) names += "-" + name + ", ";
  for (const std::string& name : option.get_lnames()) names += "--" + name + ", ";
  names.resize(names.size() - 2);
  const std::string value = option.get_type_size() > 0 ? " " + option.get_type_name() : "";
  return fmt::format(".TP\n.B {}\n{}\n", roff(names + value), roff(option.get_description()));
}

std::string verb_section(CLI::App& verb, const std::string& prefix) {
  const std::string name = prefix + " " + verb.get_name();
  std::string section = fmt::format(".SS {}\n{}\n", roff(name), roff(verb.get_description()));
  for (const CLI::Option* option : visible_options(verb)) section += option_entry(*option);
  if (!verb.get_footer().empty())
    section += fmt::format(".PP\n.nf\n{}\n.fi\n", roff(verb.get_footer()));
  for (CLI::App* inner : visible_verbs(verb)) section += verb_section(*inner, name);
  return section;
}

std::string manual_page(CLI::App& app) {
  std::string page = fmt::format(
      ".TH UNDERSONG 1 \"\" \"undersong {}\" \"User Commands\"\n"
      ".SH NAME\nundersong \\- {}\n"
      ".SH SYNOPSIS\n.B undersong\n.I VERB\n[\\fIOPTION\\fR]...\n.SH VERBS\n",
      UNDERSONG_VERSION, roff(app.get_description()));
  for (CLI::App* verb : visible_verbs(app)) page += verb_section(*verb, "undersong");
  page +=
      ".SH EXIT STATUS\n.TP\n.B 0\nsuccess\n.TP\n.B 1\nfailed, with a sentence on standard error\n"
      ".TP\n.B 2\nusage: the command line or a number in it makes no sense\n"
      ".TP\n.B 3\ncheck: a track is too close to what was learned, by the limits given or by those "
      "of "
      "the music compared with; generate: every candidate was, and nothing was written\n"
      ".TP\n.B 130\ninterrupted; nothing half\\-written is left\n"
      ".SH ENVIRONMENT\n.TP\n.B XDG_DATA_HOME\nholds undersong/corpora; by default "
      "~/.local/share\n.TP\n.B UNDERSONG_SHARE\nthe folder that holds models/\n"
      ".TP\n.B NO_COLOR\nno colours, when set\n";
  return page;
}

}  // namespace

void add_manual_verb(CLI::App& app) {
  CLI::App* verb = app.add_subcommand("manual", tr("Print the manual page in roff"));
  verb->group("");
  verb->callback([&app] { fmt::print("{}", manual_page(app)); });
}

}  // namespace undersong
