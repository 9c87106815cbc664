// A certificate for people: the page, the licence, and what to answer a claim with.

#include <fmt/format.h>

#include "pipeline/certificate.h"
#include "pipeline/compose_flags.h"
#include "plot/page.h"
#include "score/general_midi.h"
#include "score/key.h"
#include "score/role.h"

namespace undersong {
namespace {

const CertifiedIngredient* find_kind(const Certificate& certificate, std::string_view kind) {
  for (const CertifiedIngredient& ingredient : certificate.ingredients) {
    if (ingredient.kind == kind) return &ingredient;
  }
  return nullptr;
}

std::string title_of(const Certificate& certificate) {
  if (!certificate.title.empty()) return certificate.title;
  return certificate.files.empty() ? "a track" : certificate.files.front().name;
}

std::string length_text(double seconds) {
  const int minutes = static_cast<int>(seconds / 60.0);
  const double rest = seconds - 60.0 * minutes;
  return minutes == 0 ? fmt::format("{:g} s", rest) : fmt::format("{} min {:g} s", minutes, rest);
}

std::string list_text(const std::vector<double>& seconds) {
  std::string text;
  for (const double value : seconds) text += (text.empty() ? "" : ", ") + length_text(value);
  return text;
}

std::string curve_text(const std::vector<EnergyPoint>& curve) {
  std::string text;
  for (const EnergyPoint& point : curve) {
    text += fmt::format("{}{:g} at {}", text.empty() ? "" : ", ", point.energy,
                        length_text(point.seconds));
  }
  return text;
}

using Facts = std::vector<std::pair<std::string, std::string>>;

void add_roles(const CompositionRequest& request, Facts& facts) {
  std::string changed;
  for (const auto& [role, program] : request.instruments) {
    changed +=
        fmt::format("{}{}: {}", changed.empty() ? "" : ", ", name_of(role),
                    is_percussive(role) ? fmt::format("kit {}", program)
                                        : kGeneralMidiPrograms[static_cast<std::size_t>(program)]);
  }
  if (!changed.empty()) facts.emplace_back("Instruments", changed);
  if (request.only) facts.emplace_back("Only", role_list(*request.only));
  if (!request.without.empty()) facts.emplace_back("Without", role_list(request.without));
}

Facts request_facts(const Certificate& certificate) {
  const CompositionRequest& request = certificate.request;
  Facts facts = {{"Style", request.style},
                 {"Length", length_text(request.length_seconds)},
                 {"Seed", std::to_string(request.seed)},
                 {"Ending", std::string(name_of(request.ending))}};
  if (request.tonic && request.mode) {
    facts.emplace_back("Key", name_of(Key{*request.tonic, *request.mode}));
  } else if (request.tonic) {
    facts.emplace_back("Key", spell(*request.tonic, Key{*request.tonic, Mode::kMajor}));
  } else if (request.mode) {
    facts.emplace_back("Mode", std::string(name_of(*request.mode)));
  }
  if (request.bpm) facts.emplace_back("Tempo", fmt::format("{:g} a minute", *request.bpm));
  if (request.mood) facts.emplace_back("Mood", std::string(name_of(*request.mood)));
  if (!request.energy.empty()) facts.emplace_back("Energy", curve_text(request.energy));
  if (request.intro_bars) facts.emplace_back("Intro", fmt::format("{} bars", *request.intro_bars));
  if (request.outro_bars) facts.emplace_back("Outro", fmt::format("{} bars", *request.outro_bars));
  add_roles(request, facts);
  if (!request.hits_seconds.empty()) facts.emplace_back("Hits", list_text(request.hits_seconds));
  if (!request.rewrites.empty())
    facts.emplace_back("Written again", fmt::format("{} times", request.rewrites.size()));
  if (certificate.plan) facts.emplace_back("Plan", "edited by a person; the whole is in the JSON");
  if (certificate.edited_from_sha256) {
    facts.emplace_back("Notes", "partly by a person, who had edited the MIDI file with SHA-256 " +
                                    *certificate.edited_from_sha256);
  }
  return facts;
}

void add_files(Page& page, const Certificate& certificate) {
  PageTable table{
      .caption = "", .columns = {{"File"}, {"Bytes", CellKind::kNumber}, {"SHA-256"}}, .rows = {}};
  for (const CertifiedFile& file : certificate.files)
    table.rows.push_back({file.name, std::to_string(file.bytes), file.sha256});
  page.section("Files");
  page.table(table);
}

void add_ingredients(Page& page, const Certificate& certificate) {
  PageTable table{
      .caption = "", .columns = {{"What"}, {"Name"}, {"Terms"}, {"SHA-256"}}, .rows = {}};
  for (const CertifiedIngredient& ingredient : certificate.ingredients) {
    const std::string name = ingredient.detail.empty()
                                 ? ingredient.name
                                 : ingredient.name + " (" + ingredient.detail + ")";
    table.rows.push_back({ingredient.kind, name, ingredient.terms, ingredient.sha256});
  }
  page.section("What it was made with");
  page.table(table);
  if (find_kind(certificate, "model") == nullptr) {
    page.paragraph(
        "No model took part: every note was written by rules and patterns that the style pack and "
        "the program hold. Nothing of it was learned from anybody's music.");
  }
}

std::string instruments_text(const Certificate& certificate) {
  const CertifiedIngredient* font = find_kind(certificate, "soundfont");
  if (font == nullptr) return "";
  return fmt::format("The sound is that of the instruments of {} (terms: {}). ", font->name,
                     font->terms);
}

std::string files_text(const Certificate& certificate) {
  std::string text;
  int count = 0;
  for (const CertifiedFile& file : certificate.files) {
    if (file.kind == CertifiedKind::kStem) continue;
    text += fmt::format("{}{} (SHA-256 {})", count++ == 0 ? "" : ", ", file.name, file.sha256);
  }
  if (count == 0) return "The files are the stems that the certificate lists";
  return (count == 1 ? "The file is " : "The files are ") + text;
}

// Each line a paragraph.
void add_lines(Page& page, const std::string& text) {
  std::size_t begin = 0;
  while (begin < text.size()) {
    const std::size_t end = text.find('\n', begin);
    page.paragraph(text.substr(begin, end - begin));
    if (end == std::string::npos) break;
    begin = end + 1;
  }
}

}  // namespace

const std::vector<std::string>& licence_of_output() {
  static const std::vector<std::string> paragraphs = {
      "This music is yours. The authors of undersong claim no rights in it. Whatever rights the "
      "law "
      "of your country gives in such music belong to the person who made it with undersong: you "
      "may "
      "use, change, publish, perform, broadcast, sell and earn with it, alone or under pictures, "
      "everywhere and without end, without a fee and without naming anybody.",
      "Your right is not exclusive. Undersong is free software that anybody may run: another "
      "person "
      "may get similar music, and from the same request the same music, and has the same rights in "
      "it.",
      "So do not register this music, or anything that consists of it alone, with databases of "
      "fingerprints that claim other people's uploads, such as YouTube's Content ID, and do not "
      "let "
      "a distributor do so for you: such a claim would strike people who made their music "
      "themselves.",
      "There is no warranty. The report of originality says what this music was compared with and "
      "how; it does not say that nothing similar exists anywhere else."};
  return paragraphs;
}

std::string dispute_paragraph(const Certificate& certificate) {
  const bool is_patterns = find_kind(certificate, "model") == nullptr;
  const bool is_edited = certificate.edited_from_sha256.has_value();
  return fmt::format(
      "The music in my video is not a recording of anybody else's. I made it on {} with undersong "
      "{}, a free program that composes from a request: style \"{}\", length {}, seed {}. {} {}{}"
      "The authors of the program claim no rights in what it makes, and let me publish it and earn "
      "with it. {}. The certificate that came with it holds the whole request; {} Please release "
      "the claim.",
      certificate.date, certificate.program_version, certificate.request.style,
      length_text(certificate.request.length_seconds), certificate.request.seed,
      is_patterns
          ? "The notes were written by rules and patterns, without any recording or model "
            "learned from other music."
          : "The models that took part, and the music that they learned from, are listed in "
            "the certificate.",
      is_edited ? "Some of the notes I changed by hand. " : "", instruments_text(certificate),
      files_text(certificate),
      is_edited ? "with my MIDI file anyone can make the same sound again."
                : "anyone can run `undersong check TRACK --certificate` and get the same bytes.");
}

std::string to_html(const Certificate& certificate) {
  Page page(
      "Certificate of " + title_of(certificate),
      fmt::format("Made with undersong {} on {}", certificate.program_version, certificate.date));
  page.section("What you may do with it");
  for (const std::string& paragraph : licence_of_output()) page.paragraph(paragraph);
  page.section("When somebody claims it");
  page.paragraph("Paste this into the dispute, and attach the certificate (.json).");
  page.paragraph(dispute_paragraph(certificate));
  page.section("What was asked for");
  page.facts(request_facts(certificate));
  page.remark(
      "The same request, version, style pack and SoundFont make the same bytes: `undersong check "
      "TRACK --certificate` does so and compares.");
  add_files(page, certificate);
  add_ingredients(page, certificate);
  page.section("How close it is to other music");
  add_lines(page, certificate.originality_text);
  return page.finish();
}

}  // namespace undersong
