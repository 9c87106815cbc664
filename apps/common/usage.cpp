#include "common/usage.h"

#include <fmt/format.h>

#include <charconv>
#include <cstdint>

#include "base/suggestion.h"

namespace undersong {
namespace {

// The verb that the words so far name: `undersong corpus add` for a mistake in its options.
CLI::App& deepest_parsed(CLI::App& app) {
  CLI::App* current = &app;
  while (!current->get_subcommands().empty()) current = current->get_subcommands().front();
  return *current;
}

std::string full_name(const CLI::App& verb) {
  return verb.get_parent() == nullptr ? verb.get_name()
                                      : full_name(*verb.get_parent()) + " " + verb.get_name();
}

std::vector<std::string> candidates(CLI::App& verb, bool option) {
  std::vector<std::string> names;
  if (option) {
    for (const CLI::Option* known : visible_options(verb))
      for (const std::string& name : known->get_lnames()) names.push_back("--" + name);
  } else {
    for (const CLI::App* known : visible_verbs(verb)) names.push_back(known->get_name());
  }
  return names;
}

std::string unknown_word(CLI::App& verb, const std::string& word) {
  const bool option = word.starts_with('-');
  const bool expects_verb = !option && !visible_verbs(verb).empty();
  const std::string kind = option ? "option" : expects_verb ? "verb" : "argument";
  std::string sentence = fmt::format("{} does not know the {} '{}'", full_name(verb), kind, word);
  const auto suggestion = nearest_name(word.substr(0, word.find('=')), candidates(verb, option));
  if (suggestion) sentence += fmt::format("; did you mean '{}'?", *suggestion);
  return sentence;
}

std::string without_final_period(std::string text) {
  if (text.ends_with('.')) text.pop_back();
  return text;
}

std::string what_is_wrong(CLI::App& verb, const std::vector<std::string>& remaining,
                          const CLI::ParseError& error) {
  // A mistyped option is also a missing one: the word that nobody knows tells more.
  if (!remaining.empty()) return unknown_word(verb, remaining.front());
  if (!visible_verbs(verb).empty() && verb.get_subcommands().empty())
    return fmt::format("{} needs a verb", full_name(verb));
  std::string text = error.what();
  constexpr std::string_view kConversion = "Could not convert: ";
  if (text.starts_with(kConversion))
    return text.substr(kConversion.size()) + " is not a number that can be used here";
  return without_final_period(std::move(text));
}

}  // namespace

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

CLI::Validator whole_number() {
  return CLI::Validator(
      [](std::string& text) -> std::string {
        std::uint64_t number = 0;
        const char* end = text.data() + text.size();
        const auto [rest, problem] = std::from_chars(text.data(), end, number);
        if (problem == std::errc() && rest == end) return "";
        return "'" + text + "' is not a whole number from 0 to 18446744073709551615";
      },
      "");
}

CLI::Validator not_empty() {
  return CLI::Validator(
      [](std::string& text) -> std::string {
        return text.empty() ? "it is empty; give a value, or leave the flag out" : "";
      },
      "");
}

std::string usage_sentence(CLI::App& app, const CLI::ParseError& error) {
  CLI::App& verb = deepest_parsed(app);
  const std::string wrong = what_is_wrong(verb, app.remaining(true), error);
  return fmt::format("{}{} {} --help", wrong, wrong.ends_with('?') ? " See" : "; see",
                     full_name(verb));
}

}  // namespace undersong
