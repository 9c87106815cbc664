#pragma once
// The flags of every verb that fetches links.

#include <cstdint>

#include "fetch/fetch.h"

namespace CLI {
class App;
}

namespace undersong {

struct FetchFlags {
  std::int64_t items = 50;
  std::int64_t megabytes = 500;
  double longest_minutes = 120.0;
  double timeout_minutes = 30.0;
  bool allow_private = false;

  // Adds --limit, --max-size, --max-length, --timeout and --allow-private.
  void add_to(CLI::App& verb);
  // Errors: kUsage for limits that let nothing through or are beyond reason.
  FetchOptions options() const;
};

}  // namespace undersong
