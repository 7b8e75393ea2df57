// ssru: from token to token of each sentence.
#include "generated/operands.h"
#include "kernels/call.h"
#include "kernels/ops.h"
#include "kernels/partition.h"
#include "kernels/recurrence/ssru_token.h"
#include "kernels/recurrence/tokens.h"
#include "simd/simd.h"

namespace glassformer {
namespace GLASSFORMER_ISA {

void ssru(const SsruArgs& args, const Partition& partition) {
  const Range columns = columns_of(args.x.width, partition);
  for (std::int64_t b = 0; b < args.spans.rows; b++) {
    const Range rows = span_of(args.spans, b);
    for (std::int64_t r = rows.begin; r < rows.end; r++)
      ssru_token({row_from(args.x, r, columns), row_from(args.forget, r, columns), row_from(args.forget_bias, 0, columns),
                  r > rows.begin ? row_from(args.states, r - 1, columns) : nullptr,
                  args.residual.floats ? row_from(args.residual, r, columns) : nullptr, row_from(args.states, r, columns),
                  row_from(args.recurred, r, columns), args.gates.floats ? row_from(args.gates, r, columns) : nullptr},
                 columns.length());
  }
}

}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
