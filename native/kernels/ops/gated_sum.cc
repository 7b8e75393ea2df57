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

// gatedSumGradient, value by value: y = σ(gateA) · a + σ(gateB) · b and σ' = σ (1 − σ), so each part is the gradient of
// one product.
namespace {

// d_gate ← sigmoid'(gate) · x · d_sum, dx ← sigmoid(gate) · d_sum
inline void gated_gradient(const float* gate, const float* x, const float* d_sum, float* d_gate, float* dx, std::int64_t width) {
  for_columns(width, [&](std::int64_t i, auto n) {
    const Vec open = sigmoid(load(gate + i, n));
    const Vec slope = load(d_sum + i, n);
    store(d_gate + i, open * (broadcast(1) - open) * load(x + i, n) * slope, n);
    store(dx + i, open * slope, n);
  });
}

}  // namespace

void gated_sum_gradient(const GatedSumGradientArgs& args, const Partition& partition) {
  const Range rows = part_of(args.a.rows, 1, partition);
  for (std::int64_t r = rows.begin; r < rows.end; r++) {
    const float* d_sum = row_of(args.d_sum, r);
    gated_gradient(row_of(args.gate_a, r), row_of(args.a, r), d_sum, row_of(args.d_gate_a, r), row_of(args.d_a, r), args.a.width);
    gated_gradient(row_of(args.gate_b, r), row_of(args.b, r), d_sum, row_of(args.d_gate_b, r), row_of(args.d_b, r), args.a.width);
  }
}

}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
