// gatedActivation: activation(gate) · x, value by value.
#include "generated/operands.h"
#include "kernels/call.h"
#include "kernels/ops.h"
#include "kernels/partition.h"
#include "kernels/vector/columns.h"
#include "kernels/vector/derivatives.h"
#include "kernels/vector/for_activation.h"
#include "kernels/vector/functions.h"
#include "simd/simd.h"

namespace glassformer {
namespace GLASSFORMER_ISA {

void gated_activation(const GatedActivationArgs& args, const Partition& partition) {
  const Range rows = part_of(args.gated.rows, 1, partition);
  for_activation(args.activation, [&](auto kind) {
    for (std::int64_t r = rows.begin; r < rows.end; r++) {
      const float* gate = row_of(args.gate, r);
      const float* x = row_of(args.x, r);
      float* y = row_of(args.gated, r);
      for_columns(args.gated.width, [&](std::int64_t i, auto n) {
        store(y + i, activate(load(gate + i, n), static_cast<Activation>(kind())) * load(x + i, n), n);
      });
    }
  });
}

// gatedActivationGradient, value by value: y = activation(gate) · x, so that x gets activation(gate) · dy, and the gate
// gets activation'(gate) · x · dy.
void gated_activation_gradient(const GatedActivationGradientArgs& args, const Partition& partition) {
  const Range rows = part_of(args.dx.rows, 1, partition);
  for_activation(args.activation, [&](auto kind) {
    constexpr Activation activation = static_cast<Activation>(kind());
    for (std::int64_t r = rows.begin; r < rows.end; r++) {
      const float* gate = row_of(args.gate, r);
      const float* x = row_of(args.x, r);
      const float* dy = row_of(args.dy, r);
      float* d_gate = row_of(args.d_gate, r);
      float* dx = row_of(args.dx, r);
      for_columns(args.dx.width, [&](std::int64_t i, auto n) {
        const Vec at = load(gate + i, n);
        const Vec slope = load(dy + i, n);
        store(d_gate + i, differentiated<activation>(at, load(x + i, n) * slope), n);
        store(dx + i, activate(at, activation) * slope, n);
      });
    }
  });
}

}  // namespace GLASSFORMER_ISA
}  // namespace glassformer
