// averageStep: the average at one new token of each hypothesis.
#include "generated/operands.h"
#include "kernels/call.h"
#include "kernels/ops.h"
#include "kernels/partition.h"
#include "kernels/recurrence/average_token.h"
#include "kernels/recurrence/tokens.h"
#include "simd/simd.h"

namespace glassformer {
namespace GLASSFORMER_ISA {

void average_step(const AverageStepArgs& args, const Partition& partition) {
  const Range columns = columns_of(args.x.width, partition);
  for (std::int64_t r = 0; r < args.x.rows; r++) {
    const std::int64_t parent = integer_at(args.parents, r);
    average_token(parent < 0 ? nullptr : row_from(args.cache, parent, columns), row_from(args.x, r, columns),
                  row_from(args.cache, integer_at(args.slots, r), columns), row_from(args.averaged, r, columns),
                  columns.length(), integer_at(args.lengths, r));
  }
}

}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
