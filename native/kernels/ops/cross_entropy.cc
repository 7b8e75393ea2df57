// crossEntropy: the output projection, the softmax and the loss, some rows of logits at a time (logits.h).
#include "generated/operands.h"
#include "kernels/call.h"
#include "kernels/loss/label_smoothing.h"
#include "kernels/loss/logits.h"
#include "kernels/ops.h"
#include "kernels/partition.h"
#include "kernels/scratch.h"
#include "kernels/vector/columns.h"
#include "kernels/vector/exponentials.h"
#include "simd/simd.h"

namespace glassformer {
namespace GLASSFORMER_ISA {
namespace {

// Losses of rows [begin, end) of a chunk: log Σ exp(logits) − Σ q · logits.
void row_losses(const Matrix& losses, const Matrix& ids, const Logits& logits, const Smoothed& target, Range rows) {
  for (std::int64_t r = rows.begin; r < rows.end; r++) {
    const float* row = logits.row(r);
    const double linear = target_product(row, logits.classes, integer_at(ids, logits.first + r), target);
    *row_of(losses, logits.first + r) = static_cast<float>(log_sum_exp(row, logits.classes) - linear);
  }
}

}  // namespace

void cross_entropy(const CrossEntropyArgs& args, const Partition& partition) {
  const Projection projection = projection_of(args);
  const std::int64_t classes = projection.weight.rows;
  const Smoothed target = smoothed(args.smoothing, args.over, classes);
  const std::int64_t step = logit_rows(classes);
  for (std::int64_t first = 0; first < projection.x.rows; first += step) {
    const Logits logits = {partition.common, smaller(step, projection.x.rows - first), classes, first};
    compute_logits(projection, logits, args, partition);
    barrier(partition);
    row_losses(args.losses, args.ids, logits, target, part_of(logits.rows, 1, partition));
    barrier(partition);
  }
}

}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
