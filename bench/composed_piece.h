#pragma once
// Pieces for compose_bench and writer_bench, and what is measured of their notes.

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "compose/compose.h"
#include "plan/plan.h"
#include "score/score.h"
#include "style/style.h"

namespace undersong {

struct WriterNetwork;

// `all`, or names with commas between.
std::vector<Style> styles_named(const std::string& names);

// What the bench asks of a piece. Curves and hits are the same for everybody: functions of the
// seed.
enum class Asking : std::uint8_t {
  kFreely,  // style, length and seed alone
  kCurve,   // and an energy curve: up, down, an arch or a valley
  kHits,    // and one or two hits
};

CompositionRequest bench_request(const Style& style, std::uint64_t seed, double seconds,
                                 Asking asking);

struct ComposedPiece {
  CompositionRequest request;
  Plan plan;
  Parts parts;  // before humanising
  Score score;
  double seconds_taken = 0.0;  // planning and composing, processor time of the thread
};
// `network` for requests that have one write; its pieces are those of compose()
// (compose/compose.h).
ComposedPiece compose_piece(const Style& style, const CompositionRequest& request,
                            const std::shared_ptr<const WriterNetwork>& network = nullptr);

// As `compose` does it unless somebody names a writer: the shipped network writes the roles that
// the pack leaves to it.
ComposedPiece compose_by_default(const Style& style, CompositionRequest request);

// Shares as parts of a whole, so that pieces add up.
struct Share {
  std::int64_t part = 0;
  std::int64_t whole = 0;

  Share& operator+=(const Share& other) {
    part += other.part;
    whole += other.whole;
    return *this;
  }
  double percent() const {
    return whole > 0 ? 100.0 * static_cast<double>(part) / static_cast<double>(whole) : 0.0;
  }
};

struct NoteMeasures {
  double length_error_seconds = 0.0;  // bars and tail beside what was asked
  Share in_key;                       // pitched notes in the section's scale
  Share strong_in_chord;              // of those that begin on one or in the middle of the bar
  Share lead_in_chord;                // likewise, of the lead
  Share avoid_notes;        // strong notes of the lead, a beat long, a semitone over a tone
  Share muddy_bars;         // two tones below E3 within a third, held together for a beat
  Share out_of_role;        // notes outside the role's range
  Share out_of_instrument;  // notes that the instrument has not
  double longest_gap_seconds = 0.0;          // without any note, between the first and the last
  std::optional<double> energy_correlation;  // asked and realised, by bar; from eight bars on
};
NoteMeasures measure_notes(const ComposedPiece& piece, const Style& style);

// Fewer bars have no correlation to speak of.
inline constexpr std::size_t kFewestEnergyBars = 8;
// Intensity of each bar from its notes: velocity-weighted notes a second and sounding roles, both
// in deviations over the piece.
std::vector<double> realised_energy(const ComposedPiece& piece);
// What was asked for each bar: the curve in its middle, or the form's own energy.
std::vector<double> asked_energy(const ComposedPiece& piece);

// For each hit and role that plays in its bar: milliseconds from the hit to its nearest note, a
// second where none is near.
std::vector<double> hit_errors_ms(const ComposedPiece& piece);

}  // namespace undersong
