// gates: row by row. Rows are short, and sorting one finds its k greatest scores.
#include "generated/operands.h"
#include "kernels/call.h"
#include "kernels/experts/noisy_row.h"
#include "kernels/ops.h"
#include "kernels/partition.h"

namespace glassformer {
namespace GLASSFORMER_ISA {
namespace {

// Φ(z), the probability that a standard normal number is below z.
inline float normal_distribution(double z) { return 0.5f * one_plus_erf(broadcast(static_cast<float>(z)))[0]; }

}  // namespace

void gates(const GatesArgs& args, const Partition& partition) {
  const Range rows = part_of(args.clean.rows, 1, partition);
  const std::int64_t experts = args.clean.width;
  NoisyRow row = room_for_row(partition.scratch, experts);
  for (std::int64_t r = rows.begin; r < rows.end; r++) {
    read_row(row, args, r);
    softmax_of_best(row, args.k, args.over_all);
    float* gate = row_of(args.gates, r);
    float* load = row_of(args.load, r);
    for (std::int64_t i = 0; i < experts; i++) {
      const std::int64_t e = row.order[i];
      gate[e] = i < args.k ? static_cast<float>(row.p[e]) : 0;
      if (row.has_noise && args.k < experts) load[e] = normal_distribution(chance_of(row, row_of(args.clean, r), args.k, i).z);
      else load[e] = i < args.k ? 1.0f : 0.0f;
    }
  }
}

// gatesGradient: dNoisy_j = p_j (dGates_j − Σ p dGates). The load's φ(z) dLoad goes to clean, to σ and to the
// threshold.
namespace {

// φ(z), the density of standard normal numbers.
inline double normal_density(double z) { return 0.39894228040143267794 * natural_exponential(-0.5 * z * z); }

inline double sigmoid_of(double x) {
  const double power = natural_exponential(x > 0 ? -x : x);
  return (x > 0 ? 1 : power) / (1 + power);
}

void load_gradients(const NoisyRow& row, const float* clean, const float* d_load, std::int64_t k) {
  for (std::int64_t i = 0; i < row.experts; i++) {
    const std::int64_t e = row.order[i];
    const Chance chance = chance_of(row, clean, k, i);
    const double dz = normal_density(chance.z) * d_load[e] / row.sigma[e];
    row.d_clean[e] += dz;
    row.d_noisy[chance.threshold] -= dz;
    row.d_sigma[e] -= chance.z * dz;
  }
}

}  // namespace

void gates_gradient(const GatesGradientArgs& args, const Partition& partition) {
  const Range rows = part_of(args.clean.rows, 1, partition);
  const std::int64_t experts = args.clean.width;
  NoisyRow row = room_for_row(partition.scratch, experts);
  for (std::int64_t r = rows.begin; r < rows.end; r++) {
    read_row(row, args, r);
    softmax_of_best(row, args.k, args.over_all);
    const float* d_gates = row_of(args.d_gates, r);
    double mean = 0;
    for (std::int64_t i = 0; i < args.k; i++) mean += row.p[row.order[i]] * d_gates[row.order[i]];
    for (std::int64_t i = 0; i < experts; i++) {
      const std::int64_t e = row.order[i];
      row.d_noisy[e] = row.p[e] * ((i < args.k ? d_gates[e] : 0) - mean);
      row.d_clean[e] = row.d_sigma[e] = 0;
    }
    if (row.has_noise && args.d_load.floats && args.k < experts) load_gradients(row, row_of(args.clean, r), row_of(args.d_load, r), args.k);
    for (std::int64_t e = 0; e < experts; e++) {
      row_of(args.d_clean, r)[e] = static_cast<float>(row.d_clean[e] + row.d_noisy[e]);
      if (!row.has_noise) continue;
      const double d_sigma = row.d_sigma[e] + row_of(args.noise, r)[e] * row.d_noisy[e];
      row_of(args.d_deviation, r)[e] = static_cast<float>(d_sigma * sigmoid_of(row_of(args.deviation, r)[e]));
    }
  }
}

}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
