// Does a certificate tell the truth? Files by their hashes, music by making it again.

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <set>
#include <system_error>
#include <utility>

#include "audio/sndfile_version.h"
#include "base/error.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/scratch_folder.h"
#include "midi/midi_file.h"
#include "pipeline/certificate.h"
#include "pipeline/certify.h"
#include "pipeline/composition.h"
#include "pipeline/composition_files.h"
#include "pipeline/originality_gate.h"
#include "render/fluidsynth_version.h"
#include "render/soundfont.h"

namespace undersong {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;
using Outcome = Verification::Outcome;

constexpr std::string_view kJsonEnd = ".certificate.json";
constexpr std::string_view kPageEnd = ".certificate.html";

fs::path find_certificate(const fs::path& given) {
  // "stems/" is how a shell completes the name of a folder.
  const fs::path path = given.has_filename() ? given : given.parent_path();
  const std::string name = path.string();
  if (name.ends_with(kJsonEnd)) return path;
  if (name.ends_with(kPageEnd))
    return name.substr(0, name.size() - kPageEnd.size()) + std::string(kJsonEnd);
  const fs::path beside = certificate_path(path);
  std::error_code ignored;
  if (fs::exists(beside, ignored)) return beside;
  throw Error(
      ErrorKind::kNotFound,
      fmt::format("there is no certificate of {}: {} is missing; name the .certificate.json "
                  "itself if it has another name",
                  display(path), display(beside)));
}

// One verification on its way.
struct Check {
  Certificate certificate;
  fs::path folder;  // the certificate's
  fs::path model;   // the weights of the network, where somebody names them
  Verification result;
  bool made_by_other = false;  // version or style pack: other bytes prove nothing

  void add(std::string what, Outcome outcome, std::string detail = "") {
    result.lines.push_back({std::move(what), outcome, std::move(detail), false});
  }
  void add_remade(std::string what, Outcome outcome, std::string detail = "") {
    result.lines.push_back({std::move(what), outcome, std::move(detail), true});
  }
};

const CertifiedIngredient* find_kind(const Certificate& certificate, std::string_view kind) {
  for (const CertifiedIngredient& ingredient : certificate.ingredients) {
    if (ingredient.kind == kind) return &ingredient;
  }
  return nullptr;
}

// ---- what lies there ----

bool is_there(const fs::path& path) {
  std::error_code ignored;
  return fs::is_regular_file(path, ignored);
}

bool is_intact(const CertifiedFile& file, const fs::path& path) {
  std::error_code failure;
  const auto size = fs::file_size(path, failure);
  return !failure && size == static_cast<std::uintmax_t>(file.bytes) &&
         sha256_of_file(path) == file.sha256;
}

void check_file(Check& check, const CertifiedFile& file) {
  const fs::path path = check.folder / file.name;
  const std::string name = display(path);
  if (!is_there(path)) {
    check.add(name + " is not beside the certificate", Outcome::kCannotTell);
  } else if (is_intact(file, path)) {
    check.add(name + " has the bytes that the certificate names", Outcome::kSame);
  } else {
    check.add(name + " has other bytes than the certificate names", Outcome::kDiffers,
              "it was changed after it was made, or the certificate was");
  }
}

// A track that a person names must be one of those that the certificate speaks of, under any name.
void check_track(Check& check, const fs::path& track) {
  const bool is_certificate =
      track.string().ends_with(kJsonEnd) || track.string().ends_with(kPageEnd);
  if (is_certificate || !is_there(track)) return;
  const std::string sha256 = sha256_of_file(track);
  for (const CertifiedFile& file : check.certificate.files) {
    if (check.folder / file.name == track || file.sha256 == sha256) return;
  }
  check.add(display(track) + " is none of the files that the certificate names", Outcome::kDiffers);
}

// What follows from the rest of the certificate stands in it as this version would write it.
void check_texts(Check& check, const Json& json) {
  if (check.certificate.program_version != UNDERSONG_VERSION) {
    check.add("its licence, its paragraph and its page were not compared", Outcome::kCannotTell,
              "another version words them otherwise");
    return;
  }
  if (to_json(check.certificate) != json) {
    check.add("the certificate holds more or other text than undersong writes", Outcome::kDiffers,
              "its licence or its paragraph was changed, say");
  }
  const fs::path page = page_beside(check.result.certificate);
  if (is_there(page) && read_text_file(page) != to_html(check.certificate)) {
    check.add(display(page) + " is not the page that follows from the certificate",
              Outcome::kDiffers, "it was changed after it was made, or the certificate was");
  }
}

// ---- what made it ----

void check_version(Check& check) {
  const std::string& version = check.certificate.program_version;
  if (version == UNDERSONG_VERSION) return;
  check.made_by_other = true;
  check.add(fmt::format("it was made by undersong {}, and this is {}", version, UNDERSONG_VERSION),
            Outcome::kCannotTell, "other versions may write other notes");
}

bool has_sound(const Certificate& certificate) {
  return std::any_of(certificate.files.begin(), certificate.files.end(),
                     [](const CertifiedFile& file) { return file.kind != CertifiedKind::kMidi; });
}

// SHA-256 of all weights that the request names: the piece's and those of its rewrites.
std::set<std::string> weights_of(const CompositionRequest& request) {
  std::set<std::string> weights;
  const auto add = [&](const std::optional<WriterChoice>& writer) {
    if (writer && writer->kind == WriterKind::kNeural) weights.insert(writer->weights_sha256);
  };
  add(request.writer);
  for (const Rewrite& rewrite : request.rewrites) add(rewrite.writer);
  return weights;
}

// The weights that wrote the notes are named where the request names some, and no others.
void check_models(Check& check) {
  const std::set<std::string> wanted = weights_of(check.certificate.request);
  std::set<std::string> named;
  for (const CertifiedIngredient& ingredient : check.certificate.ingredients) {
    if (ingredient.kind == "model") named.insert(ingredient.sha256);
  }
  if (named.empty() || named == wanted) return;
  check.add(wanted.size() > 1
                ? "the models that the certificate names are not those of its request"
                : "the model that the certificate names is not the one of its request",
            Outcome::kDiffers);
}

void require_ingredient(Check& check, const char* kind) {
  if (find_kind(check.certificate, kind) != nullptr) return;
  check.add(fmt::format("the certificate names no {}", kind), Outcome::kDiffers,
            "every one of undersong does");
}

// All that has to take part in such files is named.
void check_ingredients(Check& check) {
  require_ingredient(check, "style");
  if (!weights_of(check.certificate.request).empty()) require_ingredient(check, "model");
  check_models(check);
  if (!has_sound(check.certificate)) return;
  for (const char* kind : {"soundfont", "synthesizer", "audio library"})
    require_ingredient(check, kind);
}

// The networks that wrote the notes, when they are here as they were then.
bool find_writers(Check& check, Composition& composition) {
  if (weights_of(check.certificate.request).empty()) return true;
  try {
    composition.networks = networks_of(composition.plan.request, check.model, check.folder);
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::kCancelled) throw;
    check.add("the notes were not made again", Outcome::kCannotTell, error.message());
    return false;
  }
  return true;
}

// What the weights say of themselves, and which bars patterns wrote in their place.
void check_model_words(Check& check, const Composition& composition,
                       const std::vector<PatternBars>& in_its_place) {
  for (const auto& network : all_of(composition.networks)) {
    const CertifiedIngredient here = model_ingredient(*network, in_its_place);
    for (const CertifiedIngredient& model : check.certificate.ingredients) {
      if (model.kind != "model" || model.sha256 != here.sha256) continue;
      if (model.terms == here.terms && model.detail == here.detail) continue;
      // Another version draws other drafts, of which others may be too near.
      const bool may_differ = check.made_by_other && model.terms == here.terms;
      check.add("what it says of its model is not what the weights say",
                may_differ ? Outcome::kCannotTell : Outcome::kDiffers);
    }
  }
}

void check_style(Check& check, const FoundStyle& found) {
  const CertifiedIngredient* style = find_kind(check.certificate, "style");
  if (style != nullptr && style->sha256 == found.sha256) return;
  check.made_by_other = true;
  check.add(fmt::format("the style pack {} is another one here", found.style.name),
            Outcome::kCannotTell, display(found.path) + " has another SHA-256");
}

// ---- the notes ----

struct Remade {
  Composition composition;
  Score score;
};

// The MIDI file that a person's notes are in, when it is still the one of the certificate.
std::optional<Score> certified_score(const Check& check) {
  for (const CertifiedFile& file : check.certificate.files) {
    const fs::path path = check.folder / file.name;
    if (file.kind == CertifiedKind::kMidi && is_there(path) && is_intact(file, path))
      return load_midi(path).score;
  }
  return std::nullopt;
}

void compare_notes(Check& check, const Score& score) {
  const std::string sha256 = sha256_hex(write_midi(score));
  for (const CertifiedFile& file : check.certificate.files) {
    if (file.kind != CertifiedKind::kMidi) continue;
    if (file.sha256 == sha256) {
      check.add_remade("the request makes the notes of " + display(file.name) + " again",
                       Outcome::kSame);
    } else {
      check.add_remade("the request makes other notes than those of " + display(file.name),
                       check.made_by_other ? Outcome::kCannotTell : Outcome::kDiffers);
    }
  }
}

std::optional<Remade> remake(Check& check) {
  const Certificate& certificate = check.certificate;
  Remade remade;
  remade.composition = composition_from({.program_version = certificate.program_version,
                                         .request = certificate.request,
                                         .style_sha256 = "",
                                         .plan = certificate.plan},
                                        "");
  check_style(check, remade.composition.style);
  if (certificate.edited_from_sha256) {
    check.result.is_edited = true;
    check.add("a person had changed the notes", Outcome::kCannotTell,
              "so the request alone does not make them");
    auto score = certified_score(check);
    if (!score) return std::nullopt;
    remade.score = std::move(*score);
    return remade;
  }
  if (!find_writers(check, remade.composition)) return std::nullopt;
  std::vector<PatternBars> in_its_place;
  remade.score = write_composition(remade.composition, &in_its_place);
  check_model_words(check, remade.composition, in_its_place);
  compare_notes(check, remade.score);
  return remade;
}

// A request that cannot be composed was never composed, unless something else here is missing.
std::optional<Remade> try_to_remake(Check& check) {
  try {
    return remake(check);
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::kCancelled) throw;
    const bool is_missing =
        check.made_by_other || error.message().find("there is no style") != std::string::npos;
    check.add(
        "the request cannot be composed here",
        is_missing ? Outcome::kCannotTell : Outcome::kDiffers,
        error.message() +
            (is_missing ? "; a pack of your own is found in the folders of UNDERSONG_STYLES" : ""));
    return std::nullopt;
  }
}

// ---- the sound ----

// By its bytes, wherever it is.
std::optional<fs::path> find_same_soundfont(const CertifiedIngredient& wanted,
                                            const fs::path& given) {
  std::vector<fs::path> paths = soundfont_search_list();
  std::stable_partition(paths.begin(), paths.end(),
                        [&](const fs::path& path) { return path.filename() == wanted.name; });
  if (!given.empty()) paths = {given};
  for (const fs::path& path : paths) {
    if (is_there(path) && sha256_of_file(path) == wanted.sha256) return path;
  }
  return std::nullopt;
}

// The certificate's files, to be made again in another folder.
CompositionFiles files_in(const fs::path& folder, const Certificate& certificate) {
  CompositionFiles files;
  for (const CertifiedFile& file : certificate.files) {
    if (file.kind == CertifiedKind::kStem) {
      files.stems = (folder / file.name).parent_path();
    } else {
      files.outputs.push_back(folder / file.name);
    }
  }
  return files;
}

void compare_sound(Check& check, const fs::path& folder) {
  const CertifiedIngredient* synthesizer = find_kind(check.certificate, "synthesizer");
  const CertifiedIngredient* library = find_kind(check.certificate, "audio library");
  const bool same_libraries = synthesizer != nullptr && library != nullptr &&
                              synthesizer->name == "FluidSynth " + fluidsynth_version() &&
                              library->name == sndfile_version();
  for (const CertifiedFile& file : check.certificate.files) {
    if (file.kind == CertifiedKind::kMidi) continue;
    const std::string name = display(file.name);
    if (is_intact(file, folder / file.name)) {
      check.add_remade("rendered again, " + name + " has the same bytes", Outcome::kSame);
    } else if (check.made_by_other || !same_libraries) {
      check.add_remade("rendered again, " + name + " has other bytes", Outcome::kCannotTell,
                       same_libraries ? "another version or style pack renders otherwise"
                                      : fmt::format("FluidSynth {} and {} are other versions",
                                                    fluidsynth_version(), sndfile_version()));
    } else {
      check.add_remade("rendered again, " + name + " has other bytes", Outcome::kDiffers);
    }
  }
}

void check_sound(Check& check, const Remade& remade, const fs::path& soundfont,
                 Progress& progress) {
  const Certificate& certificate = check.certificate;
  if (!has_sound(certificate)) return;
  const CertifiedIngredient* wanted = find_kind(certificate, "soundfont");
  const auto found = wanted == nullptr ? std::nullopt : find_same_soundfont(*wanted, soundfont);
  if (!found) {
    check.add("the sound was not made again", Outcome::kCannotTell,
              wanted == nullptr
                  ? std::string("the certificate names no SoundFont")
                  : fmt::format("its SoundFont {} is not here; name it with --soundfont",
                                display(wanted->name)));
    return;
  }
  const ScratchFolder scratch;
  MusicFileOptions options;
  options.origin.title = certificate.title;
  options.origin.date = certificate.date;
  options.render.soundfont = *found;
  options.mastering.target_lufs = certificate.target_lufs;
  options.mastering.ceiling_dbtp = certificate.ceiling_dbtp;
  write_files(remade.composition, remade.score, files_in(scratch.path(), certificate), options,
              progress);
  compare_sound(check, scratch.path());
}

// ---- originality ----

// The part of a comparison that does not depend on what else it was compared with.
Json without_place(Json comparison) {
  comparison.erase("reference");
  return comparison;
}

const OpenReference* find_reference(const References& ready, const Json& compared) {
  const auto found =
      std::find_if(ready.open.begin(), ready.open.end(), [&](const OpenReference& open) {
        const Json known = to_json(open);
        return known["corpus_sha256"] == compared.at("corpus_sha256") &&
               known["form"] == compared.at("form") && known["pieces"] == compared.at("pieces");
      });
  return found == ready.open.end() ? nullptr : &*found;
}

// What the music is compared with again, in the order of the certificate: as far as it is here.
GateReport compare_again(Check& check, const Score& score) {
  const References ready = open_ready_references();
  GateReport again;
  for (const Json& compared : check.certificate.originality.at("compared")) {
    const OpenReference* found = find_reference(ready, compared);
    if (found == nullptr) {
      check.add("originality was not measured again against " +
                    display(compared.at("name").get<std::string>()),
                Outcome::kCannotTell, "this machine does not have it in that state");
      continue;
    }
    again.comparisons.push_back(compare_with(*found, score, {}));
    again.comparisons.back().reference = again.references.size();
    again.references.push_back(*found);
  }
  return again;
}

void compare_reports(Check& check, const GateReport& again) {
  const Json& said = check.certificate.originality;
  const Json measured = to_json(again);
  for (const Json& comparison : measured.at("comparisons")) {
    const auto& told = said.at("comparisons");
    const bool is_same = std::any_of(told.begin(), told.end(), [&](const Json& one) {
      return without_place(one) == without_place(comparison);
    });
    const std::string name = display(comparison.at("name").get<std::string>());
    check.add(is_same ? "measured again, it is as close to " + name + " as it says"
                      : "measured again, it is not as close to " + name + " as it says",
              is_same ? Outcome::kSame : Outcome::kDiffers);
  }
}

// The same in words. Candidates that were rejected are gone, and with them their sentences.
void compare_words(Check& check, const GateReport& again) {
  const Certificate& said = check.certificate;
  Certificate told;
  tell_originality(again, told);
  if (!said.originality.at("rejected").empty()) return;
  if (told.originality_text != said.originality_text ||
      told.originality.at("verdict") != said.originality.at("verdict")) {
    check.add("what it says of its originality in words does not follow from what is measured",
              Outcome::kDiffers);
  }
}

void check_originality(Check& check, const Score& score) {
  const Json& said = check.certificate.originality;
  if (said.at("compared").empty()) {
    const Json& why_not = said.at("not_compared");
    const bool is_told = why_not.is_string() && check.certificate.originality_text ==
                                                    "not compared: " + why_not.get<std::string>();
    check.add(is_told ? "it says that it was compared with nothing, and why"
                      : "it says neither what it was compared with nor why with nothing",
              is_told ? Outcome::kCannotTell : Outcome::kDiffers);
    return;
  }
  const GateReport again = compare_again(check, score);
  compare_reports(check, again);
  if (again.references.size() == said.at("compared").size() &&
      check.certificate.program_version == UNDERSONG_VERSION)
    compare_words(check, again);
}

void try_to_check_originality(Check& check, const Score& score) {
  try {
    check_originality(check, score);
  } catch (const Json::exception&) {
    check.add("the report of originality is not one of undersong", Outcome::kDiffers);
  }
}

bool notes_differ(const Check& check) {
  return std::any_of(check.result.lines.begin(), check.result.lines.end(),
                     [](const Verification::Line& line) {
                       return line.what.starts_with("the request makes other notes");
                     });
}

std::string_view word_for(Outcome outcome) {
  switch (outcome) {
    case Outcome::kSame: return "same";
    case Outcome::kDiffers: return "differs";
    case Outcome::kCannotTell: break;
  }
  return "cannot tell";
}

}  // namespace

Verification verify_certificate(const fs::path& track, const fs::path& soundfont,
                                const fs::path& model, Progress& progress) {
  Check check;
  check.model = model;
  check.result.certificate = find_certificate(track);
  check.certificate = load_certificate(check.result.certificate);
  check.folder = check.result.certificate.parent_path();
  check_track(check, track);
  for (const CertifiedFile& file : check.certificate.files) check_file(check, file);
  check_texts(check, Json::parse(read_text_file(check.result.certificate)));
  check_version(check);
  check_ingredients(check);
  if (const auto remade = try_to_remake(check)) {
    // Other notes sound otherwise, which says nothing more.
    if (!notes_differ(check)) {
      check_sound(check, *remade, soundfont, progress);
      try_to_check_originality(check, remade->score);
    }
  }
  return std::move(check.result);
}

bool Verification::holds() const {
  return std::none_of(lines.begin(), lines.end(),
                      [](const Line& line) { return line.outcome == Outcome::kDiffers; });
}

bool Verification::proves() const {
  return holds() && std::any_of(lines.begin(), lines.end(), [](const Line& line) {
           return line.is_remade && line.outcome == Outcome::kSame;
         });
}

std::string conclusion(const Verification& verification) {
  if (!verification.holds()) return "the certificate does not hold";
  if (!verification.proves())
    return "nothing differs, but the music could not be made again here, so nothing is proven";
  if (verification.is_edited) {
    return "the sound was made again from the MIDI file; its notes were changed by a person, so "
           "the request does not prove them";
  }
  const bool is_whole = std::none_of(
      verification.lines.begin(), verification.lines.end(),
      [](const Verification::Line& line) { return line.outcome == Outcome::kCannotTell; });
  return is_whole ? "the certificate holds: the same music was made again"
                  : "the same music was made again; what could not be told is said above";
}

std::string to_text(const Verification& verification) {
  std::string text;
  for (const Verification::Line& line : verification.lines) {
    text += fmt::format("{}{}: {}{}", text.empty() ? "" : "\n", word_for(line.outcome), line.what,
                        line.detail.empty() ? "" : " (" + line.detail + ")");
  }
  return text;
}

Json to_json(const Verification& verification) {
  Json lines = Json::array();
  for (const Verification::Line& line : verification.lines) {
    lines.push_back(
        {{"outcome", word_for(line.outcome)}, {"what", line.what}, {"detail", line.detail}});
  }
  return {{"certificate", verification.certificate.string()},
          {"holds", verification.holds()},
          {"proves", verification.proves()},
          {"lines", lines}};
}

}  // namespace undersong
