#pragma once
// Proof beside every track: what was asked, what made it, how far it is from what was learned, what
// its maker may do with it.

#include <cstdint>
#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "base/progress.h"
#include "pipeline/originality_gate.h"
#include "plan/plan.h"

namespace undersong {

struct CertifiedFile {
  std::string name;  // without folder
  std::string sha256;
  std::int64_t bytes = 0;
};

struct CertifiedIngredient {
  std::string kind;  // "style", "soundfont", "model"
  std::string name;
  std::string sha256;
  std::string terms;   // an SPDX identifier, or what its manifest says
  std::string detail;  // of a model: the corpus and its manifest's hash
};

struct Certificate {
  std::string program_version;
  std::string date;  // ISO 8601
  CompositionRequest request;
  std::optional<std::string> plan;                // the edited plan as text, when one was given
  std::optional<std::string> edited_from_sha256;  // a MIDI file that a person had changed
  std::vector<CertifiedFile> files;
  std::vector<CertifiedIngredient> ingredients;
  GateReport originality;
};

// TRACK.certificate.json for TRACK.wav.
std::filesystem::path certificate_path(const std::filesystem::path& track);

nlohmann::ordered_json to_json(const Certificate& certificate);  // docs/formats/certificate.md
std::string to_html(const Certificate& certificate);
// What a person pastes into a dispute.
std::string dispute_paragraph(const Certificate& certificate);
// The licence that the maker gives, one paragraph a line.
const std::vector<std::string>& licence_of_output();

// `undersong check TRACK --certificate`.
struct Verification {
  enum class Outcome : std::uint8_t { kSame, kDiffers, kCannotTell };
  struct Line {
    std::string what;  // "bed.wav has the bytes of the certificate"
    Outcome outcome = Outcome::kSame;
    std::string detail;  // why not, and what would help; may be empty
  };
  std::vector<Line> lines;
  bool holds() const;  // nothing differs
};

// Compares the files beside the certificate with it, composes and renders the request again in a
// temporary folder, and compares the bytes. Another version, style pack or SoundFont is told, not
// taken for a forgery.
// Errors: kNotFound without a certificate; kFormat for one that cannot be read.
Verification verify_certificate(const std::filesystem::path& track_or_certificate,
                                Progress& progress);

}  // namespace undersong
