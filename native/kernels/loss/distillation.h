// The output projections of a student and its teacher, with some rows of both logits at a time (logits.h), and the loss
// of a row.
#pragma once
#include "kernels/call.h"
#include "kernels/loss/label_smoothing.h"
#include "kernels/loss/logits.h"
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

// The student's targets: the smoothed label, weighted by 1 − share, and the teacher's distribution at a temperature,
// weighted by `share`.
struct DistillationTarget {
  Smoothed labels;
  double temperature;
  double share;
};

// The loss of a row, and numbers for its gradient: the student's highest logit max z, Σ exp(z − max), Σ exp((z − max) /
// τ), and the sum of the teacher's exponentials.
struct DistilledRow {
  double loss;
  float max;
  float total;
  float tempered;
  float teacher;
};

// τ² · KL = τ Σ p (t − z) + τ² (log Σ exp(z / τ) − log Σ exp(t / τ)), p = softmax(t / τ). In place:
// t → exp((t − max) / τ).
DistilledRow distill_row(const float* z, float* t, std::int64_t classes, std::int32_t id, const DistillationTarget& target) {
  const double temperature = target.temperature;
  const float inverse = static_cast<float>(1 / temperature);
  const float max = row_max(z, classes);
  const float total = sum_exp(z, classes, max);
  const float tempered = sum_exp(z, classes, max, inverse);
  const double cross_entropy =
      max + natural_logarithm(total) - target_product(z, classes, id, target.labels);

  const float highest = row_max(t, classes);
  Lanes sum_t = {};
  Lanes difference = {};
  for_lanes(classes, [&](std::int64_t i, int part, auto n) {
    const Vec logits = load(t + i, n);
    const Vec power = keep(exp((logits - broadcast(highest)) * broadcast(inverse)), broadcast(0), n);
    sum_t.part[part] = sum_t.part[part] + power;
    difference.part[part] = fma(power, logits - load(z + i, n), difference.part[part]);
    store(t + i, power, n);
  });
  const float teacher = sum(sum_t);
  const double linear = static_cast<double>(sum(difference)) / teacher + max - highest;
  const double norms = natural_logarithm(tempered) - natural_logarithm(teacher);
  const double divergence = temperature * (linear + temperature * norms);
  return {(1 - target.share) * cross_entropy + target.share * divergence, max, total, tempered, teacher};
}

template <class Args>
inline DistillationTarget target_of(const Args& args) {
  return {smoothed(args.smoothing, args.over, args.weight.rows), args.temperature, args.share};
}

template <class Args>
inline Projection teacher_of(const Args& args) {
  return {args.teacher_x, args.teacher_weight, args.teacher_bias, static_cast<float>(args.teacher_scale)};
}

// Calls use(student's logits, teacher's logits) for blocks of rows, with half as many rows in each block as in
// crossEntropy.
template <class Args, class Use>
void for_both_logits(const Args& args, const Partition& partition, Use use) {
  const Projection student = projection_of(args);
  const Projection teacher = teacher_of(args);
  const std::int64_t classes = student.weight.rows;
  const std::int64_t step = logit_rows(2 * classes);
  for (std::int64_t first = 0; first < student.x.rows; first += step) {
    const std::int64_t rows = smaller(step, student.x.rows - first);
    const Logits z = {partition.common, rows, classes, first};
    const Logits t = {partition.common + rows * classes, rows, classes, first};
    compute_logits(student, z, args, partition);
    compute_logits(teacher, t, args, partition);
    barrier(partition);
    use(z, t);
    barrier(partition);
  }
}

}  // namespace
}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
