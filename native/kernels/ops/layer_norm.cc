// layerNorm: some rows together.
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

// y [m, width] ← (x − mean) / deviation · gamma + beta. Rows are computed together, so that gamma and beta are loaded
// once for all.
template <int m>
void norm_rows(float* y, std::int64_t y_stride, const float* x, std::int64_t x_stride, const Moments (&of)[m], const float* gamma,
               const float* beta, std::int64_t width) {
  for_columns(width, [&](std::int64_t i, auto n) {
    const Vec scale = load(gamma + i, n);
    const Vec shift = load(beta + i, n);
    GLASSFORMER_UNROLL
    for (int r = 0; r < m; r++) {
      const Vec centered = load(x + r * x_stride + i, n) - broadcast(of[r].near) - broadcast(of[r].shift);
      store(y + r * y_stride + i, fma(centered * broadcast(of[r].reciprocal_deviation), scale, shift), n);
    }
  });
}

}  // namespace

void layer_norm(const LayerNormArgs& args, const Partition& partition) {
  const Matrix& x = args.x;
  const Matrix& y = args.normed;
  const Range rows = part_of(y.rows, 1, partition);
  for_rows<kNormRows>(rows.length(), [&](std::int64_t first, auto m) {
    const std::int64_t row = rows.begin + first;
    Moments of[m()];
    moments(of, row_of(x, row), x.stride, y.width, args.epsilon);
    norm_rows(row_of(y, row), y.stride, row_of(x, row), x.stride, of, args.gamma.floats, args.beta.floats, y.width);
  });
}

// layerNormGradient: row by row.
void layer_norm_gradient(const LayerNormGradientArgs& args, const Partition& partition) {
  const Matrix& dx = args.dx;
  const Range rows = part_of(dx.rows, 1, partition);
  for (std::int64_t r = rows.begin; r < rows.end; r++) {
    const float* x = row_of(args.x, r);
    Moments m[1];
    moments(m, x, 0, dx.width, args.epsilon);
    norm_gradient_row<true>(row_of(dx, r), x, args.gamma.floats, row_of(args.dy, r), dx.width, m[0]);
    float* statistics = row_of(args.statistics, r);
    statistics[0] = m[0].near + m[0].shift;
    statistics[1] = m[0].reciprocal_deviation;
  }
}

}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
