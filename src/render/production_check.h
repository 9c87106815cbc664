#pragma once

#include "render/production.h"

namespace undersong::detail {

// Errors: kUsage for what produce() cannot do, with the number, its name and its range.
void check_production(const Score& score, const ProductionSettings& settings);

}  // namespace undersong::detail
