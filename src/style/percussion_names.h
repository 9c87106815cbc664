#pragma once
// The instruments of the percussion channel by names that are keys of a style pack.

#include <span>
#include <string_view>

namespace undersong {

struct PercussionName {
  std::string_view name;
  int key = 0;  // General MIDI 35-81; 27-34 and 82-87 are General MIDI 2
};

// In the order of their keys.
std::span<const PercussionName> percussion_names();

// A name, or a key as a number. Errors: kUsage, with the nearest name.
int parse_percussion(std::string_view text);

// "kick"; empty for a key without a name.
std::string_view percussion_name(int key);

}  // namespace undersong
