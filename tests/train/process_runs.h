#pragma once
// Starts several processes of one program on the loopback, as torchrun would.

#include <string>
#include <vector>

namespace undersong {

// A port of the loopback that nobody listened on a moment ago.
int free_port();

struct MemberResult {
  int exit_code = 0;
  std::string output;
  std::string errors;
};

// Runs `program arguments…` `size` times at once, with RANK and so on, and waits for all.
std::vector<MemberResult> run_together(const std::string& program,
                                       const std::vector<std::string>& arguments, int size);

}  // namespace undersong
