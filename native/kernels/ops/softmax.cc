// softmax: row by row.
#include "generated/operands.h"
#include "kernels/call.h"
#include "kernels/ops.h"
#include "kernels/partition.h"
#include "kernels/vector/columns.h"
#include "kernels/vector/exponentials.h"
#include "kernels/vector/reductions.h"
#include "kernels/vector/softmax_row_gradient.h"
#include "simd/simd.h"

namespace glassformer {
namespace GLASSFORMER_ISA {

void softmax(const SoftmaxArgs& args, const Partition& partition) {
  const Matrix& y = args.softmax;
  const Range rows = part_of(y.rows, 1, partition);
  for (std::int64_t r = rows.begin; r < rows.end; r++) {
    const float* x = row_of(args.x, r);
    float* out = row_of(y, r);
    const float total = exponentials(out, x, y.width, row_max(x, y.width));
    scale_row(out, out, y.width, 1 / total);
  }
}

// softmaxGradient: dy_i/dx_j = y_i (δ_ij − y_j), so dx = y ∘ (dy − Σ y ∘ dy), row by row.
void softmax_gradient(const SoftmaxGradientArgs& args, const Partition& partition) {
  const Matrix& dx = args.dx;
  const Range rows = part_of(dx.rows, 1, partition);
  for (std::int64_t r = rows.begin; r < rows.end; r++)
    softmax_row_gradient(row_of(dx, r), row_of(args.y, r), row_of(args.dy, r), dx.width, 1);
}

}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
