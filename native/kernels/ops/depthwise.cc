// depthwise: row by row of each sentence; threads share the columns.
#include "generated/operands.h"
#include "kernels/call.h"
#include "kernels/ops.h"
#include "kernels/partition.h"
#include "kernels/recurrence/taps.h"
#include "kernels/recurrence/tokens.h"
#include "kernels/vector/columns.h"
#include "simd/simd.h"

namespace glassformer {
namespace GLASSFORMER_ISA {

void depthwise(const DepthwiseArgs& args, const Partition& partition) {
  const Range columns = columns_of(args.x.width, partition);
  for (std::int64_t b = 0; b < args.spans.rows; b++) {
    const Range rows = span_of(args.spans, b);
    for (std::int64_t r = rows.begin; r < rows.end; r++) {
      const Range taps = taps_of(args, rows, r);
      float* to = row_from(args.convolved, r, columns);
      for_columns(columns.length(), [&](std::int64_t i, auto n) {
        Vec sum = broadcast(0);
        for (std::int64_t j = taps.begin; j < taps.end; j++) {
          const std::int64_t read = r + (j - args.before) * args.dilation;
          sum = fma(load(row_from(args.weight, j, columns) + i, n), load(row_from(args.x, read, columns) + i, n), sum);
        }
        store(to + i, sum, n);
      });
    }
  }
}

}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
