// crossEntropy: output projection, softmax and loss, for some rows of logits at a time (logits.h).
#include "generated/operands.h"
#include "kernels/call.h"
#include "kernels/loss/label_smoothing.h"
#include "kernels/loss/logits.h"
#include "kernels/ops.h"
#include "kernels/partition.h"
#include "kernels/scratch.h"
#include "kernels/vector/columns.h"
#include "kernels/vector/exponentials.h"
#include "kernels/vector/functions.h"
#include "kernels/vector/reductions.h"
#include "simd/simd.h"

namespace glassformer {
namespace GLASSFORMER_ISA {
namespace {

// The losses of rows [begin, end) of a block: log Σ exp(logits) − Σ q · logits.
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

// crossEntropyGradient: crossEntropy, and then the logits become their gradients in place, from which the gradients of
// the projection follow.
namespace {

// The losses of rows, and in place logits → factor · (softmax − q), because log Σ exp(z) has the derivative softmax(z),
// and Σ q · z has q.
void row_gradients(const Matrix& losses, const Matrix& ids, const Logits& logits, const Smoothed& target, float factor,
                   Range rows) {
  const TargetGradient target_slope = target_gradient(target, factor);
  const Vec off = broadcast(-target_slope.every);
  for (std::int64_t r = rows.begin; r < rows.end; r++) {
    float* row = logits.row(r);
    const std::int32_t id = integer_at(ids, logits.first + r);
    const double linear = target_product(row, logits.classes, id, target);
    const float max = row_max(row, logits.classes);
    const float total = exponentials(row, row, logits.classes, max);
    const double norm = max + natural_logarithm(total);
    *row_of(losses, logits.first + r) = static_cast<float>(norm - linear);
    const Vec scale = broadcast(factor / total);
    for_columns(logits.classes, [&](std::int64_t i, auto n) { store(row + i, fma(load(row + i, n), scale, off), n); });
    row[id] -= target_slope.right;
  }
}

}  // namespace

void cross_entropy_gradient(const CrossEntropyGradientArgs& args, const Partition& partition) {
  const Projection projection = projection_of(args);
  const std::int64_t classes = projection.weight.rows;
  const Smoothed target = smoothed(args.smoothing, args.over, classes);
  const float factor = *args.d_loss.floats;
  const std::int64_t step = logit_rows(classes);
  for (std::int64_t first = 0; first < projection.x.rows; first += step) {
    const Logits logits = {partition.common, smaller(step, projection.x.rows - first), classes, first};
    compute_logits(projection, logits, args, partition);
    barrier(partition);
    row_gradients(args.losses, args.ids, logits, target, factor, part_of(logits.rows, 1, partition));
    barrier(partition);
    add_gradients(projection, logits, {args.dx, args.d_weight, args.d_bias}, args, partition);
    barrier(partition);
  }
}

}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
