// Any bytes are fingerprints or an Error; fingerprints that were read are written and read again.
// The bytes are the part behind the checksum, which is put before them: nobody guesses it.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/hash.h"
#include "originality/fingerprint_file.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string header = "USPRINTS" + undersong::sha256_hex(std::span(data, size));
  std::vector<std::uint8_t> bytes(header.begin(), header.end());
  bytes.insert(bytes.end(), data, data + size);
  try {
    const auto file = undersong::read_fingerprints(bytes);
    if (undersong::read_fingerprints(undersong::write_fingerprints(file)) != file) std::abort();
  } catch (const undersong::Error&) {
  }
  return 0;
}
