// rmsNormGradient: row by row.
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
