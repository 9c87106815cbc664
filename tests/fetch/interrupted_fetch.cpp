// Fetches LINK into FOLDER from the loopback, for a test that kills it on the way.

#include <cstdio>

#include "base/error.h"
#include "fetch/fetch.h"

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  try {
    undersong::FetchOptions options;
    options.private_addresses = undersong::PrivateAddresses::kAllow;
    undersong::fetch_links({argv[2]}, argv[1], options, undersong::silent_progress());
  } catch (const undersong::Error& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
  return 0;
}
