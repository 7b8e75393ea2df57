// average: token by token of each sentence. Threads share the columns.
#include "generated/operands.h"
#include "kernels/call.h"
#include "kernels/ops.h"
#include "kernels/partition.h"
#include "kernels/recurrence/average_token.h"
#include "kernels/recurrence/tokens.h"
#include "kernels/vector/columns.h"
#include "kernels/vector/rows.h"
#include "simd/simd.h"

namespace glassformer {
namespace GLASSFORMER_ISA {

void average(const AverageArgs& args, const Partition& partition) {
  const Range columns = columns_of(args.x.width, partition);
  float* sum = partition.scratch;
  for (std::int64_t b = 0; b < args.spans.rows; b++) {
    const Range rows = span_of(args.spans, b);
    for (std::int64_t r = rows.begin; r < rows.end; r++)
      average_token(r > rows.begin ? sum : nullptr, row_from(args.x, r, columns), sum, row_from(args.averaged, r, columns),
                    columns.length(), r - rows.begin + 1);
  }
}

// averageGradient: y_t = (x_1 + … + x_t) / t, so that x_k gets dy_t / t for every t ≥ k. The sum grows from the last
// token of each sentence to its first.
void average_gradient(const AverageGradientArgs& args, const Partition& partition) {
  const Range columns = columns_of(args.dx.width, partition);
  float* sum = partition.scratch;
  for (std::int64_t b = 0; b < args.spans.rows; b++) {
    const Range rows = span_of(args.spans, b);
    clear_row(sum, columns.length());
    for (std::int64_t r = rows.end - 1; r >= rows.begin; r--) {
      const Vec count = broadcast(static_cast<float>(r - rows.begin + 1));
      const float* d_averaged = row_from(args.d_averaged, r, columns);
      float* dx = row_from(args.dx, r, columns);
      for_columns(columns.length(), [&](std::int64_t i, auto n) {
        const Vec total = load(sum + i, n) + load(d_averaged + i, n) / count;
        store(sum + i, total, n);
        store(dx + i, total, n);
      });
    }
  }
}

}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
