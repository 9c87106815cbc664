#include <gtest/gtest.h>

#include <algorithm>

#include "pipeline/composition_files.h"
#include "render/instrument_level.h"
#include "support/test_style.h"

namespace undersong {
namespace {

constexpr int kFlute = 73;
constexpr int kVibraphone = 11;

// What production is asked for when a piece of half a minute has this melody instrument.
double lead_level_db(int program, double level_db) {
  FoundStyle found;
  found.style = make_test_style();
  found.style.roles[index_of(Role::kLead)]->sound.level_db = level_db;
  CompositionRequest request;
  request.style = found.style.name;
  request.length_seconds = 30.0;
  request.instruments = {{Role::kLead, program}};
  request.only = RoleSet{Role::kLead};
  const Composition composition = plan_composition(request, found);
  const ProductionSettings settings =
      production_settings(composition, write_composition(composition), MusicFileOptions{});
  const auto lead = std::find_if(settings.stems.begin(), settings.stems.end(),
                                 [](const ProducedStem& stem) { return stem.role == Role::kLead; });
  EXPECT_NE(lead, settings.stems.end());
  return lead == settings.stems.end() ? -100.0 : lead->sound.level_db;
}

TEST(CompositionLevels, EvenOutTheInstrumentThatAPieceHas) {
  EXPECT_NEAR(lead_level_db(kFlute, -3.0), -3.0 + evening_gain_db(Role::kLead, kFlute), 1e-9);
  EXPECT_GT(lead_level_db(kVibraphone, -3.0), lead_level_db(kFlute, -3.0) + 6.0);
}

TEST(CompositionLevels, StayWhereProductionTakesThem) {
  EXPECT_EQ(lead_level_db(kVibraphone, 12.0), 12.0);
  EXPECT_EQ(lead_level_db(kFlute, -40.0), -40.0);
}

}  // namespace
}  // namespace undersong
