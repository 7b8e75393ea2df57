// tokenLogProbability: the log-probability of one token for each row.
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

void token_log_probability(const TokenLogProbabilityArgs& args, const Partition& partition) {
  const Matrix& logits = args.logits;
  const Matrix& scores = args.scores;
  const Range rows = part_of(scores.rows, 1, partition);
  for (std::int64_t r = rows.begin; r < rows.end; r++) {
    const float* x = row_of(logits, r);
    *row_of(scores, r) = static_cast<float>(x[integer_at(args.ids, r)] - log_sum_exp(x, logits.width));
  }
}

// tokenLogProbabilityGradient: y = logits[id] − log Σ exp(logits). The first term gives dy to the token; the second
// subtracts dy · softmax from every class.
void token_log_probability_gradient(const TokenLogProbabilityGradientArgs& args, const Partition& partition) {
  const Matrix& dx = args.dx;
  const Range rows = part_of(dx.rows, 1, partition);
  for (std::int64_t r = rows.begin; r < rows.end; r++) {
    const float* x = row_of(args.logits, r);
    const float d = *row_of(args.dy, r);
    float* to = row_of(dx, r);
    const float total = exponentials(to, x, dx.width, row_max(x, dx.width));
    scale_row(to, to, dx.width, -d / total);
    to[integer_at(args.ids, r)] += d;
  }
}

}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
