#include "tokens/representation.h"

namespace undersong {

std::string_view name_of(Representation representation) {
  return representation == Representation::kSymbols ? "symbols" : "note-matrix";
}

}  // namespace undersong
