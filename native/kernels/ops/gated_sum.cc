// gatedSum: sigmoid(gateA) · a + sigmoid(gateB) · b, value by value.
#include "generated/operands.h"
#include "kernels/call.h"
#include "kernels/ops.h"
#include "kernels/partition.h"
#include "kernels/vector/columns.h"
#include "kernels/vector/derivatives.h"
#include "simd/simd.h"

namespace glassformer {
namespace GLASSFORMER_ISA {

void gated_sum(const GatedSumArgs& args, const Partition& partition) {
  const Range rows = part_of(args.summed.rows, 1, partition);
  for (std::int64_t r = rows.begin; r < rows.end; r++) {
    const float* gate_a = row_of(args.gate_a, r);
    const float* a = row_of(args.a, r);
    const float* gate_b = row_of(args.gate_b, r);
    const float* b = row_of(args.b, r);
    float* summed = row_of(args.summed, r);
    for_columns(args.summed.width, [&](std::int64_t i, auto n) {
      store(summed + i, sigmoid(load(gate_a + i, n)) * load(a + i, n) + sigmoid(load(gate_b + i, n)) * load(b + i, n), n);
    });
  }
}

}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
