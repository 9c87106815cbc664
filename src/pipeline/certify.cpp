#include "pipeline/certify.h"

#include <fmt/format.h>

#include <array>
#include <nlohmann/json.hpp>
#include <string_view>
#include <utility>

#include "audio/sndfile_version.h"
#include "base/error.h"
#include "base/file.h"
#include "base/parallel.h"
#include "base/paths.h"
#include "corpus/candidates.h"
#include "render/fluidsynth_version.h"

namespace undersong {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kJsonSuffix = ".json";

// From the certificate's folder, as far as the file is in it: where a person keeps files is
// nobody's business.
std::string name_in(const fs::path& folder, const fs::path& file) {
  std::error_code failure;
  const fs::path relative = fs::relative(file, folder.empty() ? "." : folder, failure);
  const bool is_inside = !failure && !relative.empty() && *relative.begin() != "..";
  return (is_inside ? relative : file.filename()).generic_string();
}

CertifiedFile certified(const fs::path& path, CertifiedKind kind, const fs::path& folder) {
  return {.name = name_in(folder, path),
          .kind = kind,
          .sha256 = sha256_of_file(path),
          .bytes = static_cast<std::int64_t>(fs::file_size(path))};
}

std::vector<CertifiedFile> certified_files(const WrittenFiles& files, const fs::path& folder) {
  std::vector<std::pair<fs::path, CertifiedKind>> wanted;
  for (const MusicFileReport& report : files.outputs) {
    if (report.is_audio) wanted.emplace_back(report.path, CertifiedKind::kAudio);
    if (is_midi_name(report.path.string())) wanted.emplace_back(report.path, CertifiedKind::kMidi);
  }
  for (const MusicFileReport& report : files.stems)
    wanted.emplace_back(report.path, CertifiedKind::kStem);
  std::vector<CertifiedFile> certified_list(wanted.size());
  for_each_in_parallel(wanted.size(), [&](std::size_t i) {
    certified_list[i] = certified(wanted[i].first, wanted[i].second, folder);
  });
  return certified_list;
}

CertifiedIngredient style_ingredient(const FoundStyle& found) {
  std::error_code failure;
  const fs::path shipped = fs::weakly_canonical(shipped_folder() / "styles", failure);
  const fs::path folder = fs::weakly_canonical(found.path.parent_path(), failure);
  return {.kind = "style",
          .name = found.style.name,
          .sha256 = found.sha256,
          .terms = folder == shipped ? "Apache-2.0, as undersong itself" : "its author's",
          .detail = found.style.title};
}

void add_sound(const WrittenFiles& files, const std::string& soundfont_sha256,
               std::vector<CertifiedIngredient>& ingredients) {
  const MusicFileReport* sounding = nullptr;
  for (const auto* list : {&files.outputs, &files.stems}) {
    for (const MusicFileReport& report : *list)
      if (report.is_audio) sounding = &report;
  }
  if (sounding == nullptr) return;
  ingredients.push_back({.kind = "soundfont",
                         .name = sounding->soundfont.filename().string(),
                         .sha256 = soundfont_sha256,
                         .terms = soundfont_terms(sounding->soundfont),
                         .detail = ""});
  ingredients.push_back({.kind = "synthesizer",
                         .name = "FluidSynth " + fluidsynth_version(),
                         .sha256 = "",
                         .terms = "LGPL-2.1-or-later",
                         .detail = "renders the notes"});
  ingredients.push_back({.kind = "audio library",
                         .name = sndfile_version(),
                         .sha256 = "",
                         .terms = "LGPL-2.1-or-later",
                         .detail = "writes the files"});
}

// What it was compared with by name alone: paths tell where somebody lives.
void hide_paths(const GateReport& report, Certificate& certificate) {
  for (auto& compared : certificate.originality["compared"])
    compared["path"] = fs::path(compared["path"].get<std::string>()).filename().string();
  for (const OpenReference& reference : report.references) {
    const std::string path = display(reference.path);
    const std::string name = display(reference.path.filename());
    std::string& text = certificate.originality_text;
    for (std::size_t at = text.find(path); !path.empty() && at != std::string::npos;
         at = text.find(path, at + name.size()))
      text.replace(at, path.size(), name);
  }
}

}  // namespace

std::string soundfont_terms(const fs::path& soundfont) {
  // Source: /usr/share/doc/PACKAGE/copyright of Debian 12.
  constexpr std::array<std::pair<std::string_view, std::string_view>, 4> kKnown = {
      {{"FluidR3", "MIT"},
       {"MuseScore_General", "MIT"},
       {"TimGM6mb", "GPL-2.0-only"},
       {"default-GM", "those of the package that the name leads to"}}};
  std::error_code failure;
  const fs::path real = fs::canonical(soundfont, failure);
  const std::string name = (failure ? soundfont : real).filename().string();
  for (const auto& [prefix, terms] : kKnown) {
    if (name.starts_with(prefix)) return std::string(terms);
  }
  return "its author's";
}

fs::path page_beside(const fs::path& certificate) {
  const std::string name = certificate.string();
  return name.substr(0, name.size() - kJsonSuffix.size()) + ".html";
}

Certificate certify(const CertifiedPiece& piece, const fs::path& path) {
  const CompositionOrigin origin = origin_of(piece.composition);
  Certificate certificate;
  certificate.program_version = origin.program_version;
  certificate.date = piece.options.origin.date;
  certificate.title = piece.options.origin.title;
  certificate.target_lufs = piece.options.mastering.target_lufs;
  certificate.ceiling_dbtp = piece.options.mastering.ceiling_dbtp;
  certificate.request = origin.request;
  certificate.plan = origin.plan;
  certificate.edited_from_sha256 = piece.edited_from_sha256;
  certificate.files = certified_files(piece.files, path.parent_path());
  certificate.ingredients.push_back(style_ingredient(piece.composition.style));
  for (const auto& network : all_of(piece.composition.networks))
    certificate.ingredients.push_back(model_ingredient(*network, piece.in_the_networks_place));
  add_sound(piece.files, piece.soundfont_sha256, certificate.ingredients);
  tell_originality(piece.originality, certificate);
  return certificate;
}

void tell_originality(const GateReport& report, Certificate& certificate) {
  certificate.originality = to_json(report);
  certificate.originality_text = to_text(report);
  hide_paths(report, certificate);
}

void save_certificate(const Certificate& certificate, const fs::path& path, Overwrite overwrite) {
  AtomicFile page(page_beside(path), overwrite);
  page.write(to_html(certificate));
  AtomicFile json(path, overwrite);
  json.write(
      to_json(certificate).dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) +
      "\n");
  page.commit();
  json.commit();
}

}  // namespace undersong
