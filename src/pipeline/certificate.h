#pragma once
// Proof beside every track: what was asked, what made it, how far it is from what was learned, what
// its maker may do with it.
//
// Goals: everything that is needed to make the same bytes again, and to answer a claim; a file that
// a program reads and one that a person reads. Non-goals: a signature: whoever makes the music
// again from the request has the proof (docs/formats/certificate.md).

#include <cstdint>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/progress.h"
#include "plan/request.h"

namespace undersong {

enum class CertifiedKind : std::uint8_t { kAudio, kMidi, kStem };

struct CertifiedFile {
  std::string name;  // from the certificate's folder, which holds it or its stems' folder
  CertifiedKind kind = CertifiedKind::kAudio;
  std::string sha256;
  std::int64_t bytes = 0;

  bool operator==(const CertifiedFile&) const = default;
};

struct CertifiedIngredient {
  std::string kind;  // "style", "soundfont", "synthesizer", "audio library", "model"
  std::string name;
  std::string sha256;  // empty for a library
  std::string terms;   // an SPDX identifier, or what its manifest says
  std::string detail;  // of a model: the corpus and its manifest's hash; may be empty

  bool operator==(const CertifiedIngredient&) const = default;
};

struct Certificate {
  std::string program_version;
  std::string date;   // ISO 8601, in the tags of audio files too
  std::string title;  // in those tags; empty: each file's name
  double target_lufs = -14.0;
  double ceiling_dbtp = -1.0;
  CompositionRequest request;
  std::optional<std::string> plan;                // JSON of an edited plan, when one was given
  std::optional<std::string> edited_from_sha256;  // a MIDI file that a person had changed, whose
                                                  // bars were written again
  std::vector<CertifiedFile> files;
  std::vector<CertifiedIngredient> ingredients;
  nlohmann::ordered_json originality;  // as check-report.md has it, without paths of this machine
  std::string originality_text;

  bool operator==(const Certificate&) const = default;
};

// TRACK.certificate.json for TRACK.wav, and the page beside it.
std::filesystem::path certificate_path(const std::filesystem::path& track);
std::filesystem::path certificate_page_path(const std::filesystem::path& track);

nlohmann::ordered_json to_json(const Certificate& certificate);  // docs/formats/certificate.md
std::string to_html(const Certificate& certificate);

// Errors: kFormat with the key that is missing or wrong; for what is no certificate, and for one of
// a later version.
Certificate read_certificate(std::string_view json);
// Errors: also those of read_text_file, and kFormat for a file that is far too large to be one.
Certificate load_certificate(const std::filesystem::path& path);

// What a person pastes into a dispute.
std::string dispute_paragraph(const Certificate& certificate);
// The licence that the maker gives, one paragraph a line.
const std::vector<std::string>& licence_of_output();

// Of a file of any size. Errors: kNotFound, kIo, kCancelled.
std::string sha256_of_file(const std::filesystem::path& path);

// `undersong check TRACK --certificate`.
struct Verification {
  enum class Outcome : std::uint8_t { kSame, kDiffers, kCannotTell };
  struct Line {
    std::string what;  // "bed.wav has the bytes that the certificate names"
    Outcome outcome = Outcome::kSame;
    std::string detail;      // why not, and what would help; may be empty
    bool is_remade = false;  // of music that was made again, not only looked at
  };
  std::filesystem::path certificate;
  std::vector<Line> lines;
  bool is_edited = false;  // a person had changed the notes

  bool holds() const;   // nothing differs
  bool proves() const;  // and the music was made again
};

// Compares the files beside the certificate with it, composes and renders the request again in a
// temporary folder, and compares the bytes. Another version, style pack or SoundFont is told, not
// taken for a forgery. `soundfont` and `model` (weights of the composer network) empty: looked for
// by their hashes.
// Errors: kNotFound without a certificate; kFormat for one that cannot be read.
Verification verify_certificate(const std::filesystem::path& track_or_certificate,
                                const std::filesystem::path& soundfont,
                                const std::filesystem::path& model, Progress& progress);

std::string to_text(const Verification& verification);
// The last word: "the certificate holds: …".
std::string conclusion(const Verification& verification);
nlohmann::ordered_json to_json(const Verification& verification);

}  // namespace undersong
