// dropout, plus a residual.
#include "generated/operands.h"
#include "kernels/call.h"
#include "kernels/ops.h"
#include "kernels/partition.h"
#include "kernels/vector/columns.h"
#include "kernels/vector/random.h"
#include "simd/simd.h"

namespace glassformer {
namespace GLASSFORMER_ISA {

void dropout(const DropoutArgs& args, const Partition& partition) {
  const Matrix& y = args.dropped;
  const Matrix& residual = args.residual;
  const std::int32_t seed = integer_at(args.seed, 0);
  const Drop drop = drop_of(args.rate);
  const Range rows = part_of(y.rows, 1, partition);
  for (std::int64_t r = rows.begin; r < rows.end; r++) {
    const std::uint32_t key = row_key(seed, args.site, r);
    const float* x = row_of(args.x, r);
    const float* more = residual.floats ? row_of(residual, r) : nullptr;
    float* to = row_of(y, r);
    for_columns(y.width, [&](std::int64_t i, auto n) {
      Vec value = dropped(load(x + i, n), key, i, drop);
      if (more) value = value + load(more + i, n);
      store(to + i, value, n);
    });
  }
}

}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
