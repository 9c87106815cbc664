#include "plan/roles.h"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "plan/plan.h"
#include "support/test_style.h"
#include "support/thrown_error.h"

namespace undersong {
namespace {

CompositionRequest request_of(double seconds, std::uint64_t seed = 1) {
  CompositionRequest request;
  request.style = "test";
  request.length_seconds = seconds;
  request.seed = seed;
  return request;
}

TEST(Roles, AreThoseOfTheSectionTheEnergyAndTheRequest) {
  CompositionRequest request = request_of(90.0);
  request.without = {Role::kDrums};
  request.only = RoleSet{Role::kDrums, Role::kBass, Role::kChords};
  for (const PlannedBar& bar : plan(request, make_test_style()).bars) {
    for (const Role role : kRoles) {
      if (role == Role::kBass || role == Role::kChords) continue;
      EXPECT_FALSE(bar.roles.contains(role)) << name_of(role);
    }
  }
}

TEST(Roles, AreNeverNobody) {
  CompositionRequest request = request_of(90.0);
  request.only = RoleSet{Role::kCounter};  // plays from 0.6 on alone
  for (const PlannedBar& bar : plan(request, make_test_style()).bars)
    EXPECT_TRUE(bar.roles.contains(Role::kCounter));
  request.only = RoleSet{Role::kDrums};
  for (const PlannedBar& bar : plan(request, make_test_style()).bars)
    EXPECT_TRUE(bar.roles.contains(Role::kDrums));
}

TEST(Roles, ComeAndGoAtPhrasesAlone) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const Plan piece = plan(request_of(120.0, seed), make_test_style());
    std::set<int> starts;
    for (const PlannedSection& section : piece.sections) {
      int bar = section.first_bar;
      for (const int phrase : section.phrases) {
        starts.insert(bar);
        bar += phrase;
      }
    }
    for (std::size_t i = 1; i < piece.bars.size(); ++i) {
      if (piece.bars[i].roles == piece.bars[i - 1].roles) continue;
      EXPECT_TRUE(starts.contains(static_cast<int>(i))) << "seed " << seed << ", bar " << i + 1;
    }
  }
}

TEST(Roles, FollowASteepCurve) {
  CompositionRequest request = request_of(60.0);
  request.energy = {{0.0, 0.0}, {30.0, 1.0}, {60.0, 0.0}};
  const Plan piece = plan(request, make_test_style());
  const auto count = [&](std::size_t bar) {
    int roles = 0;
    for (const Role role : kRoles) roles += piece.bars[bar].roles.contains(role) ? 1 : 0;
    return roles;
  };
  EXPECT_LE(count(0), 3);
  EXPECT_GE(count(piece.bars.size() / 2), 7);
  EXPECT_LE(count(piece.bars.size() - 1), 4);
}

TEST(Roles, RefuseARequestThatLeavesNobody) {
  CompositionRequest request = request_of(60.0);
  request.only = RoleSet{Role::kDrums};
  request.without = {Role::kDrums};
  EXPECT_EQ(thrown_error([&] { plan(request, make_test_style()); }).message(),
            "--instruments and --without leave nobody to play; the style test has drums, "
            "percussion, bass, "
            "chords, pad, arpeggio, lead, counter");
}

TEST(Fills, CloseEachSectionWithDrums) {
  const Plan piece = plan(request_of(120.0), make_test_style());
  int fills = 0;
  for (const PlannedSection& section : piece.sections) {
    const auto next = static_cast<std::size_t>(section.first_bar + section.bars);
    if (next >= piece.bars.size()) continue;
    const bool drums = piece.bars[next - 1].roles.contains(Role::kDrums);
    EXPECT_EQ(piece.bars[next - 1].fill, drums) << section.name;
    fills += drums ? 1 : 0;
  }
  EXPECT_GT(fills, 0);
}

TEST(Instruments, AreOneARoleAndDoNotDoubleWhereThereIsAChoice) {
  const Style style = make_test_style();
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    const Plan piece = plan(request_of(30.0, seed), style);
    EXPECT_EQ(piece.instruments.size(), kRoleCount);
    std::map<int, int> uses;
    for (const PlannedInstrument& instrument : piece.instruments)
      if (!is_percussive(instrument.role)) ++uses[instrument.program];
    for (const auto& [program, count] : uses) EXPECT_EQ(count, 1) << "program " << program;
  }
}

TEST(Instruments, AreReplacedByTheAskedOnes) {
  CompositionRequest request = request_of(30.0);
  request.instruments = {{Role::kLead, 40}};
  for (const PlannedInstrument& instrument : plan(request, make_test_style()).instruments)
    EXPECT_TRUE(instrument.role != Role::kLead || instrument.program == 40);
}

}  // namespace
}  // namespace undersong
