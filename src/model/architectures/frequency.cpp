#include "model/architecture.h"

namespace undersong {

Architecture frequency_architecture() {
  Architecture frequency;
  frequency.name = "frequency";
  frequency.summary = "baseline: how often each symbol occurs, whatever came before";
  frequency.source = "planned by the seed, never built there";
  frequency.kind = Architecture::Kind::kCounting;
  frequency.reading = Reading::kRecurrent;
  frequency.order = 0;
  return frequency;
}

}  // namespace undersong
