// One row of noisy scores, the k greatest of which get gates (src/engine/backend/js/functions/noisy-row.ts).
#pragma once
#include "generated/operands.h"
#include "kernels/experts/score_order.h"
#include "kernels/scratch.h"
#include "kernels/vector/columns.h"
#include "kernels/vector/functions.h"
#include "simd/simd.h"

namespace glassformer {
namespace GLASSFORMER_ISA {
namespace {

// Added to the softplus of a deviation, so that σ is never 0.
constexpr double kLeastDeviation = 1e-2;

// log(1 + e^x)
inline double softplus(double x) { return (x > 0 ? x : 0) + natural_logarithm(1 + natural_exponential(x > 0 ? -x : x)); }

// Arrays [E] of a row: σ, the softmax p, gradients, and in `order` the columns from the greatest noisy score to the
// least; of equal scores the lower column comes first.
struct NoisyRow {
  std::int64_t experts;
  double* noisy;
  double* sigma;
  double* p;
  double* d_noisy;
  double* d_clean;
  double* d_sigma;
  std::int64_t* order;
  bool has_noise;
};

inline NoisyRow room_for_row(float* scratch, std::int64_t experts) {
  double* doubles = reinterpret_cast<double*>(scratch);
  const std::int64_t step = scratch_stride(2 * experts) / 2;
  return {experts,           doubles,           doubles + step,     doubles + 2 * step, doubles + 3 * step,
          doubles + 4 * step, doubles + 5 * step, reinterpret_cast<std::int64_t*>(doubles + 6 * step), false};
}

template <class Args>
void read_row(NoisyRow& row, const Args& args, std::int64_t r) {
  const float* clean = row_of(args.clean, r);
  row.has_noise = args.noise.floats != nullptr;
  for (std::int64_t e = 0; e < row.experts; e++) {
    row.noisy[e] = clean[e];
    if (!row.has_noise) continue;
    row.sigma[e] = softplus(row_of(args.deviation, r)[e]) + kLeastDeviation;
    row.noisy[e] += row_of(args.noise, r)[e] * row.sigma[e];
  }
  order_by_score(row.order, row.noisy, row.experts);
}

// p ← the softmax over the k greatest scores, or over all scores; 0 for the others
inline void softmax_of_best(const NoisyRow& row, std::int64_t k, bool over_all) {
  const std::int64_t taken = over_all ? row.experts : k;
  double total = 0;
  for (std::int64_t e = 0; e < row.experts; e++) row.p[e] = 0;
  for (std::int64_t i = 0; i < taken; i++) {
    const std::int64_t e = row.order[i];
    total += row.p[e] = natural_exponential(row.noisy[e] - row.noisy[row.order[0]]);
  }
  for (std::int64_t e = 0; e < row.experts; e++) row.p[e] /= total;
}

// The load of the column at `place` in the order is Φ(z) with z = (clean − threshold) / σ; `threshold` is the column
// whose score is the threshold.
struct Chance {
  double z;
  std::int64_t threshold;
};

inline Chance chance_of(const NoisyRow& row, const float* clean, std::int64_t k, std::int64_t place) {
  const std::int64_t e = row.order[place];
  const std::int64_t threshold = row.order[place < k ? k : k - 1];
  return {(clean[e] - row.noisy[threshold]) / row.sigma[e], threshold};
}

}  // namespace
}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
