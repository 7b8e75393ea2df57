// add: value by value.
#include "generated/operands.h"
#include "kernels/call.h"
#include "kernels/ops.h"
#include "kernels/partition.h"
#include "kernels/vector/columns.h"
#include "simd/simd.h"

namespace glassformer {
namespace GLASSFORMER_ISA {

void add(const AddArgs& args, const Partition& partition) {
  const Matrix& y = args.sum;
  const Range rows = part_of(y.rows, 1, partition);
  for (std::int64_t r = rows.begin; r < rows.end; r++) {
    const float* a = row_of(args.a, r);
    const float* b = row_of(args.b, r);
    float* sums = row_of(y, r);
    for_columns(y.width, [&](std::int64_t i, auto n) { store(sums + i, load(a + i, n) + load(b + i, n), n); });
  }
}

}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
