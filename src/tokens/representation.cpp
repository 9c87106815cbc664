#include "tokens/representation.h"

namespace undersong {

std::string_view name_of(Representation representation) {
  switch (representation) {
    case Representation::kSymbols: return "symbols";
    case Representation::kNoteMatrix: return "note-matrix";
    case Representation::kComposer: return "composer";
  }
  return "";
}

}  // namespace undersong
