#include "support/user_data.h"

#include <cstdlib>

namespace undersong {
namespace {
constexpr const char* kVariable = "XDG_DATA_HOME";
}

OwnUserData::OwnUserData() {
  if (const char* before = std::getenv(kVariable)) {
    had_before_ = true;
    before_ = before;
  }
  ::setenv(kVariable, folder_.path().c_str(), 1);
}

OwnUserData::~OwnUserData() {
  if (had_before_) {
    ::setenv(kVariable, before_.c_str(), 1);
  } else {
    ::unsetenv(kVariable);
  }
}

}  // namespace undersong
