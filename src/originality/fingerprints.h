#pragma once
// What ships in place of the music: winnowed hashes of runs of eight notes, each with piece and
// bar. From it runs of notes can be recognised, and nothing be restored: no pitch, no rhythm, no
// note is in it (docs/formats/fingerprints.md says what an attacker could still confirm). Source:
// Schleimer, Wilkerson & Aiken 2003, doi:10.1145/872757.872770 (winnowing).

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/progress.h"
#include "originality/reference.h"

namespace undersong {

// Notes of a hashed run, and how many runs in a row leave at least one hash: every shared run of
// kFingerprintNotes + kWinnow - 1 = 11 notes is found.
inline constexpr int kFingerprintNotes = 8;
inline constexpr int kWinnow = 4;

class FingerprintBuilder {
 public:
  FingerprintBuilder(std::string corpus, std::string corpus_sha256);
  ~FingerprintBuilder();
  FingerprintBuilder(const FingerprintBuilder&) = delete;
  FingerprintBuilder& operator=(const FingerprintBuilder&) = delete;

  void add(const LearnedPiece& piece, const Score& score);

  // As IndexBuilder::save.
  void save(const std::filesystem::path& path, std::size_t baseline_pieces, Overwrite overwrite,
            Progress& progress);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

class Fingerprints : public Reference {
 public:
  // Errors: kNotFound; kFormat (no fingerprints, cut short, damaged); kUnsupported.
  static std::shared_ptr<const Fingerprints> load(const std::filesystem::path& path);
  static std::shared_ptr<const Fingerprints> parse(std::span<const std::uint8_t> bytes);

  virtual const std::string& corpus_sha256() const = 0;
  virtual std::size_t hashes() const = 0;
};

// MODEL.fingerprints beside MODEL.safetensors.
std::filesystem::path fingerprints_beside(const std::filesystem::path& weights);

}  // namespace undersong
