// logSoftmax: row by row.
#include "generated/operands.h"
#include "kernels/call.h"
#include "kernels/ops.h"
#include "kernels/partition.h"
#include "kernels/vector/columns.h"
#include "kernels/vector/exponentials.h"
#include "kernels/vector/functions.h"
#include "kernels/vector/reductions.h"
#include "simd/simd.h"

namespace glassformer {
namespace GLASSFORMER_ISA {
namespace {

// y [width] ← x [width] − norm. The norm is subtracted in two parts, so that it is not rounded to float32 first.
void subtract_row(float* y, const float* x, std::int64_t width, double norm) {
  const float high = static_cast<float>(norm);
  const float low = high - high == 0 ? static_cast<float>(norm - high) : 0;  // 0 if the norm is infinite
  for_columns(width, [&](std::int64_t i, auto n) {
    store(y + i, load(x + i, n) - broadcast(high) - broadcast(low), n);
  });
}

}  // namespace

void log_softmax(const LogSoftmaxArgs& args, const Partition& partition) {
  const Matrix& y = args.log_softmax;
  const Range rows = part_of(y.rows, 1, partition);
  for (std::int64_t r = rows.begin; r < rows.end; r++) {
    const float* x = row_of(args.x, r);
    subtract_row(row_of(y, r), x, y.width, log_sum_exp(x, y.width));
  }
}

// logSoftmaxGradient: y = x − log Σ exp(x). The first term passes dy on; the second subtracts softmax(x) = exp(y) for
// every dy. Row by row.
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
