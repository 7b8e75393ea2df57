// logSoftmaxGradient: y = x − log Σ exp(x). The first term passes dy on; the second takes off softmax(x) = exp(y) for every dy. Row by row.
#include "generated/operands.h"
#include "kernels/call.h"
#include "kernels/ops.h"
#include "kernels/partition.h"
#include "kernels/vector/columns.h"
#include "kernels/vector/functions.h"
#include "kernels/vector/reductions.h"
#include "simd/simd.h"

namespace glassformer {
namespace GLASSFORMER_ISA {

void log_softmax_gradient(const LogSoftmaxGradientArgs& args, const Partition& partition) {
  const Matrix& dx = args.dx;
  const Range rows = part_of(dx.rows, 1, partition);
  for (std::int64_t r = rows.begin; r < rows.end; r++) {
    const float* y = row_of(args.y, r);
    const float* dy = row_of(args.dy, r);
    float* to = row_of(dx, r);
    const Vec total = broadcast(row_sum(dy, dx.width));
    for_columns(dx.width,
                [&](std::int64_t i, auto n) { store(to + i, load(dy + i, n) - exp(load(y + i, n)) * total, n); });
  }
}

}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
