// Any bytes are a weight file or an Error; a weight file that was read is written and read again.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>

#include "base/error.h"
#include "nn/weight_file.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    const auto file = undersong::read_weights(std::span(data, size));
    const auto again = undersong::read_weights(undersong::write_weights(file));
    if (again.tensors.size() != file.tensors.size() || again.metadata != file.metadata) {
      std::abort();
    }
  } catch (const undersong::Error&) {
  }
  return 0;
}
