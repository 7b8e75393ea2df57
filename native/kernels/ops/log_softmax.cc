// logSoftmax: row by row.
#include "generated/operands.h"
#include "kernels/call.h"
#include "kernels/ops.h"
#include "kernels/partition.h"
#include "kernels/vector/columns.h"
#include "kernels/vector/exponentials.h"
#include "simd/simd.h"

namespace glassformer {
namespace GLASSFORMER_ISA {
namespace {

// y [width] ← x [width] − norm, the norm in two parts so that it is not rounded to float32 before it is subtracted.
void subtract_row(float* y, const float* x, std::int64_t width, double norm) {
  const float high = static_cast<float>(norm);
  const float low = high - high == 0 ? static_cast<float>(norm - high) : 0;  // 0 for an infinite norm
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

}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
