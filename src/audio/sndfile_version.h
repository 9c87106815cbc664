#pragma once
// The library behind this module, for certificates: other versions may give other bytes.

#include <string>

namespace undersong {

// Such as "libsndfile-1.2.0".
std::string sndfile_version();

}  // namespace undersong
