#pragma once
// Step patterns, grooves and fills of a style pack.

#include "score/role.h"
#include "style/pack_table.h"
#include "style/style.h"

namespace undersong {

// The bar that steps must fill.
struct StepMeter {
  int beats = 4;
  int beat_unit = 4;

  // Sixteenths.
  int usual_steps_per_beat() const { return 16 / beat_unit; }
};

// What `steps` of a role may hold.
std::string_view step_characters(Role role);

StepPattern read_pattern(PackTable& table, Role role, const StepMeter& meter);
Groove read_groove(PackTable& table, const StepMeter& meter);
Fill read_fill(PackTable& table, const StepMeter& meter);

// Complains where no pattern may be chosen at some energy from `from_energy` to 1.
void check_energies(const PackTable& role, std::vector<EnergyRange> ranges, double from_energy,
                    std::string_view what);

}  // namespace undersong
