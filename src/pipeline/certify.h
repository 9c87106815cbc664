#pragma once
// Writes the certificate of a piece that was just composed.

#include <filesystem>
#include <optional>
#include <string>

#include "pipeline/certificate.h"
#include "pipeline/composition.h"
#include "pipeline/composition_files.h"
#include "pipeline/originality_gate.h"

namespace undersong {

struct CertifiedPiece {
  const Composition& composition;
  const WrittenFiles& files;
  const MusicFileOptions& options;  // the date is set
  const GateReport& originality;
  std::optional<std::string> edited_from_sha256;
  std::string soundfont_sha256;  // empty without sound
  const std::vector<PatternBars>& in_the_networks_place;
};

Certificate certify(const CertifiedPiece& piece, const std::filesystem::path& certificate);

// Fills in what the gate found, as JSON and as text, without paths of this machine.
void tell_originality(const GateReport& report, Certificate& certificate);

// Both files, JSON last. Errors: kUsage, kIo.
void save_certificate(const Certificate& certificate, const std::filesystem::path& path,
                      Overwrite overwrite);

// The page of a certificate's JSON file.
std::filesystem::path page_beside(const std::filesystem::path& certificate);

// The terms of SoundFonts that Debian packages, by their names; else where to look.
std::string soundfont_terms(const std::filesystem::path& soundfont);

}  // namespace undersong
