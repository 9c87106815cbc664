// A link, and a title that becomes a file name: texts that strangers write.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/error.h"
#include "fetch/file_name.h"
#include "fetch/link.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::string name = undersong::file_name_of(text);
  if (name.empty() || name.size() > 100 || name.find('/') != name.npos || name.front() == '.')
    std::abort();
  try {
    const undersong::Link link = undersong::parse_link(text);
    if (link.host.empty() || link.port == 0 || link.path.front() != '/') std::abort();
  } catch (const undersong::Error&) {
  }
  return 0;
}
