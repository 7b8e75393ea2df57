// distillation: the losses of a student that learns from labels and a teacher (loss/distillation.h).
#include "generated/operands.h"
#include "kernels/call.h"
#include "kernels/loss/label_smoothing.h"
#include "kernels/loss/logits.h"
#include "kernels/loss/distillation.h"
#include "kernels/ops.h"
#include "kernels/partition.h"
#include "kernels/vector/columns.h"
#include "kernels/vector/functions.h"
#include "simd/simd.h"

namespace glassformer {
namespace GLASSFORMER_ISA {
namespace {

// The losses of rows [begin, end) of a block.
void distillation_losses(const Matrix& losses, const Matrix& ids, const Logits& student, const Logits& teacher,
                   const DistillationTarget& target, Range rows) {
  for (std::int64_t r = rows.begin; r < rows.end; r++) {
    const std::int64_t at = student.first + r;
    const DistilledRow row = distill_row(student.row(r), teacher.row(r), student.classes, integer_at(ids, at), target);
    *row_of(losses, at) = static_cast<float>(row.loss);
  }
}

}  // namespace

void distillation(const DistillationArgs& args, const Partition& partition) {
  const DistillationTarget target = target_of(args);
  for_both_logits(args, partition, [&](const Logits& z, const Logits& t) {
    distillation_losses(args.losses, args.ids, z, t, target, part_of(z.rows, 1, partition));
  });
}

// distillationGradient: distillation, and then the student's logits become their gradients in place, from which the
// gradients of its projection follow.
namespace {

// The losses of rows, and in place z → factor · ((1 − share) · (softmax(z) − q) + share · τ · (softmax(z / τ) − p)),
// because the divergence Σ p (log p − log s), s = softmax(z / τ), has the derivative (s − p) / τ by z, and τ² makes
// that τ (s − p).
void distillation_gradients(const Matrix& losses, const Matrix& ids, const Logits& student, const Logits& teacher,
                      const DistillationTarget& target, float factor, Range rows) {
  const float inverse = static_cast<float>(1 / target.temperature);
  const double own = factor * (1 - target.share);
  const double taught = factor * target.share * target.temperature;
  const TargetGradient target_slope = target_gradient(target.labels, own);
  const Vec off = broadcast(-target_slope.every);
  for (std::int64_t r = rows.begin; r < rows.end; r++) {
    const std::int64_t at = student.first + r;
    const std::int32_t id = integer_at(ids, at);
    float* z = student.row(r);
    const float* powers = teacher.row(r);
    const DistilledRow row = distill_row(z, teacher.row(r), student.classes, id, target);
    *row_of(losses, at) = static_cast<float>(row.loss);
    const Vec of_softmax = broadcast(static_cast<float>(own / row.total));
    const Vec of_student = broadcast(static_cast<float>(taught / row.tempered));
    const Vec of_teacher = broadcast(static_cast<float>(-taught / row.teacher));
    for_columns(student.classes, [&](std::int64_t i, auto n) {
      const Vec above = load(z + i, n) - broadcast(row.max);
      const Vec toward_target = fma(exp(above), of_softmax, off);
      const Vec toward_teacher = fma(exp(above * broadcast(inverse)), of_student, load(powers + i, n) * of_teacher);
      store(z + i, toward_target + toward_teacher, n);
    });
    z[id] -= target_slope.right;
  }
}

}  // namespace

void distillation_gradient(const DistillationGradientArgs& args, const Partition& partition) {
  const DistillationTarget target = target_of(args);
  const float factor = *args.d_loss.floats;
  for_both_logits(args, partition, [&](const Logits& z, const Logits& t) {
    distillation_gradients(args.losses, args.ids, z, t, target, factor, part_of(z.rows, 1, partition));
    barrier(partition);
    add_gradients(projection_of(args), z, {args.dx, args.d_weight, args.d_bias}, args, partition);
  });
}

}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
