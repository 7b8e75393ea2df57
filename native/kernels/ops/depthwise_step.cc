// depthwiseStep: the causal convolution at one new token of each hypothesis. Threads share the columns.
#include "generated/operands.h"
#include "kernels/call.h"
#include "kernels/ops.h"
#include "kernels/partition.h"
#include "kernels/recurrence/taps.h"
#include "kernels/recurrence/tokens.h"
#include "kernels/vector/columns.h"
#include "kernels/vector/rows.h"
#include "simd/simd.h"

namespace glassformer {
namespace GLASSFORMER_ISA {

void depthwise_step(const DepthwiseStepArgs& args, const Partition& partition) {
  const Range columns = columns_of(args.x.width, partition);
  // All rows are written before any is read, because a row of a draft reads the rows before it.
  for (std::int64_t r = 0; r < args.x.rows; r++) {
    copy_row(row_from(args.cache, integer_at(args.slots, r), columns), row_from(args.x, r, columns), columns.length());
  }
  const std::int64_t last = args.weight.rows - 1;
  for (std::int64_t r = 0; r < args.x.rows; r++) {
    const Range past = span_of(args.spans, r);
    const std::int64_t own = past.end - 1;
    const std::int64_t taps = past.length() ? smaller((past.length() - 1) / args.dilation, last) + 1 : 0;
    float* to = row_from(args.convolved, r, columns);
    for_columns(columns.length(), [&](std::int64_t i, auto n) {
      Vec sum = broadcast(0);
      for (std::int64_t j = taps - 1; j >= 0; j--) {
        const float* from = row_from(args.cache, integer_at(args.ancestors, own - j * args.dilation), columns);
        sum = fma(load(row_from(args.weight, last - j, columns) + i, n), load(from + i, n), sum);
      }
      store(to + i, sum, n);
    });
  }
}

}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
