#include "audio/sndfile_version.h"

#include <sndfile.h>

namespace undersong {

std::string sndfile_version() { return sf_version_string(); }

}  // namespace undersong
