#pragma once
// How close do tracks come to what was learned? `undersong check`.

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/progress.h"
#include "pipeline/comparison.h"
#include "pipeline/references.h"

namespace undersong {

enum class Pictures { kNone, kDraw };

struct CheckRequest {
  std::vector<std::filesystem::path> tracks;  // MIDI files, and folders and archives of them
  std::vector<std::string> against;           // see open_reference; empty: everything at hand
  LimitOverrides limits;
  Pictures pictures = Pictures::kNone;  // of the first 100 tracks, the closest first
};

struct CheckedTrack {
  std::string path;
  std::string problem;  // why it could not be read; the rest is empty then
  std::vector<std::string> repairs;
  std::int64_t notes = 0;          // percussion too
  std::int64_t pitched_notes = 0;  // what can be compared
  double seconds = 0.0;
  std::vector<Comparison> comparisons;   // one a reference, in their order; none without pitches
  Verdict verdict = Verdict::kOriginal;  // the worst of them
  std::string picture;                   // SVG; empty where none was wanted
};

struct CheckReport {
  References references;
  std::vector<CheckedTrack> tracks;  // in the order in which they were named

  std::int64_t too_close() const;
  std::int64_t unreadable() const;
};

// A track that cannot be read is no error: its `problem` says why, and the others are compared.
// Errors: kUsage without tracks and for limits out of range; those of open_reference and
// open_all_references; kCancelled.
CheckReport check(const CheckRequest& request, Progress& progress);

// The same with references that are open already.
CheckReport check_against(const CheckRequest& request, References references, Progress& progress);

// The track that comes nearest to a limit, the first of equals; nullptr when none was compared.
const CheckedTrack* nearest_of(const CheckReport& report);

std::string to_text(const CheckReport& report);
// Keys are stable: docs/formats/check-report.md.
std::string to_json(const CheckReport& report);
// One file that opens offline, with the pictures.
std::string to_html(const CheckReport& report);

// What a program that ends with 3 or 1 says: "2 of 5 tracks are too close to what was learned".
// Empty when all is well.
std::string complaint(const CheckReport& report);

}  // namespace undersong
