// One process of a group, for process_group_test: `group_member sum|leave`. Who it is stands in the
// environment.

#include <unistd.h>

#include <cstdio>
#include <numeric>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/hash.h"
#include "train/process_group.h"

namespace undersong {
namespace {

// Thirds, so that sums are rounded and their order shows in the bits.
std::vector<float> share_of(int rank) {
  std::vector<float> values(100'003);
  for (std::size_t i = 0; i < values.size(); ++i)
    values[i] = static_cast<float>(i + 1) / 3.0F * static_cast<float>(rank + 1);
  return values;
}

void sum(ProcessGroup& group) {
  std::vector<float> values = share_of(group.rank());
  group.sum(values);
  group.wait();
  std::vector<double> few = {1.0 / 3.0, static_cast<double>(group.rank())};
  group.sum(few);
  Sha256 digest;
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(values.data());
  digest.update(std::span<const std::uint8_t>(bytes, values.size() * sizeof(float)));
  std::printf("%s %g %.17g %g\n", digest.finish_hex().c_str(), static_cast<double>(values[2]),
              few[0], few[1]);
}

void leave(ProcessGroup& group) {
  group.wait();
  if (!group.first()) ::_exit(7);
  std::vector<float> values = share_of(0);
  group.sum(values);
  group.sum(values);  // the first may have gone through before the other was gone
}

int member(std::string_view what) {
  try {
    ProcessGroup group = ProcessGroup::from_environment(false);
    what == "sum" ? sum(group) : leave(group);
    return 0;
  } catch (const Error& error) {
    std::fputs(error.what(), stderr);
    return 1;
  }
}

}  // namespace
}  // namespace undersong

int main(int count, char** arguments) { return count == 2 ? undersong::member(arguments[1]) : 2; }
