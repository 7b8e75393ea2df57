// gates: row by row; the k greatest scores are found by sorting a row, which is short.
#include "generated/operands.h"
#include "kernels/call.h"
#include "kernels/experts/noisy_row.h"
#include "kernels/ops.h"
#include "kernels/partition.h"

namespace glassformer {
namespace GLASSFORMER_ISA {
namespace {

// Φ(z), the chance that a standard normal number is below z
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

}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
