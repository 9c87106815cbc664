#pragma once
// Names of files out of titles that strangers wrote.

#include <string>
#include <string_view>

namespace undersong {

// A file name that is safe everywhere and still says what it is: no slashes, control characters,
// leading dots or dashes, at most 100 bytes, whole letters; "untitled" when nothing is left.
std::string file_name_of(std::string_view title);

}  // namespace undersong
