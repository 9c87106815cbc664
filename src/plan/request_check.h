#pragma once
// Whether a request makes sense, for any style and for one.

#include "plan/request.h"
#include "style/style.h"

namespace undersong::detail {

// Errors: kUsage, a sentence with what would do.
void check_request(const CompositionRequest& request, const Style& style);

}  // namespace undersong::detail
