// Any text: an Error of the format, or a plan that comes back equal from what is written, and that
// check_plan either likes or refuses with an Error.
//
//   cmake --preset fuzz && cmake --build --preset fuzz --target plan_fuzz
//   build/fuzz/bin/plan_fuzz -max_len=8192 -timeout=5 fuzz/corpus/plan

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "base/error.h"
#include "plan/plan.h"
#include "support/test_style.h"

namespace {

// The JSON of a plan needs a section for every bar, which check_plan alone makes sure of.
void check_round_trip(const undersong::Plan& plan, const undersong::Style& style) {
  try {
    check_plan(plan, style);
  } catch (const undersong::Error& error) {
    UNDERSONG_CHECK(error.kind() == undersong::ErrorKind::kFormat);
    return;
  }
  const undersong::Plan again = undersong::read_plan(undersong::to_json_text(plan));
  UNDERSONG_CHECK(again == plan);
  UNDERSONG_CHECK(!describe(plan, style).empty());
  UNDERSONG_CHECK(!conductor_score(plan).tempos.empty());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace undersong;
  static const Style style = make_test_style();
  Plan plan;
  try {
    plan = read_plan(std::string_view(reinterpret_cast<const char*>(data), size));
  } catch (const Error& error) {
    UNDERSONG_CHECK(error.kind() == ErrorKind::kFormat);
    return 0;
  }
  check_round_trip(plan, style);
  return 0;
}
