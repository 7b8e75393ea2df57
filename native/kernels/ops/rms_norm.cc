// rmsNorm: some rows together.
#include "generated/operands.h"
#include "kernels/call.h"
#include "kernels/ops.h"
#include "kernels/partition.h"
#include "kernels/vector/columns.h"
#include "kernels/vector/moments.h"
#include "kernels/vector/norm_gradient_row.h"
#include "simd/simd.h"

namespace glassformer {
namespace GLASSFORMER_ISA {
namespace {

// y [width] ← x · scale · gamma, where scale is 1 / √(mean(x²) + epsilon)
void rms_norm_row(float* y, const float* x, float scale, const float* gamma, std::int64_t width) {
  for_columns(width, [&](std::int64_t i, auto n) { store(y + i, load(x + i, n) * broadcast(scale) * load(gamma + i, n), n); });
}

}  // namespace

void rms_norm(const RmsNormArgs& args, const Partition& partition) {
  const Matrix& x = args.x;
  const Matrix& y = args.normed;
  const Range rows = part_of(y.rows, 1, partition);
  for_rows<kNormRows>(rows.length(), [&](std::int64_t first, auto m) {
    const std::int64_t row = rows.begin + first;
    float scales[m()];
    rms_scales(scales, row_of(x, row), x.stride, y.width, args.epsilon);
    for (int r = 0; r < m(); r++) rms_norm_row(row_of(y, row + r), row_of(x, row + r), scales[r], args.gamma.floats, y.width);
  });
}

// rmsNormGradient: row by row.
void rms_norm_gradient(const RmsNormGradientArgs& args, const Partition& partition) {
  const Matrix& dx = args.dx;
  const Range rows = part_of(dx.rows, 1, partition);
  for (std::int64_t r = rows.begin; r < rows.end; r++) {
    const float* x = row_of(args.x, r);
    float scale[1];
    rms_scales(scale, x, 0, dx.width, args.epsilon);
    const Moments m = {0, 0, scale[0]};
    norm_gradient_row<false>(row_of(dx, r), x, args.gamma.floats, row_of(args.dy, r), dx.width, m);
    float* statistics = row_of(args.statistics, r);
    statistics[0] = 0;
    statistics[1] = m.reciprocal_deviation;
  }
}

}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
