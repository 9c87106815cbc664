#include "score/role.h"

#include <gtest/gtest.h>

#include "support/thrown_error.h"

namespace undersong {
namespace {

TEST(Role, NamesReadBackInAnyCase) {
  for (const Role role : kRoles) EXPECT_EQ(parse_role(name_of(role)), role);
  EXPECT_EQ(parse_role("Arpeggio"), Role::kArpeggio);
  EXPECT_EQ(title_of(Role::kCounter), "Counter-melody");
}

TEST(Role, AnUnknownOneIsToldWithTheNearest) {
  const Error error = thrown_error([] { parse_role("drum"); });
  EXPECT_EQ(error.kind(), ErrorKind::kUsage);
  EXPECT_EQ(error.message(),
            "there is no role 'drum'; did you mean drums? There are: drums, percussion, bass, "
            "chords, pad, arpeggio, lead, counter");
}

TEST(RoleSet, HoldsWhatWasInsertedAndNotErased) {
  RoleSet set = {Role::kBass, Role::kCounter};
  set.erase(Role::kBass);
  EXPECT_EQ(set, RoleSet{Role::kCounter});
  EXPECT_TRUE((RoleSet::all() & set) == set);
  EXPECT_TRUE((set & RoleSet{Role::kDrums}).empty());
}

}  // namespace
}  // namespace undersong
