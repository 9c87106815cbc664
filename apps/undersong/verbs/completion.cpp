// `undersong completion bash|zsh|fish`: the shell's completion script, made from the description of
// the command line. The build writes the three files that are installed.

#include <fmt/format.h>

#include <cstdio>
#include <memory>

#include "common/messages.h"
#include "common/usage.h"
#include "undersong/verbs/verbs.h"

namespace undersong {
namespace {

// "corpus add" for the verb inside a verb.
std::string path_of(const CLI::App& verb) {
  const CLI::App* parent = verb.get_parent();
  const bool nested = parent != nullptr && parent->get_parent() != nullptr;
  return nested ? path_of(*parent) + " " + verb.get_name() : verb.get_name();
}

// What may follow a verb: its verbs and its options.
std::string words_after(CLI::App& verb) {
  std::string words;
  for (const CLI::App* inner : visible_verbs(verb)) words += inner->get_name() + " ";
  for (const CLI::Option* option : visible_options(verb)) {
    for (const std::string& name : option->get_snames()) words += "-" + name + " ";
    for (const std::string& name : option->get_lnames()) words += "--" + name + " ";
  }
  if (!words.empty()) words.pop_back();
  return words;
}

std::vector<CLI::App*> all_verbs(CLI::App& app) {
  std::vector<CLI::App*> verbs;
  for (CLI::App* verb : visible_verbs(app)) {
    verbs.push_back(verb);
    for (CLI::App* inner : visible_verbs(*verb)) verbs.push_back(inner);
  }
  return verbs;
}

std::string bash_cases(CLI::App& app) {
  std::string cases;
  for (CLI::App* verb : all_verbs(app))
    cases += fmt::format("    '{}') list='{}' ;;\n", path_of(*verb), words_after(*verb));
  return cases;
}

// Words that start with a dash are options; anything else may also be a file.
std::string bash_script(CLI::App& app) {
  return fmt::format(R"(# bash completion for undersong, made by `undersong completion bash`
_undersong() {{
  local current=${{COMP_WORDS[COMP_CWORD]}} verb= list=
  if ((COMP_CWORD > 1)); then verb=${{COMP_WORDS[1]}}; fi
  if [[ $verb == corpus && COMP_CWORD -gt 2 ]]; then verb="corpus ${{COMP_WORDS[2]}}"; fi
  case $verb in
    '') list='{}' ;;
{}  esac
  mapfile -t COMPREPLY < <(compgen -W "$list" -- "$current")
}}
complete -o bashdefault -o default -F _undersong undersong
)",
                     words_after(app), bash_cases(app));
}

std::string zsh_script(CLI::App& app) {
  return fmt::format(R"(#compdef undersong
# zsh completion for undersong, made by `undersong completion zsh`
local verb= list=
if ((CURRENT > 2)); then verb=$words[2]; fi
if [[ $verb == corpus && CURRENT -gt 3 ]]; then verb="corpus $words[3]"; fi
case $verb in
    '') list='{}' ;;
{}esac
compadd -- ${{=list}}
_files
)",
                     words_after(app), bash_cases(app));
}

std::string fish_quoted(std::string text) {
  for (std::size_t at = text.find('\''); at != std::string::npos; at = text.find('\'', at + 2))
    text.insert(at, "\\");
  return "'" + text + "'";
}

std::string fish_script(CLI::App& app) {
  std::string script = "# fish completion for undersong, made by `undersong completion fish`\n";
  for (const CLI::App* verb : visible_verbs(app)) {
    script += fmt::format("complete -c undersong -n __fish_use_subcommand -a {} -d {}\n",
                          verb->get_name(), fish_quoted(verb->get_description()));
  }
  for (CLI::App* verb : all_verbs(app)) {
    for (const CLI::Option* option : visible_options(*verb)) {
      for (const std::string& name : option->get_lnames()) {
        script +=
            fmt::format("complete -c undersong -n '__fish_seen_subcommand_from {}' -l {} -d {}\n",
                        verb->get_name(), name, fish_quoted(option->get_description()));
      }
    }
  }
  return script;
}

}  // namespace

void add_completion_verb(CLI::App& app) {
  auto shell = std::make_shared<std::string>();
  CLI::App* verb = app.add_subcommand("completion", tr("Print a shell's completion script"));
  verb->group("");
  verb->add_option("SHELL", *shell, "bash, zsh or fish")
      ->required()
      ->check(CLI::IsMember({"bash", "zsh", "fish"}));
  verb->callback([shell, &app] {
    const std::string script = *shell == "bash"  ? bash_script(app)
                               : *shell == "zsh" ? zsh_script(app)
                                                 : fish_script(app);
    fmt::print("{}", script);
  });
}

}  // namespace undersong
