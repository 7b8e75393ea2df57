// ssruStep: one new token of each hypothesis. Threads share the columns.
#include "generated/operands.h"
#include "kernels/call.h"
#include "kernels/ops.h"
#include "kernels/partition.h"
#include "kernels/recurrence/ssru_token.h"
#include "kernels/recurrence/tokens.h"
#include "simd/simd.h"

namespace glassformer {
namespace GLASSFORMER_ISA {

void ssru_step(const SsruStepArgs& args, const Partition& partition) {
  const Range columns = columns_of(args.x.width, partition);
  for (std::int64_t r = 0; r < args.x.rows; r++) {
    const std::int64_t parent = integer_at(args.parents, r);
    ssru_token({row_from(args.x, r, columns), row_from(args.forget, r, columns), row_from(args.forget_bias, 0, columns),
                parent < 0 ? nullptr : row_from(args.cache, parent, columns),
                args.residual.floats ? row_from(args.residual, r, columns) : nullptr,
                row_from(args.cache, integer_at(args.slots, r), columns), row_from(args.recurred, r, columns), nullptr},
               columns.length());
  }
}

}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
