#include "pipeline/compose_flags.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/thrown_error.h"

namespace undersong {
namespace {

using ::testing::HasSubstr;
using ::testing::Pair;

template <typename Action>
std::string refusal(Action&& action) {
  const Error error = thrown_error(action);
  EXPECT_EQ(error.kind(), ErrorKind::kUsage);
  return error.message();
}

TEST(InstrumentList, ChangesInstrumentsOfRoles) {
  const InstrumentWish wish = parse_instrument_list("lead=flute, bass = 33,drums=brush");
  EXPECT_FALSE(wish.only);
  EXPECT_THAT(wish.instruments, testing::ElementsAre(Pair(Role::kLead, 73), Pair(Role::kBass, 33),
                                                     Pair(Role::kDrums, 40)));
}

TEST(InstrumentList, ARoleByItselfLetsOnlyTheNamedPlay) {
  const InstrumentWish wish = parse_instrument_list("drums,BASS,lead=flute");
  EXPECT_EQ(wish.only, (RoleSet{Role::kDrums, Role::kBass, Role::kLead}));
  EXPECT_EQ(wish.instruments.size(), 1U);
}

TEST(InstrumentList, KitsHaveNames) {
  EXPECT_EQ(parse_instrument_list("drums=TR-808").instruments[0].second, 25);
  EXPECT_EQ(parse_instrument_list("percussion=16").instruments[0].second, 16);
}

TEST(InstrumentList, WhatMakesNoSenseIsASentence) {
  EXPECT_THAT(refusal([] { parse_instrument_list("flute"); }), HasSubstr("lead=flute"));
  EXPECT_THAT(refusal([] { parse_instrument_list("lead=fluuute"); }), HasSubstr("fluuute"));
  EXPECT_THAT(refusal([] { parse_instrument_list("lead=200"); }), HasSubstr("200"));
  EXPECT_THAT(refusal([] { parse_instrument_list("drums=brsh"); }),
              HasSubstr("did you mean brush?"));
  EXPECT_THAT(refusal([] { parse_instrument_list("lead=flute,lead"); }), HasSubstr("lead twice"));
  EXPECT_THAT(refusal([] { parse_instrument_list("lead,"); }), HasSubstr("empty item"));
  EXPECT_THAT(refusal([] { parse_instrument_list(""); }), HasSubstr("empty item"));
}

TEST(RoleList, NamesItsFlagInErrors) {
  EXPECT_EQ(parse_role_list("drums, lead", "--without"), (RoleSet{Role::kDrums, Role::kLead}));
  EXPECT_THAT(refusal([] { parse_role_list("leda", "--roles"); }),
              testing::AllOf(HasSubstr("--roles"), HasSubstr("did you mean lead?")));
}

TEST(BarCount, NoneIsNothing) {
  EXPECT_EQ(parse_bar_count("none", "--intro"), 0);
  EXPECT_EQ(parse_bar_count("4", "--intro"), 4);
  for (const char* wrong : {"-1", "four", "", "4 bars", "99999999999999"})
    EXPECT_THAT(refusal([&] { parse_bar_count(wrong, "--intro"); }), HasSubstr("--intro"));
}

TEST(BarRange, IsInclusiveAndCountsFromOne) {
  EXPECT_EQ(parse_bar_range("bars=9-16", "--regenerate"), std::pair(9, 16));
  EXPECT_EQ(parse_bar_range("9-16", "--regenerate"), std::pair(9, 16));
  EXPECT_EQ(parse_bar_range("bars=9", "--regenerate"), std::pair(9, 9));
  for (const char* wrong : {"bars=16-9", "bars=0-4", "bars=", "all", "1-", "-3", "1-2-3"})
    EXPECT_THAT(refusal([&] { parse_bar_range(wrong, "--regenerate"); }), HasSubstr("bars=9-16"));
}

}  // namespace
}  // namespace undersong
