// average: from token to token of each sentence.
#include "generated/operands.h"
#include "kernels/call.h"
#include "kernels/ops.h"
#include "kernels/partition.h"
#include "kernels/recurrence/average_token.h"
#include "kernels/recurrence/tokens.h"
#include "simd/simd.h"

namespace glassformer {
namespace GLASSFORMER_ISA {

void average(const AverageArgs& args, const Partition& partition) {
  const Range columns = columns_of(args.x.width, partition);
  float* sum = partition.scratch;
  for (std::int64_t b = 0; b < args.spans.rows; b++) {
    const Range rows = span_of(args.spans, b);
    for (std::int64_t r = rows.begin; r < rows.end; r++)
      average_token(r > rows.begin ? sum : nullptr, row_from(args.x, r, columns), sum, row_from(args.averaged, r, columns),
                    columns.length(), r - rows.begin + 1);
  }
}

}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
