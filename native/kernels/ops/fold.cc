// fold: each row is the sum of parts of rows, added in the order of a list.
#include "generated/operands.h"
#include "kernels/call.h"
#include "kernels/ops.h"
#include "kernels/partition.h"
#include "kernels/vector/columns.h"
#include "simd/simd.h"

namespace glassformer {
namespace GLASSFORMER_ISA {

void fold(const FoldArgs& args, const Partition& partition) {
  const Matrix& inverse = args.inverse;
  const std::int64_t width = args.folded.width;
  const Range rows = part_of(args.folded.rows, 1, partition);
  for (std::int64_t s = rows.begin; s < rows.end; s++) {
    const std::int32_t* places = inverse.integers + s * inverse.stride;
    float* to = row_of(args.folded, s);
    for_columns(width, [&](std::int64_t i, auto n) {
      Vec sum = broadcast(0);
      for (std::int64_t m = 0; m < inverse.width; m++)
        if (places[m] >= 0) sum = sum + load(row_of(args.x, places[m] / args.taps) + places[m] % args.taps * width + i, n);
      store(to + i, sum, n);
    });
  }
}

}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
