// sumOfSquares: Σ x² of each block of the gradients.
#include "generated/operands.h"
#include "kernels/call.h"
#include "kernels/ops.h"
#include "kernels/partition.h"
#include "kernels/vector/columns.h"
#include "kernels/vector/reductions.h"
#include "simd/simd.h"

namespace glassformer {
namespace GLASSFORMER_ISA {

void sum_of_squares(const SumOfSquaresArgs& args, const Partition& partition) {
  const Matrix& x = args.x;
  const Matrix& sums = args.sums;
  const Range blocks = part_of(sums.rows, 1, partition);
  for (std::int64_t block = blocks.begin; block < blocks.end; block++)
    *row_of(sums, block) = squares_of(x.floats + block * kSumBlock, smaller(kSumBlock, x.width - block * kSumBlock));
}

}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
