#include "compose/compose.h"

#include "compose/humanise.h"
#include "compose/tracks.h"
#include "compose/writer_context.h"

namespace undersong {

Score compose(const Plan& plan, const Style& style, const PartWriter& writer) {
  const WriterContext context(plan, style);
  return score_of(context, humanise(context, write_parts(plan, style, writer)));
}

}  // namespace undersong
