// tokenLogProbability: the log-probability of one token for each row.
#include "generated/operands.h"
#include "kernels/call.h"
#include "kernels/ops.h"
#include "kernels/partition.h"
#include "kernels/vector/columns.h"
#include "kernels/vector/exponentials.h"
#include "simd/simd.h"

namespace glassformer {
namespace GLASSFORMER_ISA {

void token_log_probability(const TokenLogProbabilityArgs& args, const Partition& partition) {
  const Matrix& logits = args.logits;
  const Matrix& scores = args.scores;
  const Range rows = part_of(scores.rows, 1, partition);
  for (std::int64_t r = rows.begin; r < rows.end; r++) {
    const float* x = row_of(logits, r);
    *row_of(scores, r) = static_cast<float>(x[integer_at(args.ids, r)] - log_sum_exp(x, logits.width));
  }
}

}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
