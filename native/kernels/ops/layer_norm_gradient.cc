// layerNormGradient: row by row.
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
