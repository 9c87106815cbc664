#include "train/process_group.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "support/thrown_error.h"
#include "train/process_runs.h"

namespace undersong {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using Variables = std::map<std::string, std::string>;

GroupPlace place_of(const Variables& variables) {
  return place_in_group([&](const char* name) -> const char* {
    const auto found = variables.find(name);
    return found == variables.end() ? nullptr : found->second.c_str();
  });
}

TEST(GroupPlace, WithoutAWorldAProcessIsAlone) {
  const GroupPlace place = place_of({{"RANK", "3"}, {"MASTER_ADDR", "somewhere"}});
  EXPECT_EQ(place.size, 1);
  EXPECT_EQ(place.rank, 0);
}

TEST(GroupPlace, IsReadAsTorchrunSetsIt) {
  const GroupPlace place = place_of({{"RANK", "5"},
                                     {"WORLD_SIZE", "8"},
                                     {"LOCAL_RANK", "1"},
                                     {"MASTER_ADDR", "node-1"},
                                     {"MASTER_PORT", "1234"},
                                     {"GLOO_SOCKET_IFNAME", "eth1"}});
  EXPECT_EQ(place.rank, 5);
  EXPECT_EQ(place.size, 8);
  EXPECT_EQ(place.local_rank, 1);
  EXPECT_EQ(place.address, "node-1");
  EXPECT_EQ(place.port, 1234);
  EXPECT_EQ(place.interface, "eth1");
}

TEST(GroupPlace, HasTheUsualPortAndGpuWhereNothingIsSaid) {
  const GroupPlace place = place_of({{"RANK", "1"}, {"WORLD_SIZE", "2"}, {"MASTER_ADDR", "a"}});
  EXPECT_EQ(place.port, 29500);
  EXPECT_EQ(place.local_rank, 1);
}

TEST(GroupPlace, SaysWhatMakesNoSense) {
  const auto message = [](const Variables& variables) {
    return thrown_error([&] { place_of(variables); }).message();
  };
  EXPECT_THAT(message({{"WORLD_SIZE", "two"}}),
              AllOf(HasSubstr("WORLD_SIZE is `two`"), HasSubstr("from 1 to")));
  EXPECT_THAT(message({{"WORLD_SIZE", "0"}}), HasSubstr("WORLD_SIZE is `0`"));
  EXPECT_THAT(message({{"WORLD_SIZE", "2"}}), HasSubstr("RANK is not set"));
  EXPECT_THAT(message({{"WORLD_SIZE", "2"}, {"RANK", "2"}, {"MASTER_ADDR", "a"}}),
              HasSubstr("RANK is `2` in the environment, and must be a number from 0 to 1"));
  EXPECT_THAT(message({{"WORLD_SIZE", "2"}, {"RANK", "0"}}), HasSubstr("MASTER_ADDR is not set"));
  EXPECT_THAT(
      message({{"WORLD_SIZE", "2"}, {"RANK", "0"}, {"MASTER_ADDR", "a"}, {"MASTER_PORT", "70000"}}),
      HasSubstr("MASTER_PORT is `70000`"));
}

TEST(ProcessGroup, OfOneChangesNothing) {
  ProcessGroup group = ProcessGroup::join({}, false);
  std::vector<float> values = {1.0F, 2.5F};
  group.sum(values);
  group.wait();
  EXPECT_EQ(values, (std::vector<float>{1.0F, 2.5F}));
  EXPECT_TRUE(group.first());
}

TEST(ProcessGroup, OfTwoAndThreeHaveTheSameSumInEveryProcess) {
  for (const int size : {2, 3}) {
    const auto members = run_together(UNDERSONG_GROUP_MEMBER, {"sum"}, size);
    for (const MemberResult& member : members) {
      EXPECT_EQ(member.exit_code, 0) << member.errors;
      EXPECT_EQ(member.output, members.front().output);
    }
    // 3/3 * (1 + … + size), size thirds, and 0 + … + size-1.
    EXPECT_THAT(members.front().output,
                HasSubstr(size == 2 ? " 3 0.66666666666666663 1\n" : " 6 1 3\n"));
  }
}

TEST(ProcessGroup, SaysThatAnotherIsGone) {
  const auto members = run_together(UNDERSONG_GROUP_MEMBER, {"leave"}, 2);
  EXPECT_EQ(members[0].exit_code, 1);
  EXPECT_EQ(members[1].exit_code, 7);
  EXPECT_THAT(members[0].errors, AllOf(HasSubstr("process 0 of 2 lost the others"),
                                       HasSubstr("start all of them again")));
}

TEST(ProcessGroup, SaysWhenTheOthersDoNotCome) {
  for (const int rank : {0, 1}) {
    GroupPlace place{rank, 2, 0, "127.0.0.1", free_port(), ""};
    GroupPatience patience;
    patience.joining = std::chrono::seconds(1);
    const Error error = thrown_error([&] { ProcessGroup::join(place, false, patience); });
    EXPECT_EQ(error.kind(), ErrorKind::kIo);
    EXPECT_THAT(error.message(), AllOf(HasSubstr("process " + std::to_string(rank) +
                                                 " of 2 did not meet the others at "
                                                 "127.0.0.1 port " +
                                                 std::to_string(place.port) + " within 1 s"),
                                       HasSubstr("start all 2")));
  }
}

TEST(ProcessGroup, SaysWhenThereIsNoWayToTheFirst) {
  GroupPlace place{1, 2, 0, "no-such-machine.invalid", 29500, ""};
  EXPECT_THAT(thrown_error([&] { ProcessGroup::join(place, false); }).message(),
              HasSubstr("no way from here to no-such-machine.invalid"));
}

}  // namespace
}  // namespace undersong
