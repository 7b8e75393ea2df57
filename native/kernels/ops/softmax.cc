// softmax: row by row.
#include "generated/operands.h"
#include "kernels/call.h"
#include "kernels/ops.h"
#include "kernels/partition.h"
#include "kernels/vector/columns.h"
#include "kernels/vector/exponentials.h"
#include "kernels/vector/reductions.h"
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

}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
