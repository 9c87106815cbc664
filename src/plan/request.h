#pragma once
// What a person asks for, before anything is decided.

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "score/key.h"
#include "score/role.h"
#include "style/mood.h"

namespace undersong {

// How a piece stops.
enum class Ending : std::uint8_t {
  kRing,  // a final chord that rings out
  kFade,  // goes on and fades
  kCut,   // stops dead with the last beat
  kLoop,  // the end leads to the beginning; no tail
};
std::string_view name_of(Ending ending);  // "ring", …
Ending parse_ending(std::string_view text);

struct EnergyPoint {
  double seconds = 0.0;
  double energy =
      0.0;  // 0-1; straight lines between points, level before the first and after the last

  bool operator==(const EnergyPoint&) const = default;
};

enum class WriterKind : std::uint8_t {
  kPattern,  // the style's patterns write everything
  kNeural,   // a composer network writes some roles
};
std::string_view name_of(WriterKind kind);  // "pattern", "neural"
// Errors: kUsage.
WriterKind parse_writer_kind(std::string_view text);

inline constexpr int kMostDrafts = 16;

// Who writes the parts, as it was decided: style pack and weights that are here have their say
// before (pipeline/writer_network.h).
struct WriterChoice {
  WriterKind kind = WriterKind::kPattern;
  // Of kNeural:
  RoleSet roles;                    // that the network writes
  int drafts = 4;                   // of each passage, of which the best is taken
  std::string weights_sha256;       // of the network's file
  std::string fingerprints_sha256;  // of what drafts are held against; empty: nothing

  bool operator==(const WriterChoice&) const = default;
};

// Some bars written again, with another seed, where all others stay.
struct Rewrite {
  int first_bar = 1;  // as people count, from 1
  int last_bar = 1;
  RoleSet roles;
  std::uint64_t seed = 0;
  std::optional<WriterChoice> writer = {};  // unset: the piece's

  bool operator==(const Rewrite&) const = default;
};

// The same request, version, style pack and weights are the same music on every machine.
struct CompositionRequest {
  std::string style;
  double length_seconds = 60.0;
  std::uint64_t seed = 0;
  std::optional<int> tonic;  // pitch class 0-11
  std::optional<Mode> mode;
  std::optional<double> bpm;  // quarter notes a minute; met within 3 %
  std::optional<Mood> mood;
  std::vector<EnergyPoint> energy;   // by time; empty: the form's own curve
  std::vector<double> hits_seconds;  // ascending; each becomes the downbeat of a bar
  std::optional<int> intro_bars;     // 0: none
  std::optional<int> outro_bars;
  Ending ending = Ending::kRing;
  std::vector<std::pair<Role, int>> instruments;  // programs in place of the style's
  std::optional<RoleSet> only;                    // these roles and no others
  RoleSet without;
  std::vector<Rewrite> rewrites;       // in their order
  std::optional<WriterChoice> writer;  // unset: patterns, as the style has it

  bool operator==(const CompositionRequest&) const = default;
};

// Keys as the fields; what is unset is left out (docs/formats/plan.md). from_json errors: kFormat,
// naming the key.
nlohmann::ordered_json to_json(const CompositionRequest& request);
CompositionRequest composition_request_from_json(const nlohmann::json& json);

// The texts of flags. Errors: kUsage with an example.
double parse_length(std::string_view text);  // "63.5", "1:03.5", "1m3s", "1h2m3.5s"
std::vector<EnergyPoint> parse_energy_curve(
    std::string_view text);  // "0:0.2 0:30:0.9": time:energy
std::pair<int, std::optional<Mode>> parse_key(std::string_view text);  // "F#", "C minor", "Am"

}  // namespace undersong
