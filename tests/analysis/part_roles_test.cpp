#include "analysis/part_roles.h"

#include <gtest/gtest.h>

namespace undersong {
namespace {

TEST(PartRoles, TracksOfOurOwnAreKnownByTheirNames) {
  EXPECT_EQ(role_of_name("Counter-melody"), Role::kCounter);
  EXPECT_EQ(role_of_name("PAD"), Role::kPad);
  EXPECT_EQ(role_of_name("Violin"), std::nullopt);
}

}  // namespace
}  // namespace undersong
