#include "evaluate/features.h"

namespace undersong {

std::string_view name_of(Feature feature) {
  constexpr std::array<std::string_view, kFeatures> kNames = {"pitch count",
                                                              "pitch class histogram",
                                                              "pitch class transition matrix",
                                                              "pitch range",
                                                              "mean pitch interval",
                                                              "note count",
                                                              "mean inter-onset interval",
                                                              "note length histogram",
                                                              "note length transition matrix"};
  return kNames[static_cast<std::size_t>(feature)];
}

}  // namespace undersong
