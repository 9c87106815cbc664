#pragma once
// What an action throws, for tests of messages.

#include <gtest/gtest.h>

#include "base/error.h"

namespace undersong {

template <typename Action>
Error thrown_error(Action&& action) {
  try {
    action();
  } catch (const Error& error) {
    return error;
  }
  ADD_FAILURE() << "nothing was thrown";
  return Error(ErrorKind::kUsage, "");
}

}  // namespace undersong
