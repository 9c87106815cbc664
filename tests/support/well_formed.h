#pragma once
// A small check of HTML that is also XML, so that tests need no parser.

#include <optional>
#include <string>
#include <string_view>

namespace undersong {

// What is wrong with the nesting of `html`'s tags; empty when every tag that opens closes in turn.
std::optional<std::string> nesting_problem(std::string_view html);

}  // namespace undersong
